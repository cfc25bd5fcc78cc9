"""What is measured: the demo world, a course as large as the anchor's, and a queue of twenty."""

from dataclasses import dataclass

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from benchmarks.course import make_course, make_offering
from benchmarks.visits import Visitor
from lms.accounts import queries as people
from lms.accounts import services as accounts
from lms.accounts.models import Person
from lms.core import clock
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.courses import services as courses
from lms.courses.models import Activity, Offering
from lms.courses.queries import learning
from lms.institutions.models import SubCentre

QUEUE = 20
PERSONAS = (
    *("student", "scientist", "home", "host", "partner"),
    *("instructor", "reviewer", "mentor", "secretariat", "admin"),
)


@dataclass
class World:
    """Who visits, and how the addresses name what the pages are about."""

    app: Flask
    visitors: dict[str, Visitor]
    course: str
    enrolment: str
    page: str
    quiz: str
    attempt: str
    queue: str
    mentor: int | None


def _actor(email: str) -> Actor:
    person = people.person_by_email(email)
    assert person is not None, f"the demo world lacks {email}"
    return people.actor_of(person.id, clock.now())


def cookie(app: Flask, values: dict[str, object]) -> str:
    """A signed session cookie of an application."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(signer.dumps(values))


def _visitors(app: Flask, base_url: str) -> dict[str, Visitor]:
    """A browser for each demo account, and one in which nobody is signed in."""
    found = {"visitor": Visitor(app, base_url)}
    for name in PERSONAS:
        person = people.person_by_email(f"{name}@demo.example")
        assert person is not None
        token = accounts.start_session(_actor(person.email), person=person, user_agent="bench", detail="bench")
        found[name] = Visitor(app, base_url, {"lms": cookie(app, {"_user_id": token, "_fresh": True})})
    return found


def _applicants(system: Actor, offering: Offering, count: int) -> list[Person]:
    """People who apply to a restricted offering."""
    found = []
    for number in range(1, count + 1):
        person = accounts.create_person(
            system,
            email=f"applicant-{number}@example.org",
            name=f"Applicant Number {number}",
            is_confirmed=True,
        )
        actor = people.actor_of(person.id, clock.now())
        courses.enrol(actor, offering, motivation="I investigate outbreaks in my province.")
        found.append(person)
    return found


def build(app: Flask, base_url: str) -> World:
    """Migrate, seed the demo world and add what the measurements need. Inside an application context."""
    upgrade()
    app.test_cli_runner().invoke(args=["demo", "seed"], catch_exceptions=False)
    system = system_actor(clock.now())
    student, home = _actor("student@demo.example"), _actor("home@demo.example")
    assert home.institution_id is not None
    centre = db.session.scalars(select(SubCentre.id).order_by(SubCentre.id).limit(1)).one()
    course = make_course(system, institution_id=home.institution_id, sub_centre_ids=[centre])
    offering = make_offering(system, course, code="BENCH-77-A", mode="open", institution_id=home.institution_id)
    queue = make_offering(system, course, code="BENCH-77-B", mode="restricted", institution_id=home.institution_id)
    enrolment = learning.my_enrolment(student, courses.enrol(student, offering).ref)
    steps = db.session.scalars(
        select(Activity).where(Activity.course_id == course.id).order_by(Activity.position)
    ).all()
    attempt = courses.start_attempt(student, enrolment, steps[-1])
    _applicants(system, queue, QUEUE)
    visitors = _visitors(app, base_url)
    db.session.commit()
    return World(
        app,
        visitors,
        course=course.code,
        enrolment=enrolment.ref,
        page=steps[0].ref,
        quiz=steps[-1].ref,
        attempt=attempt.ref,
        queue=queue.ref,
        mentor=_actor("mentor@demo.example").person_id,
    )
