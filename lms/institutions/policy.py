"""Roles at institutions and labs, and who may do what with them."""

from lms.core.access import Role, register_role
from lms.core.i18n import lazy_gettext as _l

_GIVERS = ("coordinator", "secretariat", "admin")

COORDINATOR = register_role(Role("coordinator", _l("Coordinator"), "institution", given_by=_GIVERS))
INSTRUCTOR = register_role(Role("instructor", _l("Instructor"), "institution", given_by=_GIVERS))
SIGNATORY = register_role(Role("signatory", _l("Signatory"), "institution", given_by=_GIVERS))
HOST = register_role(Role("host", _l("Host"), "lab", given_by=("host", "secretariat", "admin")))
