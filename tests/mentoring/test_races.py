"""Many answer at the same moment, each in a transaction of its own: nobody is ever over capacity."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from lms.accounts import queries as people
from lms.core import clock
from lms.core.actor import system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.mentoring import matching as solving
from lms.mentoring.models import Mentorship, Proposal
from lms.mentoring.queries import matching as queries
from lms.mentoring.queries.participants import places_held
from lms.mentoring.rules import LIVE
from lms.mentoring.services import matching
from tests.databases import committed
from tests.mentoring.world import make_world, take_part

_MENTEES, _PLACES = 6, 2


@dataclass(frozen=True)
class _Prepared:
    scheme_id: int
    mentor_id: int
    pairs: dict[str, dict[str, object]]
    mentees: list[str]


def _prepare() -> _Prepared:
    """One mentor with two places, and more mentees than that."""
    world = make_world(system_actor(clock.now()))
    mentor = take_part(world, "mentor", capacity=_PLACES)
    mentees = [take_part(world, "mentee", f"Mentee {number}") for number in range(_MENTEES)]
    answer = solving.answer(queries.question_for(world.scheme)).answer["pairs"]
    some = next(iter(answer.values()))
    # As runs that knew nothing of each other would have found them: the same mentor for everybody.
    return _Prepared(world.scheme.id, mentor.id, {one.ref: some for one in mentees}, [one.ref for one in mentees])


def _propose(prepared: _Prepared, ref: str) -> int:
    actor = system_actor(clock.now())
    return matching.propose_next_best(actor, prepared.scheme_id, {ref: prepared.pairs[ref]})


def _yes(proposal_id: int, person_id: int) -> bool:
    try:
        matching.answer(people.actor_of(person_id, clock.now()), queries.proposal_by_id(proposal_id), "say_yes")
    except (Conflict, Refused):
        return False
    return True


def _decline(proposal_id: int, person_id: int) -> None:
    matching.answer(people.actor_of(person_id, clock.now()), queries.proposal_by_id(proposal_id), "decline")


def _open(prepared: _Prepared) -> list[tuple[int, int, int]]:
    """The open proposals with the people of both sides."""
    return [(one.id, one.mentor.person_id, one.mentee.person_id) for one in queries.proposals_of(prepared.scheme_id)]


def _held() -> tuple[int, int]:
    live = db.session.scalar(select(func.count()).select_from(Mentorship).where(Mentorship.state.in_(LIVE)))
    asked = db.session.scalar(select(func.count()).select_from(Proposal).where(Proposal.state == "open"))
    return live or 0, asked or 0


def _together(app: Flask, calls: list[tuple[object, ...]]) -> list[object]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result(60) for done in [pool.submit(committed, app, *call) for call in calls]]


def test_nobody_is_over_capacity_when_all_is_proposed_and_accepted_at_once(own_app: Flask):
    prepared = committed(own_app, _prepare)
    made = _together(own_app, [(_propose, prepared, ref) for ref in prepared.mentees])
    assert sum(made) == _PLACES
    asked = committed(own_app, _open, prepared)
    # Both sides of every pair at the same moment.
    answers = [(_yes, one, person) for one, mentor, mentee in asked for person in (mentor, mentee)]
    assert all(_together(own_app, [*answers]))
    assert committed(own_app, _held) == (_PLACES, 0)
    assert sum(_together(own_app, [(_propose, prepared, ref) for ref in prepared.mentees])) == 0


def test_a_place_that_comes_free_while_others_decline_is_given_once(own_app: Flask):
    prepared = committed(own_app, _prepare)
    _together(own_app, [(_propose, prepared, ref) for ref in prepared.mentees])
    asked = committed(own_app, _open, prepared)
    _together(own_app, [(_decline, one, mentor) for one, mentor, _mentee in asked])
    _together(own_app, [(_propose, prepared, ref) for ref in prepared.mentees])
    with own_app.app_context():
        held = places_held([prepared.mentor_id])[prepared.mentor_id]
        db.session.remove()
    assert held == _PLACES


def test_yes_and_no_at_the_same_moment_have_one_effect(own_app: Flask):
    prepared = committed(own_app, _prepare)
    committed(own_app, _propose, prepared, prepared.mentees[0])
    ((proposal_id, mentor, mentee),) = committed(own_app, _open, prepared)
    committed(own_app, _yes, proposal_id, mentor)

    def no(one: int, person: int) -> bool:
        try:
            _decline(one, person)
        except (Conflict, Refused):
            return False
        return True

    said = _together(own_app, [(_yes, proposal_id, mentee), (no, proposal_id, mentee)])
    assert sorted(map(bool, said)) == [False, True]
    with own_app.app_context():
        state = queries.proposal_by_id(proposal_id).state
        begun = db.session.scalar(
            select(func.count()).select_from(Mentorship).where(Mentorship.proposal_id == proposal_id)
        )
        db.session.remove()
    assert (state, begun) == (("agreed", 1) if said[0] else ("declined", 0))
