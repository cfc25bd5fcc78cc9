"""Supervisors in the running programme: two students have theirs, and a round asks the others."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from lms.accounts.queries import people
from lms.core import workflow
from lms.demo.seed.world import World
from lms.programmes.flow import ROUND, SUPERVISION
from lms.programmes.queries import supervision as queries
from lms.programmes.queries.programmes import programme_by_id
from lms.programmes.services import supervision as services

if TYPE_CHECKING:
    from lms.programmes.models import Programme, SupervisionRound

# Whom each university offers, and for how many students; who wants whom in the first round.
_OFFERED = (("host", "host", 3), ("partner", "instructor", 3))
_WISHES = {"learner-th": ("host", "instructor"), "learner-cn": ("host",)}


def make_supervision(world: World, programme: "Programme", speakers: Mapping[int, str]) -> None:
    """Offer supervisors, match the first students, let both sides agree, and ask the other students."""
    universities = {account: institution_id for institution_id, account in speakers.items()}
    addresses = {one.id: one.email for one in people(list(world.people.values())).values()}
    for speaker, account, capacity in _OFFERED:
        services.offer_supervisor(
            world.acting(speaker, -130),
            programme_by_id(programme.id),
            institution_id=universities[speaker],
            email=addresses[world.people[account]],
            capacity=capacity,
        )
    first = _open(world, programme, -128)
    offered = {one.person_id: one for one in queries.offered_in(programme.id)}
    students = {one.person_id: one for one in queries.students_in(programme.id)}
    for account, wanted in _WISHES.items():
        ranks = {offered[world.people[one]].id: number for number, one in enumerate(wanted, start=1)}
        student = students[world.people[account]]
        services.save_student_wishes(world.acting(account, -125), first, student, ranks)
    host = offered[world.people["host"]]
    order = {students[world.people["learner-cn"]].id: services.Opinion(1)}
    services.save_supervisor_wishes(world.acting("host", -124), first, host, order)
    workflow.perform(ROUND, first, "match", actor=world.acting("host", -118))
    services.finish(world.system(-117.9), first, services.compute(first))
    workflow.perform(ROUND, first, "release", actor=world.acting("host", -117))
    names = {person_id: account for account, person_id in world.people.items()}
    for pair in queries.supervisions_in(programme.id):
        for side, account in (
            ("student", names[pair.student.person_id]),
            ("supervisor", names[pair.supervisor.person_id]),
        ):
            one = queries.supervision_by_id(pair.id)
            workflow.perform(SUPERVISION, one, f"agree_as_{side}", actor=world.acting(account, -115))
    _open(world, programme, -3)


def _open(world: World, programme: "Programme", day: float) -> "SupervisionRound":
    closes_on = (world.at(day) + timedelta(days=14)).date()
    return services.open_round(world.acting("host", day), programme_by_id(programme.id), closes_on=closes_on)
