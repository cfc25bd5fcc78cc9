"""Taking part in a scheme: a profile is written and sent, a mentor's is approved; on leave, back, or gone."""

from lms.core import waiting
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.mentoring import messages
from lms.mentoring.flow.proposal import go_on, withdraw_proposals
from lms.mentoring.flow.telling import office_of, values_of
from lms.mentoring.models import Participant
from lms.mentoring.policy import DECIDE_PARTICIPANT, OWN_PARTICIPANT
from lms.mentoring.queries import participants as queries
from lms.mentoring.queries.mentorships import has_live_mentorship
from lms.mentoring.rules import is_open
from lms.notifications.messages import Message
from lms.notifications.services import notify

REASON = Input("reason", _l("Reason"), hint=_l("The mentor reads this."))


def _full(context: Context) -> Participant:
    return queries.participant_by_id(context.subject.id)


def _scheme_is_open(context: Context) -> Text | None:
    if is_open(_full(context).scheme, context.actor.now):
        return None
    return _l("This scheme does not take profiles now.")


def _is_complete(context: Context) -> Text | None:
    """What the matching needs of everybody: something in common, a language, and hours to meet."""
    participant: Participant = context.subject
    if participant.fields and participant.languages and participant.hours:
        return None
    return _l("Choose at least one field, one language and the hours in which you can meet.")


def _says_something(context: Context) -> Text | None:
    return None if context.subject.about else _l("Write a few sentences about what you offer or look for.")


def _guides_nobody(context: Context) -> Text | None:
    if has_live_mentorship(context.subject.id):
        return _l("You have a mentorship in this scheme. Close or end it first.")
    return None


def _stamp_reason(context: Context) -> None:
    context.subject.decided_reason = str(context.inputs.get("reason", ""))


def _stop_waiting(context: Context) -> None:
    waiting.close_items(context.actor, subject=("mentoring_participant", context.subject.id))


def _ask_for_approval(context: Context) -> None:
    participant = _full(context)
    _stop_waiting(context)
    waiting.open_item(
        context.actor,
        messages.APPROVE_MENTOR,
        to=office_of(participant.scheme_id),
        subject=("mentoring_participant", participant.id),
        about=[participant.person.name, participant.scheme],
        url_values={"ref": participant.ref},
    )


def _tell(context: Context, message: Message) -> None:
    participant = _full(context)
    notify(
        context.actor,
        person_id=participant.person_id,
        message=message,
        values={
            **values_of(participant.scheme, f"/mentoring/profiles/{participant.ref}"),
            "reason": participant.decided_reason,
        },
    )


def _tell_approved(context: Context) -> None:
    _stop_waiting(context)
    _tell(context, messages.MENTOR_APPROVED)


def _tell_refused(context: Context) -> None:
    _stop_waiting(context)
    _tell(context, messages.MENTOR_REFUSED)


def ask_to_finish(context: Context) -> None:
    """The profile is to be finished and sent before the scheme closes."""
    participant = _full(context)
    _stop_waiting(context)
    waiting.open_item(
        context.actor,
        messages.FINISH_PROFILE,
        to=participant.person_id,
        subject=("mentoring_participant", participant.id),
        about=[participant.scheme],
        url_values={"ref": participant.ref},
        due_at=participant.scheme.closes_at,
    )
    _tell(context, messages.MENTOR_RETURNED)


def _leave_everything(context: Context) -> None:
    """Proposals to somebody who has left go on to the next best."""
    _stop_waiting(context)
    withdraw_proposals(context.actor, context.subject)
    go_on(context.actor, context.subject.scheme_id, f"left:{context.subject.id}")


def _look_again(context: Context) -> None:
    """Whoever comes back may be the next best for somebody."""
    go_on(context.actor, context.subject.scheme_id, f"back:{context.subject.id}:{context.subject.version}")


def _is_mentor(context: Context) -> Text | None:
    return None if context.subject.side == "mentor" else _l("Mentees need no approval.")


def _is_mentee(context: Context) -> Text | None:
    return None if context.subject.side == "mentee" else _l("Mentors are approved by the coordinator first.")


PARTICIPANT = Machine(
    "mentoring_participant",
    model=Participant,
    initial="draft",
    states=[
        State("draft", _l("Draft")),
        State("submitted", _l("To be approved"), "info"),
        State("active", _l("Takes part"), "success"),
        State("on_leave", _l("On leave"), "warning"),
        State("refused", _l("Not accepted"), "neutral", is_final=True),
        State("withdrawn", _l("Withdrawn"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "offer",
            _l("Send to the coordinator"),
            ("draft",),
            "submitted",
            OWN_PARTICIPANT,
            guards=(_is_mentor, _scheme_is_open, _is_complete, _says_something),
            stamps=(_stamp_reason,),
            effects=(_ask_for_approval,),
            tone="success",
            done_label=_l("Sent for approval"),
        ),
        Transition(
            "join",
            _l("Take part"),
            ("draft",),
            "active",
            OWN_PARTICIPANT,
            guards=(_is_mentee, _scheme_is_open, _is_complete, _says_something),
            effects=(_stop_waiting,),
            tone="success",
            done_label=_l("Joined"),
        ),
        Transition(
            "approve",
            _l("Approve"),
            ("submitted",),
            "active",
            DECIDE_PARTICIPANT,
            effects=(_tell_approved,),
            tone="success",
            done_label=_l("Approved"),
        ),
        Transition(
            "return",
            _l("Return to the mentor"),
            ("submitted",),
            "draft",
            DECIDE_PARTICIPANT,
            inputs=(REASON,),
            stamps=(_stamp_reason,),
            effects=(ask_to_finish,),
            tone="warning",
            done_label=_l("Returned"),
        ),
        Transition(
            "refuse",
            _l("Do not accept"),
            ("submitted",),
            "refused",
            DECIDE_PARTICIPANT,
            inputs=(REASON,),
            stamps=(_stamp_reason,),
            effects=(_tell_refused,),
            tone="danger",
            confirm=_l("Do not accept this mentor? They read the reason."),
            done_label=_l("Not accepted"),
        ),
        Transition(
            "leave",
            _l("Go on leave: no new proposals"),
            ("active",),
            "on_leave",
            OWN_PARTICIPANT,
            tone="danger",
            done_label=_l("On leave"),
        ),
        Transition(
            "come_back",
            _l("Be proposed again"),
            ("on_leave",),
            "active",
            OWN_PARTICIPANT,
            effects=(_look_again,),
            tone="success",
            done_label=_l("Back"),
        ),
        Transition(
            "withdraw",
            _l("Withdraw from the scheme"),
            ("draft", "submitted", "active", "on_leave"),
            "withdrawn",
            OWN_PARTICIPANT,
            guards=(_guides_nobody,),
            effects=(_leave_everything,),
            tone="danger",
            confirm=_l("Withdraw from this scheme? Proposals that wait for you go on to others."),
            done_label=_l("Withdrawn"),
        ),
    ],
)
