"""What the kill test starts from, printed as JSON: `python -m tests.kill.world 200` on an empty database.

Two offerings of one course, and learners with a session each: the even ones enrol, the odd ones apply.
"""

import json
import sys
from datetime import timedelta
from typing import Any

from flask import Flask

from lms import create_app
from lms.accounts import services as accounts
from lms.core import clock
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.courses import services as courses
from lms.courses.models import Offering
from lms.institutions.models import Institution, SubCentre
from tests.databases import make_schema
from tests.factories import make_institution, make_person


def _offerings(system: Actor, university: Institution) -> list[Offering]:
    """An open and a restricted offering of a course of one page."""
    centre = SubCentre(code="H", name_en="Health", name_zh="健康", position=1)
    db.session.add(centre)
    db.session.flush()
    described = {
        "title_en": "Outbreak investigation",
        "title_zh": "疫情调查",
        "summary_en": "Ten steps",
        "summary_zh": "十步",
        "description": "From the first call to the report.",
        "language": "en",
        "level": "introductory",
        "hours": 6,
    }
    course = courses.create_course(
        system, code="KILL-1", institution_id=university.id, sub_centre_ids=[centre.id], **described
    )
    courses.add_page(system, course, title="Why", body="Because.")
    courses.publish(system, course)
    times = {
        "enrol_opens_at": system.now - timedelta(days=1),
        "enrol_closes_at": system.now + timedelta(days=20),
        "starts_at": system.now - timedelta(days=1),
        "ends_at": system.now + timedelta(days=30),
        "zone": "Asia/Bangkok",
    }
    signed = {"signatory_name": "Dr A", "signatory_office_en": "Dean", "signatory_office_zh": "院长"}
    rule = {"institution_id": university.id, "capacity": None, "requires_pages": True, "pass_mark": None}
    return [
        courses.open_offering(system, course, code=f"KILL-1-{mode[0]}", mode=mode, **times, **signed, **rule)
        for mode in ("open", "restricted")
    ]


def _learner(app: Flask, system: Actor, number: int, offering: Offering) -> dict[str, str]:
    """Somebody with a signed-in browser: its cookie, and the page with the form to send."""
    person = make_person(system, email=f"learner-{number}@example.test")
    token = accounts.start_session(system, person=person, user_agent="kill", detail="test")
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    page = f"/courses/offerings/{offering.ref}"
    return {
        "email": person.email,
        "cookie": signer.dumps({"_user_id": token, "_fresh": True}),
        "page": page,
        "action": f"{page}/enrol",
        "mark": offering.code,
    }


def build(app: Flask, count: int) -> dict[str, Any]:
    """Fill the empty database."""
    make_schema()
    system = system_actor(clock.now())
    university = make_institution(system)
    office = ("coordinator", "institution", university.id)
    coordinator = make_person(system, roles=[office])
    offerings = _offerings(system, university)
    learners = [_learner(app, system, number, offerings[number % 2]) for number in range(count)]
    db.session.commit()
    return {"learners": learners, "coordinator": coordinator.email}


if __name__ == "__main__":
    application = create_app()
    with application.app_context():
        json.dump(build(application, int(sys.argv[1])), sys.stdout)
