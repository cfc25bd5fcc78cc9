"""The most used pages: by whom each is opened, and where."""

from flask import url_for
from sqlalchemy import select

from benchmarks.world import World
from lms.core.db import db
from lms.credentials.models import Credential
from lms.exchange.models import Application, Call
from lms.mentoring.models import Mentorship
from lms.programmes.models import Programme

Address = tuple[str, str, str]


def addresses(world: World) -> list[Address]:
    """Name, visitor and path of each page. Needs the application's context."""
    call = db.session.scalars(select(Call).where(Call.state == "published").order_by(Call.id)).first()
    screened = db.session.scalars(select(Call).where(Call.state == "closed").order_by(Call.id)).first()
    application = db.session.scalars(
        select(Application).where(Application.person.has(email="scientist@demo.example")).order_by(Application.id)
    ).first()
    credential = db.session.scalars(select(Credential).where(Credential.state == "issued")).first()
    programme = db.session.scalars(select(Programme).where(Programme.state == "published")).first()
    mentorship = db.session.scalars(
        select(Mentorship)
        .where(Mentorship.ended_at.is_(None), Mentorship.mentor.has(person_id=world.mentor))
        .order_by(Mentorship.id)
    ).first()
    assert programme is not None
    assert mentorship is not None
    assert call is not None
    assert screened is not None
    assert application is not None
    assert credential is not None
    with world.app.test_request_context():
        return [
            ("home", "visitor", "/"),
            ("sign-in", "visitor", url_for("accounts.sign_in")),
            ("course catalogue", "student", url_for("courses.catalogue")),
            ("course", "student", url_for("courses.course", code=world.course)),
            ("course home, 77 activities", "student", url_for("courses.home", ref=world.enrolment)),
            (
                "content page",
                "student",
                url_for("courses.step", ref=world.enrolment, step=world.page),
            ),
            ("quiz of 20 questions", "student", url_for("courses.attempt", ref=world.attempt)),
            ("dashboard of a learner", "student", "/dashboard"),
            ("dashboard of the secretariat", "secretariat", "/dashboard"),
            ("exchange catalogue", "scientist", "/exchange/"),
            ("call", "scientist", url_for("exchange.call", ref=call.ref)),
            ("application", "scientist", url_for("exchange.application", ref=application.ref)),
            ("office queue, 20 rows", "home", url_for("courses.participants", ref=world.queue)),
            ("screening list", "secretariat", url_for("exchange.screening", ref=screened.ref)),
            ("programmes", "student", "/programmes/"),
            ("programme", "student", url_for("programmes.programme", ref=programme.ref)),
            ("students of joint programmes", "partner", url_for("programmes.students")),
            ("mentoring", "student", "/mentoring/"),
            ("mentorship", "mentor", url_for("mentoring.mentorship", ref=mentorship.ref)),
            ("one record", "scientist", url_for("record.mine")),
            ("figures", "secretariat", url_for("reporting.index")),
            ("institutions", "visitor", "/institutions/"),
            ("verify a certificate", "visitor", url_for("credentials.verify", code=credential.code)),
        ]
