"""What people receive about applications, and what waits for them."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind
from lms.notifications.messages import Message

ENDORSEMENT_ASKED = Message("endorsement_asked", "endorsement_asked")
ENDORSEMENT_REMINDER = Message("endorsement_reminder", "endorsement_reminder")
ENDORSEMENT_GIVEN = Message("endorsement_given", "endorsement_given")
ENDORSEMENT_REFUSED = Message("endorsement_refused", "endorsement_refused")
ENDORSEMENT_EXPIRED = Message("endorsement_expired", "endorsement_expired")
SHEET_UPLOADED = Message("sheet_uploaded", "sheet_uploaded")
SHEET_REFUSED = Message("sheet_refused", "sheet_refused")

ENDORSE = register_kind(WaitingKind("endorse", _l("Endorse or refuse an application"), "applications.endorsement"))
HAND_IN_SHEET = register_kind(
    WaitingKind("hand_in_sheet", _l("Hand in the sealed endorsement sheet"), "applications.my_endorsement")
)
CHECK_SHEET = register_kind(WaitingKind("check_sheet", _l("Check an endorsement sheet"), "applications.check_sheet"))
ASK_AGAIN = register_kind(
    WaitingKind("ask_endorsement_again", _l("Choose another way of endorsement"), "applications.my_endorsement")
)

REVIEW_ASSIGNED = Message("review_assigned", "review_assigned")

REVIEW = register_kind(WaitingKind("review", _l("Review an application"), "applications.review", is_public=False))
ASSIGN_REVIEWERS = register_kind(
    WaitingKind("assign_reviewers", _l("Assign reviewers"), "applications.assignments", is_public=False)
)
