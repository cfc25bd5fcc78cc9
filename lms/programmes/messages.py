"""What people receive about agreements and admission to joint degrees, and what waits for them."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind
from lms.notifications.messages import Message

# --- agreements -------------------------------------------------------------------------------------

AGREEMENT_ASKED = Message("agreement_asked", "agreement_asked")
AGREEMENT_CONFIRMED = Message("agreement_confirmed", "agreement_confirmed")
AGREEMENT_ENDED = Message("agreement_ended", "agreement_ended")

SIGN_AGREEMENT = register_kind(
    WaitingKind("sign_agreement", _l("Confirm or refuse an agreement"), "programmes.agreement", working_days=20)
)
REVISE_AGREEMENT = register_kind(
    WaitingKind("revise_agreement", _l("Make a new version of a refused agreement"), "programmes.agreement")
)
RENEW_AGREEMENT = register_kind(
    WaitingKind("renew_agreement", _l("Renew an agreement that ends soon"), "programmes.agreement")
)
STATE_APPROVAL = register_kind(
    WaitingKind("state_approval", _l("State the national approval"), "programmes.approval", working_days=20)
)
RENEW_APPROVAL = register_kind(
    WaitingKind("renew_approval", _l("Renew a national approval"), "programmes.approval", working_days=20)
)

# --- admission --------------------------------------------------------------------------------------

NOMINATED = Message("admission_nominated", "admission_nominated")
RECEIVED = Message("admission_received", "admission_received")
TO_DECIDE = Message("admission_to_decide", "admission_to_decide")
RETURNED = Message("admission_returned", "admission_returned")
OFFERED = Message("admission_offered", "admission_offered")
WAITLISTED = Message("admission_waitlisted", "admission_waitlisted")
REJECTED = Message("admission_rejected", "admission_rejected")
LAPSED = Message("admission_lapsed", "admission_lapsed")
RESCINDED = Message("admission_rescinded", "admission_rescinded")
ADMITTED = Message("admission_completed", "admission_completed")
CONDITION_RETURNED = Message("admission_condition_returned", "admission_condition_returned")
INTAKE_CANCELLED = Message("intake_cancelled", "intake_cancelled")

FINISH_ADMISSION = register_kind(
    WaitingKind("finish_admission", _l("Finish and submit your application"), "programmes.application")
)
CORRECT_ADMISSION = register_kind(
    WaitingKind("correct_admission", _l("Put right what was returned"), "programmes.application")
)
DECIDE_ADMISSION = register_kind(
    WaitingKind(
        "decide_admission", _l("Decide on an application to a joint degree"), "programmes.decision", working_days=15
    )
)
ANSWER_ADMISSION = register_kind(
    WaitingKind("answer_admission", _l("Accept or decline an offer"), "programmes.application")
)
MEET_CONDITION = register_kind(
    WaitingKind("meet_condition", _l("Fulfil a condition of your admission"), "programmes.hand_in")
)
JUDGE_CONDITION = register_kind(
    WaitingKind("judge_condition", _l("Confirm that a condition is fulfilled"), "programmes.condition", working_days=10)
)
