"""What follows when an endorsement is asked for, answered, handed in or left unanswered."""

from datetime import timedelta

from lms.applications import messages
from lms.applications.models import Endorsement
from lms.applications.queries.endorsements import loaded_endorsement
from lms.core import outbox, waiting
from lms.core.actor import Actor
from lms.core.waiting import Office
from lms.core.workflow import Context
from lms.notifications.messages import Message
from lms.notifications.services import notify, notify_office

SECRETARIAT = Office("secretariat", "platform")
# A sheet that was not accepted late gives at least this long for another one.
_ANOTHER_SHEET = timedelta(days=7)
_REMIND_BEFORE = (timedelta(days=7), timedelta(days=2))


def subject_of(endorsement: Endorsement) -> tuple[str, int]:
    """The endorsement as the subject of waiting items."""
    return ("endorsement", endorsement.id)


def values_of(endorsement: Endorsement) -> dict[str, object]:
    """What every message about an endorsement names."""
    application = endorsement.application
    return {
        "applicant": application.person.name,
        "call_en": application.call.title_en,
        "call_zh": application.call.title_zh,
        "due_at": endorsement.due_at.isoformat(),
        "zone": application.call.zone,
        "reason": endorsement.reason,
    }


def open_for(actor: Actor, endorsement: Endorsement, token: str | None = None) -> None:
    """Let it wait for whoever must act by this route, and ring when it is due. `token` is the link's secret."""
    application = endorsement.application
    if endorsement.route == "platform":
        waiting.open_item(
            actor,
            messages.ENDORSE,
            to=Office("coordinator", "institution", endorsement.institution_id),
            subject=subject_of(endorsement),
            about=[application.person.name, application.call],
            url_values={"ref": endorsement.ref},
            due_at=endorsement.due_at,
        )
    elif endorsement.route == "sheet":
        _open_for_applicant(actor, endorsement, messages.HAND_IN_SHEET)
    schedule(actor, endorsement, token)


def schedule(actor: Actor, endorsement: Endorsement, token: str | None = None) -> None:
    """Let the clock remind twice before the due time, and expire the endorsement at it.

    A reminder carries the link's secret, as the first mail does, because only its digest is kept.
    """
    for before in _REMIND_BEFORE:
        at = endorsement.due_at - before
        if at > actor.now:
            outbox.enqueue(
                actor,
                "endorsement.remind",
                {"endorsement_id": endorsement.id, "due_at": endorsement.due_at.isoformat(), "token": token},
                due_at=at,
                key=f"endorsement.remind:{endorsement.id}:{at.isoformat()}:{endorsement.token_digest or ''}",
            )
    outbox.schedule_transition(
        actor, machine="endorsement", subject_id=endorsement.id, transition="expire", due_at=endorsement.due_at
    )


def tell_given(context: Context) -> None:
    """The applicant learns that they are endorsed."""
    stop_waiting(context)
    _tell_applicant(context, messages.ENDORSEMENT_GIVEN)


def tell_refused(context: Context) -> None:
    """The applicant learns why, and may choose another way."""
    stop_waiting(context)
    _tell_applicant(context, messages.ENDORSEMENT_REFUSED)
    _open_for_applicant(context.actor, context.subject, messages.ASK_AGAIN)


def tell_expired(context: Context) -> None:
    """The applicant learns that nobody answered, and may choose another way."""
    stop_waiting(context)
    _tell_applicant(context, messages.ENDORSEMENT_EXPIRED)
    _open_for_applicant(context.actor, context.subject, messages.ASK_AGAIN)


def ask_for_check(context: Context) -> None:
    """The secretariat compares the sheet with its picture."""
    stop_waiting(context)
    endorsement = loaded_endorsement(context.subject.id)
    waiting.open_item(
        context.actor,
        messages.CHECK_SHEET,
        to=SECRETARIAT,
        subject=subject_of(endorsement),
        about=[endorsement.application.person.name, endorsement.application.call],
        url_values={"ref": endorsement.ref},
    )


def ask_for_another_sheet(context: Context) -> None:
    """The applicant reads what was wrong and gets time for another one."""
    stop_waiting(context)
    endorsement: Endorsement = context.subject
    endorsement.due_at = max(endorsement.due_at, context.actor.now + _ANOTHER_SHEET)
    schedule(context.actor, endorsement)
    _tell_applicant(context, messages.SHEET_REFUSED)
    _open_for_applicant(context.actor, endorsement, messages.HAND_IN_SHEET)


def stop_waiting(context: Context) -> None:
    """Nobody needs to act on it any longer."""
    waiting.close_items(context.actor, subject=subject_of(context.subject))


def remind(actor: Actor, endorsement: Endorsement) -> None:
    """Write again to the office or the applicant who must act."""
    values = values_of(endorsement)
    if endorsement.route == "platform":
        office = Office("coordinator", "institution", endorsement.institution_id)
        path = f"/endorsements/{endorsement.ref}"
        notify_office(actor, office=office, message=messages.ENDORSEMENT_REMINDER, values={**values, "path": path})
    else:
        _notify_applicant(actor, endorsement, messages.ENDORSEMENT_REMINDER)


def _tell_applicant(context: Context, message: Message) -> None:
    _notify_applicant(context.actor, loaded_endorsement(context.subject.id), message)


def _notify_applicant(actor: Actor, endorsement: Endorsement, message: Message) -> None:
    path = f"/endorsements/{endorsement.ref}/mine"
    person_id = endorsement.application.person_id
    notify(actor, person_id=person_id, message=message, values={**values_of(endorsement), "path": path})


def _open_for_applicant(actor: Actor, endorsement: Endorsement, kind: waiting.WaitingKind) -> None:
    endorsement = loaded_endorsement(endorsement.id)
    again = kind is messages.ASK_AGAIN
    waiting.open_item(
        actor,
        kind,
        to=endorsement.application.person_id,
        subject=subject_of(endorsement),
        about=[endorsement.application.call],
        url_values={"ref": endorsement.ref},
        due_at=None if again else endorsement.due_at,
    )
