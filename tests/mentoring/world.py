"""A small world of mentoring for tests: people and schemes that got where they are by performing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lms.accounts import queries as people
from lms.accounts.models import Person
from lms.core import clock, workflow
from lms.core.access import give_grant
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.outbox import KeptMail, relay
from lms.institutions.models import Institution, SubCentre
from lms.mentoring.flow import MATCHING_RUN, PARTICIPANT, SCHEME
from lms.mentoring.models import MatchingRun, MentoringScheme, Mentorship, Participant, Proposal
from lms.mentoring.queries import matching as matching_queries
from lms.mentoring.queries import mentorships as mentorship_queries
from lms.mentoring.queries.participants import participant_by_id
from lms.mentoring.queries.schemes import scheme_by_id
from lms.mentoring.services import matching, participants, schemes
from tests.factories import actor_of, make_institution, make_person

EVENINGS = ["0-18", "1-18", "2-18", "3-18"]


@dataclass
class World:
    """Who is there."""

    system: Actor
    home: Institution
    host: Institution
    secretary: Person
    coordinator: Person
    contact: Person
    scheme: MentoringScheme


def make_fields(*codes: str) -> None:
    """Sub centres with these codes, once."""
    for position, code in enumerate(codes, start=1):
        if db.session.scalar(select(SubCentre.id).where(SubCentre.code == code)) is None:
            name = code.title()
            db.session.add(SubCentre(code=code, name_en=name, name_zh=f"{name}（中）", position=position))
    db.session.flush()


def scheme_values(**values: Any) -> dict[str, Any]:
    """The columns of a scheme that opens now, closes in 30 days and ends in a year."""
    now = clock.now()
    columns = {
        "title_en": "Mentors for young scientists",
        "title_zh": "青年科学家导师计划",
        "summary_en": "Guidance by experienced colleagues.",
        "summary_zh": "由资深同行指导。",
        "zone": "Asia/Shanghai",
        "opens_at": now - timedelta(minutes=1),
        "closes_at": now + timedelta(days=30),
        "ends_on": (now + timedelta(days=365)).date(),
        "objective": "best-total",
        "weights": dict(schemes.DEFAULT_WEIGHTS),
        "floor": 100,
        "answer_days": 7,
        "idle_days": 30,
        "max_capacity": 3,
        "institution_limit": None,
        "countries": [],
    }
    return columns | values


def make_world(system: Actor, **values: Any) -> World:
    """A published scheme with a coordinator and a safeguarding contact."""
    make_fields("infection", "nutrition")
    home = make_institution(system, name="University of Vientiane", country="LA")
    host = make_institution(system, name="Peking University", country="CN")
    secretary = make_person(system, name="Secretary", roles=[("secretariat", "platform", None)])
    scheme = schemes.open_scheme(actor_of(secretary), **scheme_values(**values))
    coordinator, contact = make_person(system, name="Coordinator"), make_person(system, name="Contact")
    for person, role in ((coordinator, "coordinator"), (contact, "safeguarding")):
        give_grant(system, person_id=person.id, role=role, scope_kind="mentoring_scheme", scope_id=scheme.id)
    workflow.perform(SCHEME, scheme, "publish", actor=actor_of(secretary))
    return World(system, home, host, secretary, coordinator, contact, scheme)


def profile(**values: Any) -> dict[str, Any]:
    """What somebody says about themselves."""
    said = {
        "fields": ["infection"],
        "methods": ["biostatistics"],
        "languages": ["en"],
        "zone": "Asia/Bangkok",
        "hours": EVENINGS,
        "years": 3,
        "about": "I would like to talk about dengue.",
        "apart": [],
    }
    return said | values


def take_part(world: World, side: str, name: str = "", person: Person | None = None, **values: Any) -> Participant:
    """Somebody who takes part in the scheme of the world; a mentor is approved."""
    if person is None:
        institution = world.host if side == "mentor" else world.home
        person = make_person(world.system, name=name or f"A {side}", institution=institution, affiliation="staff")
    actor = actor_of(person)
    one = participants.join(actor, scheme_by_id(world.scheme.id), side)
    one = participant_by_id(one.id)
    usual = {"years": 15, "zone": "Asia/Shanghai", "capacity": 1} if side == "mentor" else {}
    participants.save_profile(actor, one, version=None, values=profile(**(usual | values)))
    if side == "mentee":
        workflow.perform(PARTICIPANT, one, "join", actor=actor)
    else:
        workflow.perform(PARTICIPANT, one, "offer", actor=actor)
        workflow.perform(PARTICIPANT, one, "approve", actor=actor_of(world.coordinator))
    return participant_by_id(one.id)


def acting(one: Participant) -> Actor:
    """The person behind a participation, now."""
    return people.actor_of(one.person_id, clock.now())


def run_matching(world: World) -> MatchingRun:
    """A run, computed."""
    run = matching.start_run(actor_of(world.coordinator), world.scheme)
    settle()
    return matching_queries.run_visible_to(actor_of(world.secretary), run.ref)


def send(world: World) -> list[Proposal]:
    """Run the matching and send what comes out; the open proposals."""
    run = run_matching(world)
    workflow.perform(MATCHING_RUN, run, "send", actor=actor_of(world.coordinator))
    return list(matching_queries.proposals_of(world.scheme.id))


def say_yes(proposal: Proposal) -> Mentorship:
    """Both say yes."""
    for one in (proposal.mentor, proposal.mentee):
        matching.answer(acting(one), matching_queries.proposal_by_id(proposal.id), "say_yes")
    begun = mentorship_queries.mentorship_of_proposal(proposal.id)
    assert begun is not None
    return mentorship_queries.mentorship_by_id(begun.id)


def make_mentorship(world: World) -> Mentorship:
    """A mentorship of a new mentor and a new mentee."""
    mentor, mentee = take_part(world, "mentor", "Zhao Min"), take_part(world, "mentee", "Keo Dara")
    proposal = next(one for one in send(world) if (one.mentor_id, one.mentee_id) == (mentor.id, mentee.id))
    return say_yes(proposal)


def settle() -> None:
    """Let the relay do whatever is due."""
    db.session.commit()
    relay.run_until_idle()
    db.session.expire_all()


def later(**by: float) -> Actor:
    """Move the clock, let the relay do what is due, and be the platform then."""
    clock.move(timedelta(**by))
    settle()
    return system_actor(clock.now())


def mails(subject_part: str) -> list[KeptMail]:
    """The kept mails whose subject holds these words, after the relay has run."""
    settle()
    return [mail for mail in db.session.query(KeptMail).order_by(KeptMail.id) if subject_part in mail.subject]
