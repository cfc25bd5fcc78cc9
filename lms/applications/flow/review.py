"""A review: given to somebody without a tie, handed in, or given back because of one."""

from lms.applications import conflicts, messages
from lms.applications.flow.endorsement_effects import SECRETARIAT
from lms.applications.models import DeclaredConflict, Review
from lms.applications.policy import MANAGE_REVIEWS, OWN_REVIEW
from lms.applications.queries.ties import ties_of_review
from lms.applications.review_rules import REVIEWING, missing_scores
from lms.core import audit, waiting
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.notifications.services import notify

# --- guards: the review's application with its call must be loaded ------------------------------------


def _is_complete(context: Context) -> Text | None:
    review: Review = context.subject
    if missing_scores(review.application.call.criteria, review.scores):
        return _l("Give every criterion a score from 1 to 5.")
    return None if review.comment else _l("Say in a few sentences what led to your scores.")


def _has_no_tie(context: Context) -> Text | None:
    if ties_of_review(context.actor, context.subject):
        return _l("A conflict of interest has come about. Give this review back.")
    return None


def _call_is_being_decided(context: Context) -> Text | None:
    if context.subject.application.call.state in REVIEWING:
        return None
    return _l("The decisions about this call have been released.")


# --- stamps and effects -------------------------------------------------------------------------------


def _stamp_submitted(context: Context) -> None:
    context.subject.total = context.inputs["total"]
    context.subject.submitted_at = context.actor.now


def _stamp_reason(context: Context) -> None:
    context.subject.reason = str(context.inputs.get("reason", ""))


def open_for_reviewer(actor: Actor, review: Review) -> None:
    """It waits for its reviewer until it is due."""
    waiting.open_item(
        actor,
        messages.REVIEW,
        to=review.reviewer_id,
        subject=("review", review.id),
        about=[review.application.person.name, review.application.call],
        url_values={"ref": review.ref},
        due_at=review.due_at,
    )


def tell_reviewer(actor: Actor, review: Review) -> None:
    """The reviewer learns of a review to write. The mail names the call only, never the applicant."""
    call = review.application.call
    values = {
        "call_en": call.title_en,
        "call_zh": call.title_zh,
        "due_at": review.due_at.isoformat(),
        "path": f"/reviews/{review.ref}",
    }
    notify(actor, person_id=review.reviewer_id, message=messages.REVIEW_ASSIGNED, values=values)


def ask_for_reviewers(actor: Actor, application: object) -> None:
    """The secretariat learns that a call's applications lack reviewers: one item for each call."""
    call = application.call  # type: ignore[attr-defined]
    waiting.open_item(
        actor,
        messages.ASSIGN_REVIEWERS,
        to=SECRETARIAT,
        subject=("call_reviews", call.id),
        about=[call],
        url_values={"ref": call.ref},
    )


def _open_again(context: Context) -> None:
    open_for_reviewer(context.actor, context.subject)
    tell_reviewer(context.actor, context.subject)


def _stop_waiting(context: Context) -> None:
    waiting.close_items(context.actor, subject=("review", context.subject.id))


def _ask_for_another(context: Context) -> None:
    if context.subject.application.state == "in_review":
        ask_for_reviewers(context.actor, context.subject.application)


def _declare_tie(context: Context) -> None:
    """Whoever gives a review back for a tie is never asked about this applicant again."""
    review: Review = context.subject
    if review.reviewer_id == review.application.person_id:
        return
    tie = DeclaredConflict(
        person_id=review.reviewer_id,
        other_id=review.application.person_id,
        reason=str(context.inputs["reason"]),
        declared_at=context.actor.now,
    )
    db.session.add(tie)
    db.session.flush()
    audit.record(context.actor, "tie.declared", subject=("declared_conflict", tie.id))


def tie_reasons(actor: Actor, review: Review) -> list[Text]:
    """Why the reviewer may not review, in words; empty when they may."""
    return conflicts.reasons(ties_of_review(actor, review))


_REASON = Input("reason", _l("Reason"), hint=_l("The secretariat reads this."))

REVIEW = Machine(
    "review",
    model=Review,
    initial="assigned",
    states=[
        State("assigned", _l("To be written"), "info"),
        State("submitted", _l("Handed in"), "success"),
        State("recused", _l("Given back"), "warning", is_final=True),
        State("removed", _l("Taken back"), "neutral"),
    ],
    transitions=[
        Transition(
            "submit",
            _l("Hand in the review"),
            ("assigned",),
            "submitted",
            OWN_REVIEW,
            guards=(_call_is_being_decided, _is_complete, _has_no_tie),
            stamps=(_stamp_submitted,),
            effects=(_stop_waiting,),
            tone="success",
            done_label=_l("Handed in"),
        ),
        Transition(
            "recuse",
            _l("Give back because of a conflict of interest"),
            ("assigned",),
            "recused",
            OWN_REVIEW,
            inputs=(_REASON,),
            stamps=(_stamp_reason,),
            effects=(_stop_waiting, _declare_tie, _ask_for_another),
            tone="danger",
            done_label=_l("Given back because of a conflict of interest"),
        ),
        Transition(
            "remove",
            _l("Take the review back"),
            ("assigned", "submitted"),
            "removed",
            MANAGE_REVIEWS,
            inputs=(_REASON,),
            stamps=(_stamp_reason,),
            effects=(_stop_waiting, _ask_for_another),
            tone="danger",
            done_label=_l("Taken back"),
        ),
        Transition(
            "reopen",
            _l("Let the reviewer change it"),
            ("submitted",),
            "assigned",
            MANAGE_REVIEWS,
            guards=(_call_is_being_decided,),
            effects=(_open_again,),
            done_label=_l("Opened again"),
        ),
        Transition(
            "assign_again",
            _l("Assign again"),
            ("removed",),
            "assigned",
            MANAGE_REVIEWS,
            guards=(_call_is_being_decided, _has_no_tie),
            effects=(_open_again,),
            done_label=_l("Assigned again"),
        ),
    ],
)
