"""What mentoring keeps about people, for how long, and why it is read."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, or_, select

from lms.accounts import privacy, readings
from lms.accounts.privacy import ERASED_TEXT, Hold, Holding, Values
from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting.kinds import Titled
from lms.mentoring.flow import MENTORSHIP, PARTICIPANT
from lms.mentoring.models import (
    CalendarFeed,
    Concern,
    Goal,
    Meeting,
    MentoringScheme,
    Mentorship,
    Note,
    Participant,
    Proposal,
    Wish,
)
from lms.mentoring.queries.schemes import lock_scheme
from lms.mentoring.rules import LIVE

_LOOKING_INTO = timedelta(days=365)
_PROFILE_LEFT: Values = {
    "fields": [], "methods": [], "languages": [], "hours": [], "apart": [], "years": None, "about": "",
    "zone": "UTC", "decided_reason": "",
}  # fmt: skip


def _looked_into(row: RowMapping, now: datetime) -> Hold | None:
    """A concern that is being looked into protects others too."""
    if row["state"] == "closed":
        return None
    return Hold(_l("It is being looked into. It goes when that is over."), now + _LOOKING_INTO, True)


_PROFILES = Holding(
    "mentoring-profiles",
    Participant,
    _l("Profiles in mentoring schemes"),
    becomes=_PROFILE_LEFT,
    subject="mentoring_participant",
)
# How far up on the other's list somebody stands can be read from the score; the page of a pair says why without it.
_OF_THE_OTHER = frozenset({"score", "parts"})
# A pair is about two people: each side's own words go with them, and what is left is a number of the scheme.
_GUIDING = Holding(
    "mentorships-as-mentor",
    Mentorship,
    _l("Mentorships as a mentor"),
    owner="mentor_id",
    part_of=_PROFILES,
    becomes={"mentor_note": "", "credential_id": None},
    subject="mentorship",
)
_GUIDED = Holding(
    "mentorships-as-mentee",
    Mentorship,
    _l("Mentorships as a mentee"),
    owner="mentee_id",
    part_of=_PROFILES,
    becomes={"mentee_note": ""},
    subject="mentorship",
)
privacy.register(
    _PROFILES,
    Holding("mentoring-wishes", Wish, _l("Wishes for mentors or mentees"), owner="participant_id", part_of=_PROFILES),
    Holding(
        "proposals-as-mentor",
        Proposal,
        _l("Proposed mentees"),
        owner="mentor_id",
        part_of=_PROFILES,
        becomes={"parts": []},
        secret=_OF_THE_OTHER | {"mentee_yes_at"},
        subject="mentoring_proposal",
    ),
    Holding(
        "proposals-as-mentee",
        Proposal,
        _l("Proposed mentors"),
        owner="mentee_id",
        part_of=_PROFILES,
        becomes={"parts": []},
        secret=_OF_THE_OTHER | {"mentor_yes_at"},
        subject="mentoring_proposal",
    ),
    _GUIDING,
    _GUIDED,
    Holding(
        "mentoring-goals",
        Goal,
        _l("Goals of mentorships"),
        owner="mentorship_id",
        part_of=_GUIDED,
        becomes={"text": ERASED_TEXT},
    ),
    Holding(
        "meetings-as-mentor",
        Meeting,
        _l("Meetings as a mentor"),
        owner="mentorship_id",
        part_of=_GUIDING,
        becomes={"place": "", "agenda": ""},
        subject="mentoring_meeting",
    ),
    Holding(
        "meetings-as-mentee",
        Meeting,
        _l("Meetings as a mentee"),
        owner="mentorship_id",
        part_of=_GUIDED,
        becomes={"place": "", "agenda": ""},
        subject="mentoring_meeting",
    ),
    Holding("mentoring-notes", Note, _l("Notes that you wrote in mentorships"), owner="author_id"),
    Holding(
        "mentoring-concerns",
        Concern,
        _l("Concerns that you confided"),
        owner="reporter_id",
        becomes={"text": ERASED_TEXT, "outcome": ""},
        hold=_looked_into,
        subject="mentoring_concern",
    ),
    Holding("calendar-address", CalendarFeed, _l("Private calendar address")),
)
privacy.register_mentions(
    privacy.ACTED, "mentoring_scheme.created_by_id", "mentoring_run.started_by_id", "mentoring_meeting.proposed_by_id"
)


def _leave(actor: Actor, person_id: int) -> None:
    """End mentorships that are under way and withdraw from schemes, so that others are proposed."""
    own = db.session.scalars(select(Participant).where(Participant.person_id == person_id).order_by(Participant.id))
    participants = own.all()
    ids = [one.id for one in participants]
    for scheme_id in sorted({one.scheme_id for one in participants}):
        lock_scheme(scheme_id)
    live = select(Mentorship).where(
        or_(Mentorship.mentor_id.in_(ids), Mentorship.mentee_id.in_(ids)), Mentorship.state.in_(LIVE)
    )
    for mentorship in db.session.scalars(live.order_by(Mentorship.id)).all():
        workflow.perform(MENTORSHIP, mentorship, "end", actor=actor)
    for participant in participants:
        if participant.state in PARTICIPANT.transitions["withdraw"].sources:
            workflow.perform(PARTICIPANT, participant, "withdraw", actor=actor)


privacy.on_leaving(_leave)


def _titles(ids: Collection[int]) -> dict[int, Titled]:
    rows = db.session.execute(
        select(Participant.id, MentoringScheme)
        .join(Participant.scheme)
        .where(Participant.id.in_(ids))
        .order_by(Participant.id)
    )
    return {row[0]: row[1] for row in rows}


readings.register(
    readings.Readable(
        Participant,
        "mentoring_participant",
        _l("Mentoring profile"),
        lambda participant: participant.person_id,
        {"participant.see": _l("To approve mentors and to look after the scheme")},
        _titles,
    )
)
