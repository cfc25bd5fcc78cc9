"""Courses, offerings and learners for tests, made through the services that the platform uses."""

from datetime import timedelta
from typing import Any

from lms.accounts.models import Person
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.ids import new_ref
from lms.core.outbox import relay
from lms.courses import services
from lms.courses.models import Activity, Course, Enrolment, Offering
from lms.courses.queries import catalogue, learning
from lms.institutions.models import Institution, SubCentre
from tests.factories import actor_of, make_institution, make_person

DESCRIBED: dict[str, Any] = {
    "title_en": "Field epidemiology",
    "title_zh": "现场流行病学",
    "summary_en": "How to investigate an outbreak.",
    "summary_zh": "",
    "description": "You will learn to **investigate**.",
    "language": "en",
    "level": "introductory",
    "hours": 24,
}


def make_sub_centre(code: str = "cdc") -> SubCentre:
    centre = db.session.query(SubCentre).filter_by(code=code).one_or_none()
    if centre is None:
        centre = SubCentre(code=code, name_en=f"Centre {code}", name_zh="中心", position=1)
        db.session.add(centre)
        db.session.flush()
    return centre


def make_instructor(system: Actor, institution: Institution | None = None) -> Person:
    institution = institution or make_institution(system, name="Mahidol University")
    return make_person(
        system,
        name="Instructor Somchai",
        institution=institution,
        affiliation="staff",
        roles=[("instructor", "institution", institution.id)],
    )


def make_course(system: Actor, instructor: Person | None = None, *, code: str = "", **described: Any) -> Course:
    """A draft with one page, taught by its instructor."""
    instructor = instructor or make_instructor(system)
    assert instructor.home_institution_id is not None
    course = services.create_course(
        actor_of(instructor),
        code=code or f"EPI-{new_ref(5).upper()}",
        institution_id=instructor.home_institution_id,
        sub_centre_ids=[make_sub_centre().id],
        **(DESCRIBED | described),
    )
    services.add_page(actor_of(instructor), course, title="Welcome", body="Read **this**.")
    return course


def add_quiz(system: Actor, course: Course, **settings: Any) -> Activity:
    """A quiz with one question of each kind; see `RIGHT`."""
    quiz = services.add_quiz(system, course, title="Check yourself", **settings)
    services.add_question(
        system,
        quiz,
        kind="single_choice",
        text="One?",
        options=[("Right", True), ("Wrong", False)],
        feedback="Because.",
    )
    services.add_question(
        system,
        quiz,
        kind="multiple_choice",
        text="Some?",
        options=[("A", True), ("B", True), ("C", False), ("D", False)],
    )
    services.add_question(system, quiz, kind="true_false", text="True?", answer={"correct": True})
    services.add_question(system, quiz, kind="numeric", text="$R_0$?", answer={"value": "2.5", "tolerance": "0.1"})
    services.add_question(system, quiz, kind="short_text", text="Who?", answer={"accepted": ["John Snow", "Snow"]})
    return quiz


RIGHT = (["1"], ["1", "2"], ["true"], ["2.55"], ["  john   SNOW. "])


def offering_values(system: Actor, institution_id: int, **changes: Any) -> dict[str, Any]:
    now = system.now
    return {
        "institution_id": institution_id,
        "mode": "open",
        "capacity": None,
        "zone": "Asia/Bangkok",
        "enrol_opens_at": now - timedelta(days=1),
        "enrol_closes_at": now + timedelta(days=20),
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(days=60),
        "requires_pages": True,
        "pass_mark": 60,
        "signatory_name": "Dr Malee",
        "signatory_office_en": "Dean",
        "signatory_office_zh": "院长",
    } | changes


def make_offering(system: Actor, course: Course | None = None, *, publish: bool = True, **changes: Any) -> Offering:
    """An offering of a published course."""
    course = course or make_course(system)
    if publish and course.state == "draft":
        services.publish(system, course)
    values = offering_values(system, course.institution_id, **changes)
    offering = services.open_offering(system, course, code=f"O-{new_ref(6).upper()}", **values)
    return catalogue.offering_visible_to(system, offering.ref)


def join(person: Person, offering: Offering, motivation: str = "I work in a district team.") -> Enrolment:
    enrolment = services.enrol(actor_of(person), offering, motivation=motivation)
    return learning.enrolment_visible_to(actor_of(person), enrolment.ref)


def later(**by: float) -> None:
    clock.move(timedelta(**by))


def run_relay() -> int:
    """What the relay would do by now."""
    db.session.commit()
    return relay.run_until_idle()
