"""What people receive about supervisors, and what waits for them."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind
from lms.notifications.messages import Message

SUPERVISION_ASKED = Message("supervision_asked", "supervision_asked")
SUPERVISION_PROPOSED = Message("supervision_proposed", "supervision_proposed")
SUPERVISION_CONFIRMED = Message("supervision_confirmed", "supervision_confirmed")
SUPERVISION_OVER = Message("supervision_over", "supervision_over")

RANK_SUPERVISORS = register_kind(
    WaitingKind("rank_supervisors", _l("Say which supervisor you want"), "programmes.rank_supervisors")
)
RANK_STUDENTS = register_kind(
    WaitingKind(
        "rank_students", _l("Say which students you would supervise"), "programmes.rank_students", is_public=False
    )
)
CONFIRM_SUPERVISION = register_kind(
    WaitingKind("confirm_supervision", _l("Agree to a supervision or decline it"), "programmes.supervision")
)
