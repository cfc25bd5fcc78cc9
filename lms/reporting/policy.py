"""Who reads figures over everybody."""

from lms.core.access import Permission, holds

READ_FIGURES = Permission("figures.read", any_of=[holds("secretariat", "platform")])
