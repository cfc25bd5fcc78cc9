"""A joint programme of two universities with a curriculum, students, grades and awards, for tests."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from lms.accounts.models import Person
from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.ids import new_ref
from lms.institutions.models import Institution
from lms.programmes.flow import AWARD, CURRICULUM, GRADE_SHEET, REGISTRATION_MACHINE
from lms.programmes.models import Agreement, AgreementParty, Award, Curriculum, GradeSheet, Programme, Student
from lms.programmes.queries import award as awards
from lms.programmes.queries import curriculum as curricula
from lms.programmes.queries import grades as grade_queries
from lms.programmes.queries import study as students
from lms.programmes.services import award as award_service
from lms.programmes.services import curriculum as service
from lms.programmes.services import grades, study
from tests.factories import actor_of, make_institution, make_person


@dataclass
class World:
    """The universities, their coordinators, and the programme."""

    system: Actor
    here: Institution
    there: Institution
    coordinator: Person
    partner: Person
    programme: Programme


def make_programme(system: Actor, *, award: str = "joint", shares_grades: bool = False) -> World:
    """A programme of a Chinese and a Thai university with a confirmed agreement."""
    here = make_institution(system, country="CN", name_zh="样例大学", name="Sample University")
    there = make_institution(system, country="TH", name="Partner University")
    coordinator = make_person(system, roles=[("coordinator", "institution", here.id)], institution=here, name="Wu Lan")
    partner = make_person(system, roles=[("coordinator", "institution", there.id)], institution=there, name="Malee")
    today = system.now.date()
    programme = Programme(
        ref=new_ref(), coordinating_id=here.id, title_en="Master of Global Health", title_zh="全球卫生硕士",
        level="master", field="global_health", languages=["en"], months=24, state="published", created_at=system.now,
    )  # fmt: skip
    db.session.add(programme)
    db.session.flush()
    agreement = Agreement(
        ref=new_ref(), programme_id=programme.id, number=1, state="confirmed", award=award, seats=20,
        valid_from=today - timedelta(days=900), valid_to=today + timedelta(days=900), shares_grades=shares_grades,
        created_at=system.now, confirmed_at=system.now,
    )  # fmt: skip
    db.session.add(agreement)
    db.session.flush()
    for position, one in enumerate((here, there), start=1):
        db.session.add(
            AgreementParty(
                ref=new_ref(),
                agreement_id=agreement.id,
                institution_id=one.id,
                position=position,
                degree_en=f"Master of Public Health ({one.name_en})",
                degree_zh="公共卫生硕士",
                state="confirmed",
                signed_name="Somebody",
                decided_at=system.now,
            )
        )
    db.session.flush()
    return World(system, here, there, coordinator, partner, programme)


def module(world: World, **changes: Any) -> service.ModuleFacts:
    """A compulsory module of the first semester at the first university."""
    values: dict[str, Any] = {
        "institution_id": world.here.id, "code": "PH501", "title_en": "Epidemiology", "title_zh": "流行病学",
        "credits": Decimal(10), "semester": 1, "is_compulsory": True, "is_thesis": False, "stands_for": "",
        "examiner": "",
    }  # fmt: skip
    return service.ModuleFacts(**(values | changes))


def terms(**changes: Any) -> service.Terms:
    """Terms of a party that counts as the curriculum does and grades from 0 to 100."""
    values: dict[str, Any] = {
        "credit_system": "ects", "factor": "1", "factor_source": "agreed", "rounding_step": Decimal("0.01"),
        "least_credits": Decimal(20), "scale": "cn-100", "method": "none", "pairs": [],
    }  # fmt: skip
    return service.Terms(**(values | changes))


def draft_curriculum(world: World) -> Curriculum:
    """A complete draft: two modules and a thesis here, two modules there, of which one is elective."""
    here, there = actor_of(world.coordinator), actor_of(world.partner)
    draft = service.new_version(here, world.programme)
    fresh = lambda: curricula.curriculum_by_id(draft.id)  # noqa: E731 - read anew for every step
    service.change_frame(
        here, fresh(), credit_system="ects", credits_required=Decimal(60), semesters=4, double_limit=Decimal(10),
        scale="cn-100", version=None,
    )  # fmt: skip
    own, other = fresh().parties
    service.change_terms(here, fresh(), own, terms(), version=None)
    service.change_terms(
        there, fresh(), other,
        terms(credit_system="th", factor="5/3", factor_source="agreed in annex 2", scale="th-letters",
              method="linear", least_credits=Decimal(15)),
        version=None,
    )  # fmt: skip
    at = {"institution_id": world.there.id}
    service.save_module(here, fresh(), None, module(world), version=None)
    service.save_module(here, fresh(), None, module(world, code="PH502", title_en="Policy", semester=2), version=None)
    service.save_module(
        here, fresh(), None, module(world, code="PH600", title_en="Thesis", semester=4, credits=Decimal(25),
                                    is_thesis=True), version=None,
    )  # fmt: skip
    thai = {**at, "credits": Decimal(6)}
    service.save_module(there, fresh(), None, module(world, code="TH1", title_en="Biostatistics", **thai), version=None)
    service.save_module(
        there, fresh(), None,
        module(world, code="TH2", title_en="Field work", semester=2, is_compulsory=False, **thai), version=None,
    )  # fmt: skip
    return fresh()


def confirm_curriculum(world: World, draft: Curriculum) -> Curriculum:
    """Put it to the parties, who confirm."""
    workflow.perform(CURRICULUM, draft, "propose", actor=actor_of(world.coordinator))
    for person in (world.coordinator, world.partner):
        workflow.perform(CURRICULUM, curricula.curriculum_by_id(draft.id), "confirm", actor=actor_of(person))
    return curricula.curriculum_by_id(draft.id)


def make_world(system: Actor, **options: Any) -> World:
    """A programme whose curriculum holds."""
    world = make_programme(system, **options)
    confirm_curriculum(world, draft_curriculum(world))
    return world


def make_student(world: World, *, person: Person | None = None, started_on: date | None = None) -> Student:
    """A student of the programme, registered at both universities, who takes every module."""
    person = person or make_person(world.system)
    student = study.enter(
        world.system,
        programme=world.programme,
        person_id=person.id,
        starts_on=started_on or world.system.now.date() - timedelta(days=200),
        home_institution_id=world.there.id,
    )
    number = new_ref(6)
    for row, who in zip(student.registrations, (world.coordinator, world.partner), strict=True):
        workflow.perform(
            REGISTRATION_MACHINE, row, "register", actor=actor_of(who),
            student_number=f"{number}-{row.institution_id}", from_on=student.started_on,
        )  # fmt: skip
    electives = {one.id: 2 for one in student.curriculum.modules if not one.is_compulsory}
    return study.change_plan(actor_of(person), students.student_by_id(student.id), electives, version=None)


def sheet(world: World, student: Student, institution: Institution, semester: int) -> GradeSheet:
    """The sheet of a semester at one university."""
    del student
    (row,) = [
        one
        for one in db.session.scalars(grade_queries.sheets_of(actor_of(coordinator_of(world, institution))))
        if (one.institution_id, one.semester) == (institution.id, semester)
    ]
    return row


def coordinator_of(world: World, institution: Institution) -> Person:
    """Who coordinates one of the two universities."""
    return world.coordinator if institution.id == world.here.id else world.partner


def enter(world: World, page: GradeSheet, given: dict[str, str]) -> None:
    """Enter grades for all students by the code of the module."""
    actor = actor_of(coordinator_of(world, page.institution))
    rows = grade_queries.rows_of(page)
    typed = [grades.Typed(item, given[item.module.code], str(item.id)) for item in rows if item.module.code in given]
    grades.enter_grades(actor, page, typed, version=None)


def confirm(world: World, page: GradeSheet) -> None:
    """Hand in and confirm a sheet."""
    actor = actor_of(coordinator_of(world, page.institution))
    for name in ("hand_in", "confirm"):
        workflow.perform(GRADE_SHEET, page, name, actor=actor)


BEST = {"PH501": "92", "PH502": "78.5", "PH600": "88", "TH1": "B+", "TH2": "A"}


def grade_all(world: World, student: Student, given: dict[str, str] | None = None) -> None:
    """Every module of every semester graded and confirmed."""
    for institution, semesters in ((world.here, (1, 2, 4)), (world.there, (1, 2))):
        for semester in semesters:
            page = sheet(world, student, institution, semester)
            enter(world, page, given or BEST)
            confirm(world, page)


def propose(world: World, student: Student) -> Award:
    """Propose the award."""
    actor = actor_of(world.coordinator)
    made = award_service.propose_award(actor, students.student_visible_to(actor, student.ref), version=None)
    return awards.award_by_id(made.id)


def concur(world: World, award: Award, person: Person) -> None:
    """The word of one university."""
    del world
    workflow.perform(AWARD, awards.award_by_id(award.id), "concur", actor=actor_of(person))


def entry_of(student: Student, code: str) -> Any:
    """The grade that holds for a module."""
    fresh = students.student_by_id(student.id)
    item = next(one for one in fresh.plan if one.module.code == code)
    return grade_queries.holding_entries([item.id]).get(item.id)
