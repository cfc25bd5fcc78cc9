"""No table is forgotten: whatever names a person is exported and erased, or says why it stays."""

import inspect
from typing import Any

from flask import Flask
from sqlalchemy import Table

from lms.accounts import readings
from lms.accounts.models import Person
from lms.accounts.privacy import all_holdings, mentions, table_of
from lms.accounts.queries.fates import file_columns
from lms.core.db import db
from lms.core.storage import StoredFile
from lms.core.web.declaration import declaration_of

# Files of these belong to a course or an office, not to whoever uploaded them.
NOT_PERSONAL = {"course_picture.file_id", "import_run.file_id", "national_approval.file_id"}
# What only the person concerned can be.
OWN = {
    "is the applicant",
    "is the applicant who asked for it",
    "is the applicant who was asked for it",
    "the learner",
    "the learner of the attempt",
    "is the person",
    "asked for it",
    "is the student",
    "is the student awarded",
    "is the student registered",
    "is the participant",
    "made the link",
    "signed in",
}
# Pages of subjects that name a person but are no part of anybody's file.
NOT_A_FILE = {
    "Grant": "who holds which office is what the office's own page shows",
    "Invitation": "an invitation belongs to the office that sent it, until it is accepted",
    "Erasure": "whoever asked to be erased is asked about, not read; its page reads the account itself",
}


def _tables() -> list[Table]:
    return [table for table in db.metadata.sorted_tables if not table.info.get("test_only")]


def _references(target: Table) -> set[str]:
    return {
        f"{table.name}.{key.parent.name}"
        for table in _tables()
        for key in table.foreign_keys
        if key.column.table is target
    }


def _declared() -> set[str]:
    return {f"{table_of(holding).name}.{holding.owner}" for holding in all_holdings()}


def test_every_column_that_names_a_person_is_declared(app: Flask):
    forgotten = _references(Person.__table__) - _declared() - set(mentions())

    assert not forgotten, f"declare in the privacy.py of the package: {sorted(forgotten)}"


def test_no_column_is_declared_that_does_not_exist_or_twice(app: Flask):
    known = _references(Person.__table__)

    assert set(mentions()) <= known
    assert not _declared() & set(mentions())


def test_the_parts_of_what_is_about_a_person_are_declared_too(app: Flask):
    """Rows that hang on a person's rows could neither stay without them nor be found by the person's number."""
    declared, forgotten = _declared(), set()
    for holding in all_holdings():
        whole = table_of(holding)
        if whole is Person.__table__ or holding.becomes:
            continue
        forgotten |= {
            name
            for name in _references(whole)
            if name not in declared
            and not db.metadata.tables[name.split(".")[0]].c[name.split(".")[1]].nullable
            and name not in NOT_PERSONAL
        }

    assert not forgotten, f"declare as part of what they hang on: {sorted(forgotten)}"


def test_every_personal_file_hangs_on_something_that_is_declared(app: Flask):
    held = {
        f"{table_of(holding).name}.{column}" for holding in all_holdings() for column in file_columns(table_of(holding))
    }
    forgotten = _references(StoredFile.__table__) - held - _declared() - NOT_PERSONAL

    assert not forgotten, f"declare the table, or say that its files are nobody's: {sorted(forgotten)}"


def test_every_page_of_a_persons_file_is_in_the_log_of_readings(app: Flask):
    """A page whose subject names a person must say to that person why it was read."""
    silent = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        declaration = declaration_of(view)
        if (
            declaration is None
            or declaration.load is None
            or declaration.permission.admits_visitors
            or "GET" not in (rule.methods or ())
        ):
            continue
        subject = next(iter(inspect.signature(view).parameters.values())).annotation
        readable = readings.readable_model(subject)
        if readable is None and (not _names_a_person(subject) or subject.__name__ in NOT_A_FILE):
            continue
        is_own = {one.describes for one in declaration.permission.any_of} <= OWN
        if not is_own and (readable is None or declaration.permission.name not in readable.why):
            silent.add(f"{rule.endpoint} ({declaration.permission.name})")

    assert not silent, f"register in the privacy.py of the package what they are read for: {sorted(silent)}"


def _names_a_person(model: Any) -> bool:
    return hasattr(model, "__mapper__") and "person_id" in model.__mapper__.columns
