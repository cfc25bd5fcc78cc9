"""Roles on the platform, and who may do what with accounts."""

from lms.accounts import scopes  # noqa: F401 - registers the scope of the whole platform
from lms.core.access import Permission, Role, holds, register_role
from lms.core.i18n import lazy_gettext as _l

ADMIN = register_role(Role("admin", _l("Administrator"), "platform"))
SECRETARIAT = register_role(Role("secretariat", _l("Secretariat"), "platform", given_by=("admin", "secretariat")))
REVIEWER = register_role(Role("reviewer", _l("Reviewer"), "platform", given_by=("admin", "secretariat")))

is_admin = holds("admin", "platform")
is_secretariat = holds("secretariat", "platform")

RUN_PLATFORM = Permission("platform.run", any_of=[is_admin, is_secretariat])
