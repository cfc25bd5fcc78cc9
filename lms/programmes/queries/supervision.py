"""Reading supervisors, rounds of matching, wishes and supervisions."""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.queries import people_named
from lms.applications.queries.ties import declared_between
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.programmes.models import Agreement, Programme, Student
from lms.programmes.models.supervision import Supervision, SupervisionRound, SupervisionWish, Supervisor
from lms.programmes.supervising import Offered, build_instance

LIVE = ("proposed", "confirmed")
LIVE_ROUND = ("open", "running", "proposed")


def _supervisors() -> Select[Supervisor]:
    return select(Supervisor).options(joinedload(Supervisor.person), joinedload(Supervisor.institution))


def supervisors_of(programme: Programme, *, q: str = "") -> Select[Supervisor]:
    """Everybody whom a party offers, narrowed by name."""
    query = _supervisors().where(Supervisor.programme_id == programme.id)
    return query.where(Supervisor.person_id.in_(people_named(q))) if q else query


def offered_in(programme_id: int) -> Sequence[Supervisor]:
    """The supervisors who have a place left, by reference."""
    held = (
        select(func.count())
        .where(Supervision.supervisor_id == Supervisor.id, Supervision.state.in_(LIVE))
        .correlate(Supervisor)
        .scalar_subquery()
    )
    return db.session.scalars(
        _supervisors()
        .where(Supervisor.programme_id == programme_id, Supervisor.capacity > held)
        .order_by(Supervisor.ref)
    ).all()


def all_supervisors(programme_id: int) -> dict[str, Supervisor]:
    """Everybody who was ever offered in a programme, by reference."""
    return {row.ref: row for row in db.session.scalars(_supervisors().where(Supervisor.programme_id == programme_id))}


def supervisor_of(programme_id: int, person_id: int) -> Supervisor | None:
    """What a person offers in a programme."""
    return db.session.scalars(
        select(Supervisor).where(Supervisor.programme_id == programme_id, Supervisor.person_id == person_id)
    ).one_or_none()


def rounds_of(programme_id: int) -> Sequence[SupervisionRound]:
    """The rounds of a programme, the latest first."""
    return db.session.scalars(
        select(SupervisionRound)
        .where(SupervisionRound.programme_id == programme_id)
        .order_by(SupervisionRound.id.desc())
    ).all()


def round_by_ref(actor: Actor, ref: str) -> SupervisionRound:
    """A round with its programme and the parties; the view asks for the permission. Raises NotFound."""
    agreements = joinedload(SupervisionRound.programme).selectinload(Programme.agreements)
    found = db.session.scalars(
        select(SupervisionRound).where(SupervisionRound.ref == ref).options(agreements.selectinload(Agreement.parties))
    ).one_or_none()
    if found is None or not actor.is_signed_in:
        raise NotFound
    return found


def students_in(programme_id: int) -> Sequence[Student]:
    """The active students of a programme who have no supervisor and are not proposed one, by reference."""
    held = select(Supervision.student_id).where(Supervision.state.in_(LIVE))
    return db.session.scalars(
        select(Student)
        .where(Student.programme_id == programme_id, Student.state == "active", Student.id.not_in(held))
        .options(joinedload(Student.person), joinedload(Student.home_institution))
        .order_by(Student.ref)
    ).all()


def students_matched(one: SupervisionRound) -> Sequence[Student]:
    """The students who took part in a run, by reference; those who had a supervisor already aside."""
    stands = {student for student, _supervisor in one.instance.get("fixed", [])}
    refs = one.instance.get("applicants", {}).keys() - stands
    return db.session.scalars(
        select(Student).where(Student.ref.in_(refs)).options(joinedload(Student.person)).order_by(Student.ref)
    ).all()


def my_rounds(actor: Actor) -> list[tuple[SupervisionRound, Student | None, Supervisor | None]]:
    """The open rounds in which the actor ranks, as a student or as a supervisor."""
    rounds = db.session.scalars(
        select(SupervisionRound)
        .where(SupervisionRound.state == "open")
        .options(joinedload(SupervisionRound.programme))
        .order_by(SupervisionRound.id)
    )
    found = []
    for one in rounds:
        student = next((row for row in students_in(one.programme_id) if row.person_id == actor.person_id), None)
        supervisor = next((row for row in offered_in(one.programme_id) if row.person_id == actor.person_id), None)
        if student or supervisor:
            found.append((one, student, supervisor))
    return found


def my_side(actor: Actor, one: SupervisionRound) -> tuple[Student | None, Supervisor | None]:
    """The actor's part in a round, as a student and as a supervisor."""
    sides = [(student, supervisor) for found, student, supervisor in my_rounds(actor) if found.id == one.id]
    return sides[0] if sides else (None, None)


def round_of_student(actor: Actor, ref: str) -> SupervisionRound:
    """An open round in which the actor is a student without a supervisor. Raises NotFound."""
    one = round_by_ref(actor, ref)
    if my_side(actor, one)[0] is None:
        raise NotFound
    return one


def round_of_supervisor(actor: Actor, ref: str) -> SupervisionRound:
    """An open round in which the actor is offered as a supervisor. Raises NotFound."""
    one = round_by_ref(actor, ref)
    if my_side(actor, one)[1] is None:
        raise NotFound
    return one


def wishes_of(round_id: int) -> dict[tuple[int, int], SupervisionWish]:
    """What is said in a round, by (student, supervisor)."""
    rows = db.session.scalars(
        select(SupervisionWish).where(SupervisionWish.round_id == round_id).order_by(SupervisionWish.id)
    )
    return {(row.student_id, row.supervisor_id): row for row in rows}


# --- supervisions -----------------------------------------------------------------------------------


def _supervisions() -> Select[Supervision]:
    student, supervisor = joinedload(Supervision.student), joinedload(Supervision.supervisor)
    return select(Supervision).options(
        student.joinedload(Student.person),
        student.joinedload(Student.programme),
        student.selectinload(Student.registrations),
        supervisor.joinedload(Supervisor.person),
        supervisor.joinedload(Supervisor.institution),
        joinedload(Supervision.round),
    )


def supervision_by_id(supervision_id: int) -> Supervision:
    """A supervision with all that flows need."""
    return db.session.scalars(_supervisions().where(Supervision.id == supervision_id)).one()


def supervision_by_ref(actor: Actor, ref: str) -> Supervision:
    """A supervision; the view asks for the permission. Raises NotFound."""
    found = db.session.scalars(_supervisions().where(Supervision.ref == ref)).one_or_none()
    if found is None or not actor.is_signed_in:
        raise NotFound
    return found


def my_supervisions(actor: Actor) -> Sequence[Supervision]:
    """The actor's own, on either side, the latest first."""
    mine = select(Supervisor.id).where(Supervisor.person_id == actor.person_id)
    studies = select(Student.id).where(Student.person_id == actor.person_id)
    return db.session.scalars(
        _supervisions()
        .where(or_(Supervision.student_id.in_(studies), Supervision.supervisor_id.in_(mine)))
        .order_by(Supervision.id.desc())
    ).all()


def supervision_of(student_id: int) -> Supervision | None:
    """Who supervises a student, for the plan of study."""
    return db.session.scalars(
        _supervisions().where(Supervision.student_id == student_id, Supervision.state == "confirmed")
    ).one_or_none()


def supervisions_in(programme_id: int) -> Sequence[Supervision]:
    """Every supervision of a programme that is proposed or holds."""
    return db.session.scalars(
        _supervisions()
        .join(Supervisor, Supervisor.id == Supervision.supervisor_id)
        .where(Supervisor.programme_id == programme_id, Supervision.state.in_(LIVE))
        .order_by(Supervision.id)
    ).all()


# --- the instance -----------------------------------------------------------------------------------


def instance_of(one: SupervisionRound) -> dict[str, object]:
    """What a round is computed from, as it stands now."""
    supervisors, students = offered_in(one.programme_id), students_in(one.programme_id)
    said = wishes_of(one.id)
    held = {row.student.ref: row.supervisor for row in supervisions_in(one.programme_id)}
    known = {row.ref: row for row in (*supervisors, *held.values())}
    refs = {student.id: student.ref for student in students}

    def ordered(pairs: list[tuple[int, str]]) -> list[str]:
        return [ref for _rank, ref in sorted(pairs)]

    wishes = {
        student.ref: ordered(
            [
                (wish.student_rank, row.ref)
                for row in supervisors
                if (wish := said.get((student.id, row.id))) and wish.student_rank
            ]
        )
        for student in students
    }
    offered = [
        Offered(
            row.ref,
            row.capacity,
            ordered(
                [
                    (wish.supervisor_rank, ref)
                    for student, ref in refs.items()
                    if (wish := said.get((student, row.id))) and wish.supervisor_rank
                ]
            ),
            [ref for student, ref in refs.items() if (wish := said.get((student, row.id))) and wish.refusal],
        )
        for row in known.values()
    ]
    return build_instance(
        wishes,
        offered,
        kept={student: row.ref for student, row in held.items()},
        tied=_tied(students, supervisors),
        seed=one.seed,
    )


def _tied(students: Sequence[Student], supervisors: Sequence[Supervisor]) -> set[tuple[str, str]]:
    """Nobody supervises themselves, nor somebody with whom either declared a tie."""
    declared = declared_between({*(one.person_id for one in students), *(one.person_id for one in supervisors)})
    return {
        (student.ref, row.ref)
        for student in students
        for row in supervisors
        if student.person_id == row.person_id or frozenset((student.person_id, row.person_id)) in declared
    }
