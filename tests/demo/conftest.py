"""The demo's tests count queries as the portal's do."""

from tests.portal.conftest import counted

__all__ = ["counted"]
