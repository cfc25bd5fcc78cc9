"""Who may use the pages that belong to no single domain."""

from lms.core.access import Permission, holds

ADMINISTER = Permission("platform.administer", any_of=[holds("admin", "platform")])
