"""What waits for people because of their accounts."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind

INVITED = register_kind(
    WaitingKind("invitation", _l("Answer an invitation"), "accounts.invitation_of_mine", is_public=False)
)
