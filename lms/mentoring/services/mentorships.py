"""What a pair does: goals, notes, meetings, and confiding a concern."""

from datetime import datetime, timedelta
from typing import Any

from lms.core import audit, waiting, workflow
from lms.core.actor import Actor, system_actor
from lms.core.clock import check_year
from lms.core.db import db, expect_version
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.mentoring import messages
from lms.mentoring.flow import CONCERN, MEETING
from lms.mentoring.flow.meeting import ask_to_confirm
from lms.mentoring.flow.mentorship_steps import touch
from lms.mentoring.models import CalendarFeed, Concern, Goal, Meeting, Mentorship, Note
from lms.mentoring.policy import side_of
from lms.mentoring.queries.concerns import contacts_for, reported_by
from lms.mentoring.rules import LIVE
from lms.notifications.services import notify

MOST_GOALS = 12
_MOST_MEETINGS_AHEAD = 12
_MOST_CONCERNS = 5


def _begin(mentorship: Mentorship) -> None:
    """Lock the mentorship. Raises Conflict when it is over."""
    db.session.refresh(mentorship, attribute_names=["state", "version"], with_for_update=True)
    if mentorship.state not in LIVE:
        raise Conflict(_l("This mentorship is over. It can no longer be changed."))


def add_goal(actor: Actor, mentorship: Mentorship, *, text: str) -> Goal:
    """Agree on one more goal. Raises Refused when there are many already."""
    _begin(mentorship)
    if len(mentorship.goals) >= MOST_GOALS:
        raise Refused([_l("There are %(number)d goals already. Reach some first.", number=MOST_GOALS)])
    goal = Goal(ref=new_ref(), mentorship_id=mentorship.id, text=text, created_at=actor.now, changed_at=actor.now)
    db.session.add(goal)
    touch(actor, mentorship)
    db.session.flush()
    db.session.expire(mentorship, ["goals"])
    audit.record(actor, "mentoring_goal.added", subject=("mentorship", mentorship.id), detail={"goal_id": goal.id})
    return goal


def set_progress(actor: Actor, mentorship: Mentorship, goal: Goal, *, progress: int, version: int | None) -> None:
    """Say how far a goal is, in percent. Raises Stale for a stale page."""
    _begin(mentorship)
    db.session.refresh(goal, attribute_names=["version", "progress"], with_for_update=True)
    expect_version(goal, version)
    goal.progress, goal.changed_at = progress, actor.now
    goal.version += 1
    touch(actor, mentorship)
    db.session.flush()
    audit.record(actor, "mentoring_goal.moved", subject=("mentorship", mentorship.id), detail={"goal_id": goal.id})


def write_note(actor: Actor, mentorship: Mentorship, *, text: str, is_shared: bool) -> Note:
    """Write something down, for both or for oneself alone."""
    _begin(mentorship)
    assert actor.person_id is not None
    note = Note(
        mentorship_id=mentorship.id,
        author_id=actor.person_id,
        text=text,
        is_shared=is_shared,
        written_at=actor.now,
    )
    db.session.add(note)
    if is_shared:  # A private one leaves no trace that the other side could see.
        touch(actor, mentorship)
    db.session.flush()
    audit.record(actor, "mentoring_note.written", subject=("mentorship", mentorship.id), detail={"note_id": note.id})
    return note


# --- meetings ----------------------------------------------------------------------------------------------


def propose_meeting(
    actor: Actor, mentorship: Mentorship, *, starts_at: datetime, minutes: int, place: str, agenda: str
) -> Meeting:
    """Propose a time; the other side confirms it. Raises Invalid for one in the past, Refused for too many."""
    _begin(mentorship)
    _check_time(actor, starts_at)
    ahead = [one for one in mentorship.meetings if one.state in ("proposed", "confirmed") and one.starts_at > actor.now]
    if len(ahead) >= _MOST_MEETINGS_AHEAD:
        raise Refused([_l("Many meetings are planned already. Cancel one first.")])
    assert actor.person_id is not None
    meeting = Meeting(
        ref=new_ref(),
        mentorship_id=mentorship.id,
        proposed_by_id=actor.person_id,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
        agenda=agenda,
        changed_at=actor.now,
    )
    workflow.start(MEETING, meeting, actor=actor)
    ask_to_confirm(workflow.Context(meeting, actor, MEETING.transitions["move"]))
    db.session.expire(mentorship, ["meetings"])
    return meeting


def move_meeting(actor: Actor, meeting: Meeting, *, version: int | None, starts_at: datetime, **values: Any) -> None:
    """Propose another time instead; the other side confirms it. Raises Invalid for one in the past."""
    _check_time(actor, starts_at)
    workflow.perform(MEETING, meeting, "move", actor=actor, version=version, starts_at=starts_at, **values)


def _check_time(actor: Actor, starts_at: datetime) -> None:
    check_year(starts_at.date(), "starts_local")
    if starts_at <= actor.now:
        raise Invalid(_l("Choose a time that is still to come."), "starts_local")
    if starts_at > actor.now + timedelta(days=400):
        raise Invalid(_l("Choose a time within the next year."), "starts_local")


# --- what is confided --------------------------------------------------------------------------------------


def report_concern(actor: Actor, mentorship: Mentorship, *, text: str) -> Concern:
    """Confide a concern to the safeguarding contact, also after the end. Nothing that the other side sees changes.

    Raises Refused when many are open already, and when nobody could look at it.
    """
    assert actor.person_id is not None
    assert side_of(actor, mentorship)
    if sum(one.state != "closed" for one in reported_by(actor, mentorship)) >= _MOST_CONCERNS:
        raise Refused([_l("What you confided before is still being looked at. You will read the answer here.")])
    goes_to, contacts = contacts_for(actor, mentorship)
    if not contacts:
        raise Refused([_l("Nobody can look at this here now. Write to the secretariat of the Center by mail.")])
    concern = Concern(
        ref=new_ref(),
        mentorship_id=mentorship.id,
        reporter_id=actor.person_id,
        goes_to=goes_to,
        text=text,
        reported_at=actor.now,
    )
    platform = system_actor(actor.now)  # The journal tells that a concern came, not whose.
    workflow.start(CONCERN, concern, actor=platform)
    for person_id in contacts:
        waiting.open_item(
            platform,
            messages.LOOK_AT_CONCERN,
            to=person_id,
            subject=("mentoring_concern", concern.id),
            about=[mentorship.scheme],
            url_values={"ref": concern.ref},
        )
        notify(
            platform,
            person_id=person_id,
            message=messages.CONCERN_REPORTED,
            values={
                "scheme_en": mentorship.scheme.title_en,
                "scheme_zh": mentorship.scheme.title_zh,
                "path": f"/mentoring/concerns/{concern.ref}",
            },
            key=concern.ref,
        )
    return concern


# --- calendar ----------------------------------------------------------------------------------------------


def renew_feed(actor: Actor) -> CalendarFeed:
    """Give somebody a private calendar address, or a new one; an old one stops working."""
    feed = db.session.get(CalendarFeed, actor.person_id, with_for_update=True)
    if feed is None:
        assert actor.person_id is not None
        feed = CalendarFeed(person_id=actor.person_id, number=1)
        db.session.add(feed)
    else:
        feed.number += 1
    db.session.flush()
    audit.record(actor, "calendar_feed.renewed", subject=("person", feed.person_id))
    return feed
