"""A mentorship: how it begins, what reminds of it, and how it ends."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.accounts import queries as people
from lms.core import outbox, settings, waiting
from lms.core.actor import Actor, system_actor
from lms.core.clock import deadline_in_zone
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.pdf import Bilingual, Signatory, bilingual
from lms.core.workflow import Context, machine_named, perform, start
from lms.credentials import services as credentials
from lms.mentoring import messages
from lms.mentoring.flow.telling import other_side, tell_both, tell_other
from lms.mentoring.models import Mentorship, Proposal
from lms.mentoring.policy import side_of
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.rules import hours_of
from lms.notifications.messages import Message

NOTE_DAYS = 14
"""How long the second note may take; then the mentorship is closed with the first one alone."""

_DATES: Bilingual = {"en": "Dates of the mentorship", "zh": "指导时间"}
_HOURS: Bilingual = {"en": "Hours together", "zh": "会面时数"}
_MEETINGS: Bilingual = {"en": "Meetings", "zh": "会面次数"}


def path_of(mentorship: Mentorship) -> str:
    """The page of a mentorship."""
    return f"/mentoring/mentorships/{mentorship.ref}"


def begin_mentorship(actor: Actor, proposal: Proposal) -> None:
    """Both said yes: they learn of it, propose the first meeting, and are reminded gently from now on."""
    mentorship = Mentorship(
        ref=new_ref(),
        scheme_id=proposal.scheme_id,
        proposal_id=proposal.id,
        mentor_id=proposal.mentor_id,
        mentee_id=proposal.mentee_id,
        started_at=actor.now,
        mentor_active_at=actor.now,
        mentee_active_at=actor.now,
    )
    start(machine_named("mentorship"), mentorship, actor=actor)
    whole = queries.mentorship_by_id(mentorship.id)
    for one in (whole.mentor, whole.mentee):
        _open(actor, whole, messages.FIRST_MEETING, one.person_id)
    tell_both(actor, whole, messages.AGREED, path_of(whole))
    schedule_reminder(actor, whole, after=actor.now)
    closes = deadline_in_zone(datetime.combine(whole.scheme.ends_on, time(9)), whole.scheme.zone)
    if closes > actor.now:
        _schedule(actor, whole, "ask_to_close", closes)


def _open(
    actor: Actor, whole: Mentorship, kind: waiting.WaitingKind, person_id: int, due_at: datetime | None = None
) -> None:
    waiting.open_item(
        actor,
        kind,
        to=person_id,
        subject=("mentorship", whole.id),
        about=[other_side(whole, person_id).person.name, whole.scheme],
        url_values={"ref": whole.ref},
        due_at=due_at,
    )


def _schedule(actor: Actor, mentorship: Mentorship, transition: str, due_at: datetime) -> None:
    outbox.schedule_transition(
        actor, machine="mentorship", subject_id=mentorship.id, transition=transition, due_at=due_at
    )


def schedule_reminder(actor: Actor, mentorship: Mentorship, *, after: datetime) -> None:
    """Ask gently when nothing was heard for as many days as the scheme says."""
    days = timedelta(days=mentorship.scheme.idle_days)
    _schedule(actor, mentorship, "remind", after + days)


def touch(actor: Actor, mentorship: Mentorship) -> None:
    """Note that the actor did something here; the other side sees when."""
    side = side_of(actor, mentorship)
    if side:
        setattr(mentorship, f"{side}_active_at", actor.now)


# --- guards ------------------------------------------------------------------------------------------------


def is_quiet(context: Context) -> Text | None:
    """The clock asks only when the pair has not met for long, nor will soon."""
    whole = queries.mentorship_by_id(context.subject.id)
    since = queries.last_sign_of_life(whole) + timedelta(days=whole.scheme.idle_days)
    return None if context.actor.now >= since else _l("They have met or will meet soon.")


def has_not_written(context: Context) -> Text | None:
    """Each side writes one closing note."""
    side = side_of(context.actor, queries.mentorship_by_id(context.subject.id))
    if not getattr(context.subject, f"{side}_note"):
        return None
    return _l("You have written your closing note. The other side writes theirs.")


def may_be_closed(context: Context) -> Text | None:
    """With a note of both, or when the second one is not written in time."""
    one: Mentorship = context.subject
    if one.mentor_note and one.mentee_note:
        return None
    if one.closing_at and context.actor.now >= one.closing_at + timedelta(days=NOTE_DAYS):
        return None
    return _l("The other side has not written their closing note yet.")


# --- stamps and effects ------------------------------------------------------------------------------------


def stamp_note(context: Context) -> None:
    """The closing note of whoever acts, and from when on the other is waited for."""
    one: Mentorship = context.subject
    with db.session.no_autoflush:
        side = side_of(context.actor, queries.mentorship_by_id(one.id))
    setattr(one, f"{side}_note", str(context.inputs["closing_note"]))
    one.closing_at = one.closing_at or context.actor.now


def stamp_end(context: Context) -> None:
    """When it ended."""
    context.subject.ended_at = context.actor.now


def stamp_active(context: Context) -> None:
    """When the side that acts was last here."""
    with db.session.no_autoflush:
        touch(context.actor, queries.mentorship_by_id(context.subject.id))


def tell_paused(context: Context) -> None:
    """The other side reads that it rests."""
    _tell(context, messages.PAUSED)


def tell_resumed(context: Context) -> None:
    """The other side reads that it goes on, and the reminders begin anew."""
    _tell(context, messages.RESUMED)
    whole = queries.mentorship_by_id(context.subject.id)
    schedule_reminder(context.actor, whole, after=context.actor.now)


def _tell(context: Context, message: Message) -> None:
    whole = queries.mentorship_by_id(context.subject.id)
    tell_other(context.actor, whole, message, path_of(whole))


def ask_gently(context: Context) -> None:
    """Both read how to go on or to end without any fault; and again after as long."""
    whole = queries.mentorship_by_id(context.subject.id)
    tell_both(context.actor, whole, messages.QUIET, path_of(whole), days=whole.scheme.idle_days)
    schedule_reminder(context.actor, whole, after=context.actor.now)


def ask_for_notes(context: Context) -> None:
    """The time of the scheme is over: both close with a note."""
    whole = queries.mentorship_by_id(context.subject.id)
    for one in (whole.mentor, whole.mentee):
        _open(context.actor, whole, messages.CLOSE_MENTORSHIP, one.person_id)
    tell_both(context.actor, whole, messages.TIME_TO_CLOSE, path_of(whole))


def close_or_ask_other(context: Context) -> None:
    """With the second note it is closed; after the first one the other side is asked for theirs."""
    whole = queries.mentorship_by_id(context.subject.id)
    waiting.close_items(
        context.actor,
        subject=("mentorship", whole.id),
        kind=messages.CLOSE_MENTORSHIP,
        person_id=context.actor.person_id,
    )
    if whole.mentor_note and whole.mentee_note:
        perform(machine_named("mentorship"), whole, "complete", actor=system_actor(context.actor.now))
        return
    due_at = context.actor.now + timedelta(days=NOTE_DAYS)
    _open(context.actor, whole, messages.CLOSE_MENTORSHIP, other_side(whole, context.actor.person_id).person_id, due_at)
    tell_other(context.actor, whole, messages.TIME_TO_CLOSE, path_of(whole))
    _schedule(context.actor, whole, "complete", due_at)


def tell_ended(context: Context) -> None:
    """The other side is told plainly, without a reason and without fault."""
    _stop(context)
    _tell(context, messages.ENDED)


def tell_ended_by_office(context: Context) -> None:
    """Both are told."""
    _stop(context)
    whole = queries.mentorship_by_id(context.subject.id)
    tell_both(context.actor, whole, messages.ENDED_BY_OFFICE, path_of(whole))


def _stop(context: Context) -> None:
    """Nothing waits any more, and meetings to come are cancelled, in calendars too."""
    actor = context.actor
    waiting.close_items(actor, subject=("mentorship", context.subject.id))
    for meeting in queries.meetings_ahead(context.subject.id, actor.now):
        perform(machine_named("mentoring_meeting"), meeting, "drop", actor=system_actor(actor.now))


def rest_the_mentee(context: Context) -> None:
    """A mentee who ends it and asks for nobody else is not proposed again until they say so."""
    whole = queries.mentorship_by_id(context.subject.id)
    if side_of(context.actor, whole) == "mentee":
        _rest(context.actor, whole)


def rest_both(context: Context) -> None:
    """Nobody is proposed again before they say so."""
    _rest(context.actor, queries.mentorship_by_id(context.subject.id))


def _rest(actor: Actor, whole: Mentorship) -> None:
    if whole.mentee.state == "active":
        perform(machine_named("mentoring_participant"), whole.mentee, "leave", actor=system_actor(actor.now))


def find_another(context: Context) -> None:
    """The place is free again, and perhaps the mentee: the next best pairs are found."""
    outbox.enqueue(
        context.actor,
        "mentoring.next_best",
        {"scheme_id": context.subject.scheme_id},
        key=f"mentoring.next:mentorship:{context.subject.id}",
    )


def certify(context: Context) -> None:
    """Both learn that it is complete; the mentor gets the certificate if they met, under the Center's legal names."""
    _stop(context)
    whole = queries.mentorship_by_id(context.subject.id)
    tell_both(context.actor, whole, messages.COMPLETED, path_of(whole))
    meetings, minutes = queries.held_of(whole.id)
    if not meetings:
        return
    center, zone = settings.center_names(), ZoneInfo(whole.scheme.zone)
    credential = credentials.issue(
        context.actor,
        person_id=whole.mentor.person_id,
        kind="mentoring.mentorship",
        subject=("mentorship", whole.id),
        heading=bilingual(_l("Certificate of mentoring")),
        statement=bilingual(_l("has guided a young health scientist as a mentor in")),
        title=Bilingual(en=whole.scheme.title_en, zh=whole.scheme.title_zh or whole.scheme.title_en),
        issuer=Bilingual(en=center["en"], zh=center["zh"]),
        issuer_id=None,
        signatories=[_signatory(whole)],
        zone=whole.scheme.zone,
        from_on=whole.started_at.astimezone(zone).date(),
        to_on=context.actor.now.astimezone(zone).date(),
        dates=_DATES,
        extra=[
            {"label": _MEETINGS, "value": str(meetings)},
            {"label": _HOURS, "value": hours_of(minutes)},
        ],
    )
    whole.credential_id = credential.id


def _signatory(whole: Mentorship) -> Signatory:
    """Whoever made the scheme signs for the secretariat; the mentee signs a scheme that nobody made."""
    makers = people.people([whole.scheme.created_by_id])
    if whole.scheme.created_by_id in makers:
        return {"name": makers[whole.scheme.created_by_id].name, "office": bilingual(_l("Secretariat"))}
    return {"name": whole.mentee.person.name, "office": bilingual(_l("Mentee"))}
