"""Many rows from one: copies of what the services have made, to see what lists cost when they are long."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import insert, inspect, select

from lms.accounts.models import Consent, Invitation, LoginSession, Person
from lms.core.access import Grant
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.ids import new_ref
from lms.core.outbox import KeptMail, OutboxMessage
from lms.core.storage.models import FileOpening
from lms.core.waiting.models import WaitingItem
from lms.courses.models import Course, Enrolment, Offering
from lms.courses.models.content import course_sub_centre
from lms.credentials.models import Credential
from lms.exchange.models import (
    Application,
    Call,
    Choice,
    EligibilityRules,
    Endorsement,
    Offer,
    Placement,
    Post,
    Review,
)
from lms.institutions.models import Affiliation, Institution
from lms.institutions.rules import sharing_with

_numbers = itertools.count(1_000_000)  # of subjects that are not there: a list does not look at them

Change = Callable[[int], Any]


def copy_rows(original: Any, count: int, **changes: Change) -> Sequence[int]:
    """Insert `count` copies of a row; their ids, in order.

    `changes` make a column's value from the copy's number, 0 first. Texts that must be unique are made anew.
    """
    table = type(original)
    columns = {attribute.key: attribute.columns[0] for attribute in inspect(table).column_attrs}
    kept = {name: getattr(original, name) for name in columns if name != "id"}
    fresh = [name for name, column in columns.items() if column.unique and isinstance(kept.get(name), str)]
    rows = [
        {**kept, **{name: new_ref() for name in fresh}, **{name: make(n) for name, make in changes.items()}}
        for n in range(count)
    ]
    return db.session.scalars(insert(table).returning(table.id, sort_by_parameter_order=True), rows).all()


def first(model: Any, *where: Any) -> Any:
    """The first row of a table. Raises NoResultFound."""
    return db.session.scalars(select(model).where(*where).order_by(model.id).limit(1)).one()


def multiply(count: int) -> None:
    """Copy the rows behind every list of the demo world `count` times, related among themselves."""
    people = _people(count)
    _accounts(people)
    _courses(people)
    _exchange(count)
    db.session.flush()


def _people(count: int) -> Sequence[int]:
    return copy_rows(
        first(Person, Person.email == "student@demo.example"),
        count,
        email=lambda n: f"copy-{n}-{new_ref()}@example.org",
        name=lambda n: f"Copy {n}",
    )


def _person_id(account: str) -> int:
    return int(first(Person, Person.email == f"{account}@demo.example").id)


def _accounts(people: Sequence[int]) -> None:
    count = len(people)
    copy_rows(first(Institution, Institution.state == "confirmed"), count, name_en=lambda n: f"Copy {n}")
    home = first(Grant, Grant.person_id == _person_id("home"), Grant.scope_kind == "institution")
    copy_rows(home, count, person_id=lambda n: people[n])
    member = first(Affiliation, Affiliation.state == "confirmed", Affiliation.institution_id == home.scope_id)
    copy_rows(member, count, person_id=lambda n: people[n], role=lambda _n: "staff")
    shared = first(Consent, Consent.context == sharing_with(home.scope_id))
    copy_rows(shared, count, person_id=lambda n: people[n])
    copy_rows(first(LoginSession), count, person_id=lambda _n: _person_id("student"))
    copy_rows(first(Consent, Consent.person_id == _person_id("student")), count)
    if found := db.session.scalars(select(Invitation).order_by(Invitation.id).limit(1)).first():
        copy_rows(
            found,
            count,
            role=lambda _n: "instructor",
            scope_kind=lambda _n: "institution",
            scope_id=lambda _n: home.scope_id,
        )
    if found := db.session.scalars(select(FileOpening).order_by(FileOpening.id).limit(1)).first():
        copy_rows(found, count)
    for item in db.session.scalars(select(WaitingItem).where(WaitingItem.closed_at.is_(None))).all():
        copy_rows(item, count, subject_id=lambda _n: next(_numbers))
    mail = first(KeptMail)
    rows = copy_rows(first(OutboxMessage, OutboxMessage.id == mail.outbox_id), count)
    copy_rows(mail, count, outbox_id=lambda n: rows[n])
    copy_rows(first(AuditEntry), count)


def _courses(people: Sequence[int]) -> None:
    count = len(people)
    course = first(Course, Course.state == "published", Course.offerings.any())
    courses = copy_rows(course, count, title_en=lambda n: f"Copy {n}")
    centre = db.session.scalar(select(course_sub_centre.c.sub_centre_id).limit(1))
    db.session.execute(insert(course_sub_centre), [{"course_id": id_, "sub_centre_id": centre} for id_ in courses])
    taught = first(Grant, Grant.scope_kind == "course", Grant.person_id == _person_id("instructor"))
    copy_rows(taught, count, scope_id=lambda n: courses[n])
    offering = first(Offering, Offering.course_id == taught.scope_id)
    offerings = copy_rows(offering, count, course_id=lambda n: courses[n])
    mine = first(Enrolment, Enrolment.person_id == _person_id("student"))
    copy_rows(mine, count, offering_id=lambda n: offerings[n])
    for example in _one_for_each(Enrolment, Enrolment.offering_id):
        if example.offering_id not in offerings:
            copy_rows(example, count, person_id=lambda n: people[n])
    copy_rows(first(Credential), count, pdf_id=lambda _n: None, replaces_id=lambda _n: None)


def _exchange(count: int) -> None:
    published = first(Call, Call.state == "published")
    calls = copy_rows(published, count, title_en=lambda n: f"Copy {n}")
    copy_rows(first(EligibilityRules, EligibilityRules.call_id == published.id), count, call_id=lambda n: calls[n])
    for post in _one_for_each(Post, Post.lab_id, Post.call_id):
        copy_rows(post, count, title_en=lambda n: f"Copy {n}")
    for application in _one_for_each(Application, Application.call_id, Application.state):
        people = _people(count)
        ids = copy_rows(application, count, person_id=lambda n, people=people: people[n])
        for model in (Choice, Endorsement, Offer):
            for row in db.session.scalars(select(model).where(model.application_id == application.id)).all():
                copy_rows(row, count, application_id=lambda n, ids=ids: ids[n], **_no_token(model))
        for review in db.session.scalars(select(Review).where(Review.application_id == application.id)).all():
            copy_rows(review, count, application_id=lambda n, ids=ids: ids[n])
        for stay in db.session.scalars(select(Placement).where(Placement.application_id == application.id)).all():
            copy_rows(stay, count, application_id=lambda n, ids=ids: ids[n])


def _no_token(model: Any) -> dict[str, Change]:
    return {"token_digest": lambda _n: None} if model is Endorsement else {}


def _one_for_each(model: Any, *columns: Any) -> list[Any]:
    """The last row for each value of some columns."""
    rows = db.session.scalars(select(model).order_by(model.id)).all()
    return list({tuple(getattr(row, column.key) for column in columns): row for row in rows}.values())
