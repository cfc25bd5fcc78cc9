"""An application to the exchange: from the draft to the answer to an offer.

Decisions become transitions only when they are released together: before, the application
stays "in review" for everybody.
"""

from lms.applications import spine
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, Transition
from lms.exchange.flow import applying_steps as applying
from lms.exchange.flow import offer_steps as offers
from lms.exchange.flow import screening_steps as screening
from lms.exchange.models import Application
from lms.exchange.policy import ANSWER_OFFER, DECIDE, OWN_APPLICATION, SCREEN

REASON = Input("reason", _l("Reason"), hint=_l("The applicant reads this."))


def _stamp_submitted(context: Context) -> None:
    context.subject.submitted_at = context.actor.now


def _stamp_reason(context: Context) -> None:
    context.subject.decided_reason = str(context.inputs.get("reason", ""))


APPLICATION = Machine(
    "application",
    model=Application,
    initial="draft",
    states=[
        spine.DRAFT,
        spine.SUBMITTED,
        spine.RETURNED,
        spine.INELIGIBLE,
        spine.IN_REVIEW,
        spine.WAITLISTED,
        spine.OFFERED,
        spine.ACCEPTED,
        spine.DECLINED,
        spine.LAPSED,
        spine.REJECTED,
        spine.WITHDRAWN,
        spine.RESCINDED,
    ],
    transitions=[
        Transition(
            "submit",
            _l("Submit"),
            ("draft",),
            "submitted",
            OWN_APPLICATION,
            guards=(applying.call_is_open, applying.nothing_missing),
            stamps=(_stamp_submitted,),
            effects=(applying.confirm_receipt, screening.open_screening),
            done_label=_l("Submitted"),
        ),
        Transition(
            "return",
            _l("Return for correction"),
            ("submitted",),
            "returned",
            SCREEN,
            guards=(screening.names_fields,),
            stamps=(screening.stamp_return_due,),
            effects=(screening.close_screening, screening.ask_to_correct),
            tone="warning",
            done_label=_l("Returned for correction"),
        ),
        Transition(
            "resubmit",
            _l("Submit again"),
            ("returned",),
            "submitted",
            OWN_APPLICATION,
            guards=(applying.all_put_right, applying.nothing_missing),
            effects=(applying.confirm_receipt, screening.open_screening),
            done_label=_l("Submitted again"),
        ),
        Transition(
            "accept_screening",
            _l("Accept for review"),
            ("submitted",),
            "in_review",
            SCREEN,
            guards=(screening.is_endorsed, screening.meets_rules),
            effects=(screening.close_screening, screening.tell_in_review),
            tone="success",
            done_label=_l("Accepted for review"),
        ),
        Transition(
            "refuse_screening",
            _l("Refuse as not eligible"),
            ("submitted", "returned"),
            "ineligible",
            SCREEN,
            inputs=(REASON,),
            stamps=(_stamp_reason,),
            effects=(screening.tell_ineligible,),
            tone="danger",
            done_label=_l("Refused as not eligible"),
        ),
        Transition(
            "offer",
            _l("Offer a post"),
            ("in_review",),
            "offered",
            effects=(offers.make_offer,),
            done_label=_l("Offer made"),
        ),
        Transition(
            "waitlist",
            _l("Put on the waiting list"),
            ("in_review",),
            "waitlisted",
            effects=(offers.tell_waitlisted,),
            done_label=_l("On the waiting list"),
        ),
        Transition(
            "reject",
            _l("Reject"),
            ("in_review",),
            "rejected",
            stamps=(_stamp_reason,),
            effects=(offers.tell_rejected,),
            done_label=_l("Not selected"),
        ),
        Transition(
            "offer_next",
            _l("Offer a post that became free"),
            ("waitlisted",),
            "offered",
            DECIDE,
            guards=(offers.quota_has_room,),
            effects=(offers.make_offer,),
            done_label=_l("Offer made from the waiting list"),
        ),
        Transition(
            "close_list",
            _l("Close the waiting list"),
            ("waitlisted",),
            "rejected",
            DECIDE,
            inputs=(REASON,),
            stamps=(_stamp_reason,),
            guards=(offers.nobody_answers,),
            effects=(offers.tell_rejected,),
            by_clock=True,
            done_label=_l("The waiting list was closed"),
        ),
        Transition(
            "accept",
            _l("Accept the offer"),
            ("offered",),
            "accepted",
            ANSWER_OFFER,
            guards=(offers.has_open_offer,),
            effects=(offers.take_place,),
            tone="success",
            done_label=_l("Offer accepted"),
        ),
        Transition(
            "decline",
            _l("Decline the offer"),
            ("offered",),
            "declined",
            ANSWER_OFFER,
            guards=(offers.has_open_offer,),
            effects=(offers.give_place_back,),
            tone="danger",
            confirm=_l("Decline this offer? The post goes to the next person in line."),
            done_label=_l("Offer declined"),
        ),
        Transition(
            "lapse",
            _l("Lapse"),
            ("offered",),
            "lapsed",
            guards=(offers.has_expired,),
            effects=(offers.let_lapse,),
            by_clock=True,
            done_label=_l("Offer lapsed"),
        ),
        Transition(
            "rescind",
            _l("Rescind the offer"),
            ("offered", "accepted"),
            "rescinded",
            DECIDE,
            inputs=(REASON,),
            stamps=(_stamp_reason,),
            effects=(offers.take_back,),
            tone="danger",
            confirm=_l("Rescind this offer? The applicant is told at once."),
            done_label=_l("Offer rescinded"),
        ),
        Transition(
            "withdraw",
            _l("Withdraw the application"),
            ("draft", "submitted", "returned", "in_review", "waitlisted", "offered"),
            "withdrawn",
            OWN_APPLICATION,
            effects=(applying.stop_everything, offers.leave),
            tone="danger",
            confirm=_l("Withdraw this application? While the call is open you may apply again."),
            done_label=_l("Withdrawn"),
        ),
    ],
)
