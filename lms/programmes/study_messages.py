"""What people receive about curricula, study, grades and awards, and what waits for them."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind
from lms.notifications.messages import Message

STUDY_BEGINS = Message("study_begins", "study_begins")
STUDY_REGISTERED = Message("study_registered", "study_registered")
STUDY_LEFT = Message("study_left", "study_left")
GRADES_CONFIRMED = Message("grades_confirmed", "grades_confirmed")
AWARD_CONFERRED = Message("award_conferred", "award_conferred")
AWARD_REFUSED = Message("award_refused", "award_refused")

MAKE_CURRICULUM = register_kind(
    WaitingKind("make_curriculum", _l("Correct the curriculum"), "programmes.manage_curriculum", working_days=20)
)
CONFIRM_CURRICULUM = register_kind(
    WaitingKind("confirm_curriculum", _l("Confirm the curriculum"), "programmes.manage_curriculum", working_days=10)
)
REGISTER = register_kind(
    WaitingKind("register_student", _l("Register a student"), "programmes.student", working_days=10)
)
PLAN_STUDY = register_kind(WaitingKind("plan_study", _l("Complete the study plan"), "programmes.plan", working_days=20))
ENTER_GRADES = register_kind(
    WaitingKind("enter_grades", _l("Enter the grades of a semester"), "programmes.sheet", is_public=False)
)
CONFIRM_GRADES = register_kind(
    WaitingKind("confirm_grades", _l("Confirm the grades of a semester"), "programmes.sheet", is_public=False)
)
CONCUR = register_kind(
    WaitingKind("concur_award", _l("Concur in the award of a degree"), "programmes.award", working_days=10)
)
