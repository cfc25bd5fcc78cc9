"""Everybody of the demo world who holds no office is erased: nothing of theirs may be left in any table."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.types import JSON, String, Text

from lms.accounts import queries as people_queries
from lms.accounts.models import Erasure, Person
from lms.accounts.services.erasure import carry_out
from lms.accounts.services.export import write_archive
from lms.core import audit, clock, workflow
from lms.core.access import Grant
from lms.core.actor import system_actor
from lms.core.backup.tables import tables_of
from lms.core.db import db, reading
from lms.core.ids import new_ref
from lms.core.outbox import relay
from lms.core.storage import StoredFile
from lms.demo.seed.people import address_of
from tests.backup.pages import pages
from tests.factories import sign_in

STAFF = ("home", "host", "partner", "instructor", "secretariat", "admin")
FAR_LATER = timedelta(days=60 * 365)


def _without_office(now: datetime) -> list[Person]:
    offices = select(Grant.person_id).where(Grant.starts_at <= now)
    named = Person.email.like("%.example")
    return list(db.session.scalars(select(Person).where(Person.id.not_in(offices), named).order_by(Person.id)))


def _erase(person: Person, now: datetime) -> Erasure:
    """What approving a request leads to, at a time when every hold has ended."""
    actor = system_actor(now)
    request = Erasure(ref=new_ref(), person_id=person.id, asked_at=now, ready_at=now)
    workflow.start(workflow.machine_named("erasure"), request, actor=actor)
    workflow.perform(workflow.machine_named("erasure"), request, "approve", actor=actor)
    carry_out(actor, request)
    return request


def check_that_nothing_is_left(app: Flask, engine: Engine) -> None:
    """Erase everybody without an office, at once and when every hold has ended, and look for traces."""
    now = clock.now()
    people = _without_office(now)
    assert len(people) > 20
    traces = {trace for person in people for trace in (person.email, person.name, person.name_local) if len(trace) > 4}
    assert _found(engine, traces)

    for person in people:
        for other in db.session.scalars(
            select(Erasure).where(Erasure.person_id == person.id, Erasure.state == "asked")
        ).all():
            workflow.perform(
                workflow.machine_named("erasure"), other, "refuse", actor=system_actor(now), reason="Asked anew."
            )
        request = _erase(person, now)
        assert request.state in ("partly", "done")
    db.session.commit()
    relay.run_until_idle()
    pages(app, STAFF)  # while some names must still be kept

    later = system_actor(now + FAR_LATER)
    for request in db.session.scalars(select(Erasure).where(Erasure.state == "partly")).all():
        carry_out(later, request)
    db.session.commit()
    relay.run_until_idle()
    left = _found(engine, traces)
    assert not left, sorted(left)[:20]
    assert not db.session.scalar(
        select(func.count()).select_from(StoredFile).where(StoredFile.owner_id.in_([one.id for one in people]))
    )
    while audit.seal(clock.now()):
        db.session.commit()
    assert audit.verify().is_intact
    pages(app, STAFF[-2:])
    admin = people_queries.person_by_email(address_of("admin"))
    assert admin is not None
    assert "Erased person" in sign_in(app.test_client(), admin).get("/accounts/people/?q=erased").text


def _found(engine: Engine, traces: set[str]) -> list[str]:
    """Where any of these stands, in any text of any table: `table.column: trace`."""
    found: list[str] = []
    db.session.commit()
    with reading(), engine.connect() as connection:
        for table in tables_of(connection):
            if table.name == "kept_mail":  # What others were mailed is in their hands; only a demonstration keeps it.
                continue
            columns = [column for column in table.columns if isinstance(column.type, (String, Text, JSON))]
            for row in connection.execute(select(*columns)) if columns else ():
                for column, value in zip(columns, row, strict=True):
                    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                    found += [f"{table.name}.{column.name}: {trace}" for trace in traces if trace in text]
    return found


def check_that_archives_span_all_blueprints() -> None:
    """Between them, the archives of everybody hold tables of courses, exchange, degrees and mentoring."""
    names: set[str] = set()
    for person_id in db.session.scalars(select(Person.id)).all():
        target = io.BytesIO()
        write_archive(person_id, target, index=lambda _contents: "", report=lambda _done, _total: None)
        names |= {Path(name).stem for name in zipfile.ZipFile(target).namelist() if name.endswith(".json")}

    expected = {"enrolments", "quiz-answers", "certificates", "applications", "placements", "studies", "grades"}
    assert expected | {"mentoring-profiles", "mentorships-as-mentee", "consents", "affiliations"} <= names
