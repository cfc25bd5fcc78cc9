"""Offering supervisors, opening rounds, and saying whom one wants."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from lms.accounts.queries import person_by_email
from lms.allocation import Instance, Watch, check, solve
from lms.applications.services.editing import begin_edit
from lms.core import audit, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.institutions.queries import affiliation_at, field_codes_of
from lms.programmes.flow.supervision import ROUND, ask_everybody
from lms.programmes.models import Programme, Student
from lms.programmes.models.supervision import SupervisionRound, SupervisionWish, Supervisor
from lms.programmes.queries import supervision as queries
from lms.programmes.supervising import MOST_STUDENTS


def offer_supervisor(
    actor: Actor, programme: Programme, *, institution_id: int, email: str, capacity: int
) -> Supervisor:
    """Offer somebody as a supervisor, or change how many students they take; 0 takes nobody new.

    The fields are those of their profile. Raises NotPermitted for another university's side, Invalid for somebody who
    does not work there (whether or not they have an account) and for a number out of range.
    """
    mine = actor.scopes_of("coordinator", "institution")
    if institution_id not in programme.carrier_ids or not (actor.is_secretariat or institution_id in mine):
        raise NotPermitted(_l("Each university offers its own supervisors."))
    person = person_by_email(email)
    belongs = affiliation_at(person.id, institution_id) if person else None
    if person is None or belongs is None or belongs.state != "confirmed" or belongs.role == "student":
        raise Invalid(_l("Nobody who works at this university has this address."), "email")
    if not 0 <= capacity <= MOST_STUDENTS:
        raise Invalid(_l("Enter a number from 0 to %(most)d.", most=MOST_STUDENTS), "capacity")
    supervisor, fields = queries.supervisor_of(programme.id, person.id), field_codes_of(person.id)
    if supervisor is None:
        supervisor = Supervisor(ref=new_ref(), programme_id=programme.id, person_id=person.id, capacity=0)
        db.session.add(supervisor)
    elif supervisor.institution_id != institution_id:
        raise Invalid(_l("Another university offers this person already."), "email")
    supervisor.institution_id, supervisor.capacity, supervisor.fields = institution_id, capacity, fields
    supervisor.offered_by_id, supervisor.offered_at = actor.person_id, actor.now
    db.session.flush()
    detail = {"capacity": capacity, "institution_id": institution_id}
    audit.record(actor, "supervisor.offered", subject=("supervisor", supervisor.id), detail=detail)
    return supervisor


def open_round(actor: Actor, programme: Programme, *, closes_on: date) -> SupervisionRound:
    """Ask students without a supervisor and all supervisors whom they want.

    Raises Conflict while another round is under way, Invalid for a day in the past or when one side is empty.
    """
    begin_edit(programme, None)
    if any(one.state in queries.LIVE_ROUND for one in queries.rounds_of(programme.id)):
        raise Conflict(_l("A round is under way already. Finish or cancel it first."))
    if closes_on <= actor.now.date():
        raise Invalid(_l("Choose a day that is still to come."), "closes_on")
    if not queries.offered_in(programme.id) or not queries.students_in(programme.id):
        raise Invalid(_l("There is no supervisor with a place, or no student without one."), "closes_on")
    one = SupervisionRound(
        ref=new_ref(),
        programme_id=programme.id,
        closes_on=closes_on,
        seed=secrets.randbelow(2**31),
        created_by_id=actor.person_id,
        created_at=actor.now,
        programme=programme,
    )
    workflow.start(ROUND, one, actor=actor)
    ask_everybody(actor, one)
    return one


def save_student_wishes(actor: Actor, one: SupervisionRound, student: Student, ranks: Mapping[int, int | None]) -> None:
    """Keep which supervisors a student wants, by their ids; 1 is the most wanted. Raises as `_in_order`."""
    _begin(one)
    known = {row.id for row in queries.offered_in(one.programme_id)}
    ordered = _in_order({key: rank for key, rank in ranks.items() if key in known})
    if not ordered:
        raise Invalid(_l("Name at least one supervisor."))
    _write(one, {(student.id, key): {"student_rank": ordered.get(key)} for key in known})
    audit.record(actor, "supervision.wished", subject=("supervision_round", one.id))


@dataclass(frozen=True)
class Opinion:
    """What a supervisor says of a student: a rank, or why not; nothing means welcome after the ranked ones."""

    rank: int | None = None
    refusal: str = ""


def save_supervisor_wishes(
    actor: Actor, one: SupervisionRound, supervisor: Supervisor, opinions: Mapping[int, Opinion]
) -> None:
    """Keep what a supervisor thinks of the students, by their ids. Raises as `_in_order`."""
    _begin(one)
    known = {row.id for row in queries.students_in(one.programme_id)}
    said = {key: opinion for key, opinion in opinions.items() if key in known}
    for key, opinion in said.items():
        if opinion.rank and opinion.refusal:
            raise Invalid(_l("Either rank a student or say why you cannot take them."), f"reason-{key}")
    ordered = _in_order({key: opinion.rank for key, opinion in said.items()})
    _write(
        one,
        {
            (key, supervisor.id): {"supervisor_rank": ordered.get(key), "refusal": opinion.refusal}
            for key, opinion in said.items()
        },
    )
    audit.record(actor, "supervision.wished", subject=("supervision_round", one.id))


def _begin(one: SupervisionRound) -> None:
    begin_edit(one, None)
    if one.state != "open":
        raise Conflict(_l("This round is closed. Look at it as it stands now."))


def _in_order(ranks: Mapping[int, int | None]) -> dict[int, int]:
    """The ranks counted anew from 1. Raises Invalid for a rank that is given twice."""
    given = sorted((rank, key) for key, rank in ranks.items() if rank)
    seen: set[int] = set()
    for rank, key in given:
        if rank in seen:
            raise Invalid(_l("This place is given twice. Give each its own."), f"rank-{key}")
        seen.add(rank)
    return {key: number for number, (_rank, key) in enumerate(given, start=1)}


def _write(one: SupervisionRound, values: Mapping[tuple[int, int], Mapping[str, object]]) -> None:
    held = queries.wishes_of(one.id)
    for (student_id, supervisor_id), said in values.items():
        wish = held.get((student_id, supervisor_id))
        if wish is None:
            if not any(said.values()):
                continue
            wish = SupervisionWish(round_id=one.id, student_id=student_id, supervisor_id=supervisor_id, refusal="")
            db.session.add(wish)
        for name, value in said.items():
            setattr(wish, name, value)
    db.session.flush()


# --- matching -----------------------------------------------------------------------------------------


def compute(one: SupervisionRound, watch: Watch | None = None) -> tuple[dict[str, object], dict[str, object]]:
    """Match, check, and keep the reasons of each student. Raises InstanceError, OutOfTime, ValueError if unproven."""
    instance = Instance.from_dict(one.instance)
    result = solve(instance, watch)
    verdict = check(one.instance, result.assignments)
    if not verdict.ok:
        raise ValueError(str(verdict.to_dict()))
    lines = {name: [asdict(line) for line in told] for name, told in result.explanations.items()}
    return result.to_dict(), {"lines": lines}


def finish(actor: Actor, one: SupervisionRound, computed: tuple[dict[str, object], dict[str, object]] | None) -> None:
    """Keep what came out, or let both sides go on. A round that moved on meanwhile stays as it is."""
    if one.state != "running":
        return
    if computed is None:
        workflow.perform(ROUND, one, "fail", actor=actor)
        return
    result, facts = computed
    workflow.perform(ROUND, one, "finish", actor=actor, result=result, facts=facts)
