"""A meeting: proposed by one side, confirmed by the other, held, or cancelled in both calendars."""

from datetime import timedelta

from lms.core import outbox, waiting
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Machine, State, Transition
from lms.mentoring import messages
from lms.mentoring.flow.mentorship_steps import path_of, schedule_reminder, touch
from lms.mentoring.flow.telling import other_side, tell_other
from lms.mentoring.models import Meeting
from lms.mentoring.policy import CONFIRM_MEETING, OWN_MEETING
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.rules import LIVE
from lms.notifications.messages import Message

SOON = timedelta(days=1)


def _full(context: Context) -> Meeting:
    return queries.meeting_by_id(context.subject.id)


# --- guards ------------------------------------------------------------------------------------------------


def _is_ahead(context: Context) -> Text | None:
    return None if context.subject.starts_at > context.actor.now else _l("This time has passed. Propose another one.")


def _pair_goes_on(context: Context) -> Text | None:
    return None if context.subject.mentorship.state in LIVE else _l("This mentorship is over.")


def _is_over(context: Context) -> Text | None:
    ends = context.subject.starts_at + timedelta(minutes=context.subject.minutes)
    return None if context.actor.now >= ends else _l("This meeting is not over yet.")


def _begins_soon(context: Context) -> Text | None:
    left = context.subject.starts_at - context.actor.now
    return None if timedelta(0) < left <= SOON else _l("This meeting was moved.")


# --- stamps and effects ------------------------------------------------------------------------------------


def _stamp_change(context: Context) -> None:
    """Calendars take a change when the number has grown."""
    context.subject.sequence += 1
    context.subject.changed_at = context.actor.now


def _stamp_time(context: Context) -> None:
    _stamp_change(context)
    for name in ("starts_at", "minutes", "place", "agenda"):
        setattr(context.subject, name, context.inputs[name])
    context.subject.proposed_by_id = context.actor.person_id


def _touch(context: Context) -> None:
    touch(context.actor, _full(context).mentorship)


def ask_to_confirm(context: Context) -> None:
    """The other side reads the time on both clocks and answers before it comes."""
    meeting = _full(context)
    pair = meeting.mentorship
    touch(context.actor, pair)
    waiting.close_items(context.actor, subject=("mentorship", pair.id), kind=messages.FIRST_MEETING)
    _stop_waiting(context)
    other = other_side(pair, context.actor.person_id)
    waiting.open_item(
        context.actor,
        messages.ANSWER_MEETING,
        to=other.person_id,
        subject=("mentoring_meeting", meeting.id),
        about=[other_side(pair, other.person_id).person.name, pair.scheme],
        url_values={"ref": pair.ref},
        due_at=meeting.starts_at,
    )
    _tell(context, messages.MEETING_PROPOSED)


def _settle(context: Context) -> None:
    """It stands: the other side learns it, a day before both are reminded, and afterwards it counts as held."""
    meeting = _full(context)
    _stop_waiting(context)
    _tell(context, messages.MEETING_CONFIRMED)
    ends = meeting.starts_at + timedelta(minutes=meeting.minutes)
    for transition, due_at in (("remind", meeting.starts_at - SOON), ("hold", ends)):
        if due_at > context.actor.now:
            outbox.schedule_transition(
                context.actor,
                machine="mentoring_meeting",
                subject_id=meeting.id,
                transition=transition,
                due_at=due_at,
            )
    schedule_reminder(context.actor, meeting.mentorship, after=meeting.starts_at)


def _stop_waiting(context: Context) -> None:
    waiting.close_items(context.actor, subject=("mentoring_meeting", context.subject.id))


def _tell_cancelled(context: Context) -> None:
    _stop_waiting(context)
    _tell(context, messages.MEETING_CANCELLED)


def _remind_both(context: Context) -> None:
    _tell(context, messages.MEETING_SOON)


def _tell(context: Context, message: Message) -> None:
    meeting = _full(context)
    pair = meeting.mentorship
    values = {
        "starts_at": meeting.starts_at.isoformat(),
        "minutes": meeting.minutes,
        "place": meeting.place,
        "mentor_zone": pair.mentor.zone,
        "mentee_zone": pair.mentee.zone,
    }
    tell_other(context.actor, pair, message, path_of(pair), **values)


MEETING = Machine(
    "mentoring_meeting",
    model=Meeting,
    initial="proposed",
    states=[
        State("proposed", _l("Proposed"), "accent"),
        State("confirmed", _l("Confirmed"), "success"),
        State("held", _l("Held"), "neutral"),
        State("missed", _l("Did not take place"), "warning", is_final=True),
        State("cancelled", _l("Cancelled"), "danger", is_final=True),
    ],
    transitions=[
        Transition(
            "confirm",
            _l("Confirm"),
            ("proposed",),
            "confirmed",
            CONFIRM_MEETING,
            guards=(_is_ahead, _pair_goes_on),
            stamps=(_stamp_change,),
            effects=(_touch, _settle),
            tone="success",
            done_label=_l("Meeting confirmed"),
        ),
        Transition(
            "move",
            _l("Propose another time"),
            ("proposed", "confirmed"),
            "proposed",
            OWN_MEETING,
            guards=(_pair_goes_on,),
            stamps=(_stamp_time,),
            effects=(ask_to_confirm,),
            done_label=_l("Another time proposed"),
        ),
        Transition(
            "cancel",
            _l("Cancel the meeting"),
            ("proposed", "confirmed"),
            "cancelled",
            OWN_MEETING,
            stamps=(_stamp_change,),
            effects=(_touch, _tell_cancelled),
            tone="danger",
            confirm=_l("Cancel this meeting? The other side is told, and it goes from both calendars."),
            done_label=_l("Meeting cancelled"),
        ),
        Transition(
            "drop",
            _l("Cancel with the mentorship"),
            ("proposed", "confirmed"),
            "cancelled",
            stamps=(_stamp_change,),
            effects=(_stop_waiting,),
            done_label=_l("Meeting cancelled"),
        ),
        Transition(
            "hold",
            _l("Count as held"),
            ("confirmed",),
            "held",
            guards=(_is_over,),
            by_clock=True,
            done_label=_l("Meeting held"),
        ),
        Transition(
            "miss",
            _l("It did not take place"),
            ("held",),
            "missed",
            OWN_MEETING,
            guards=(_pair_goes_on,),
            effects=(_touch,),
            tone="danger",
            confirm=_l("Say that this meeting did not take place? It then counts neither in records nor hours."),
            done_label=_l("Did not take place"),
        ),
        Transition(
            "remind",
            _l("Remind both"),
            ("confirmed",),
            None,
            guards=(_begins_soon,),
            effects=(_remind_both,),
            by_clock=True,
            done_label=_l("Both were reminded"),
        ),
    ],
)
