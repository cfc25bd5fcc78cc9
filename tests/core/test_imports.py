"""Tables brought in: checked first, written whole, told row by row what is wrong, and harmless to repeat."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import services as accounts
from lms.accounts.models import Invitation
from lms.core import clock, storage
from lms.core.access import SIGNED_IN, Grant, end_grant
from lms.core.actor import Actor
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.imports import ImportFault, ImportKind, ImportRun, register_import
from lms.core.imports import services as imports
from lms.core.outbox import relay
from lms.core.storage import StoredFile
from lms.core.tabular import Column, to_xlsx
from lms.institutions.models import Department, Lab
from tests.factories import actor_of, make_institution, make_person, post, sign_in

TABLE = "E-mail,Role,Language,Colour\nlan@example.test,Instructor,zh,red\nbudi@example.test,协调员,,\n"


@pytest.fixture
def place(system: Actor):
    return make_institution(system, name="Mahidol University")


@pytest.fixture
def coordinator(system: Actor, place):
    return make_person(system, email="head@example.test", roles=[("coordinator", "institution", place.id)])


@pytest.fixture
def page(place):
    return f"/accounts/offices/institution/{place.slug}/invitations/import"


def bring_in(browser, page, content, filename="people.csv"):
    """Send a table and let the job look at it; the address of what was found."""
    content = content.encode() if isinstance(content, str) else content
    answer = post(browser, page, {"table": (io.BytesIO(content), filename)})
    assert answer.status_code == 303, answer.text
    relay.run_until_idle()
    return answer.location


def invited():
    rows = db.session.execute(select(Invitation.email, Invitation.role, Invitation.language))
    return {tuple(row) for row in rows}


def write(browser, found):
    answer = post(browser, f"{found}/write")
    relay.run_until_idle()
    return answer.status_code


def test_a_table_is_checked_shown_and_written_when_its_owner_says_so(client, system, coordinator, page):
    browser = sign_in(client, coordinator)
    assert "What the table holds" in browser.get(page).text
    found = bring_in(browser, page, TABLE)
    shown = browser.get(found).text
    assert "Write 2 rows" in shown
    assert "Colour" in shown
    assert invited() == set()
    assert write(browser, found) == 303
    assert invited() == {("lan@example.test", "instructor", "zh"), ("budi@example.test", "coordinator", "en")}
    assert "2 rows were written" in browser.get(found).text
    assert write(browser, found) == 409
    assert len(invited()) == 2
    assert db.session.scalar(select(func.count()).select_from(AuditEntry).filter_by(action="import.written")) == 1


def test_bringing_the_same_table_in_again_changes_nothing(client, coordinator, page):
    browser = sign_in(client, coordinator)
    write(browser, bring_in(browser, page, TABLE))
    digests = set(db.session.scalars(select(Invitation.digest)))
    shown = browser.get(bring_in(browser, page, TABLE)).text
    assert "There is nothing new in this table" in shown
    assert set(db.session.scalars(select(Invitation.digest))) == digests  # nobody's link stops working


def test_every_fault_is_named_and_the_rows_can_be_taken_out(client, coordinator, page):
    browser = sign_in(client, coordinator)
    table = (
        "E-mail,Role\nlan@example.test,instructor\nnobody,Rector\nlan@example.test,Instructor\n"
        "head@example.test,instructor\n=SUM(A1),coordinator\n"
    )
    found = bring_in(browser, page, table)
    shown = browser.get(found).text
    for told in ("This is not an e-mail address", "Write one of: ", "the same as row 2", "your own address"):
        assert told in shown
    assert "Write 1 row" in shown
    rows = browser.get(f"{found}?format=csv").text.splitlines()
    assert rows[0].lstrip("\ufeff") == "E-mail,Role,Row,What is wrong"
    assert [row.split(",")[0] for row in rows[1:]] == ["nobody", "lan@example.test", "head@example.test", "'=SUM(A1)"]
    assert "nobody" in browser.get(f"{found}?q=nobody").text
    assert "=SUM" not in browser.get(f"{found}?q=nobody").text
    write(browser, found)
    assert len(invited()) == 1
    corrected = rows[0] + "\n" + rows[1].replace("nobody", "mai@example.test").replace("Rector", "signatory")
    write(browser, bring_in(browser, page, corrected))
    assert ("mai@example.test", "signatory", "en") in invited()


@pytest.mark.parametrize(
    ("content", "filename", "told"),
    [
        ("E-mail\nlan@example.test\n", "a.csv", "This column is missing"),
        ('E-mail,Role\n"lan', "a.csv", "not well-formed CSV"),
        ("E-mail,Role\n" + "".join(f"p{n}@example.test,instructor\n" for n in range(501)), "a.csv", "Only 500 rows"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(client, coordinator, page, content, filename, told):
    browser = sign_in(client, coordinator)
    assert told in browser.get(bring_in(browser, page, content, filename)).text


def test_what_is_no_table_is_refused_beside_its_field(client, coordinator, page):
    browser = sign_in(client, coordinator)
    assert post(browser, page).status_code == 422
    answer = post(browser, page, {"table": (io.BytesIO(b"MZ\x90\x00"), "people.xlsx")})
    assert answer.status_code == 422
    assert "holds something else" in answer.text
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_an_empty_table_to_fill_can_be_taken_and_brought_back(client, coordinator, page):
    browser = sign_in(client, coordinator)
    empty = browser.get(f"{page}?format=xlsx").data
    assert "There is nothing new" in browser.get(bring_in(browser, page, empty, "p.xlsx")).text


def test_only_its_owner_sees_a_table(app, client, system, coordinator, page, place):
    found = bring_in(sign_in(client, coordinator), page, TABLE)
    colleague = make_person(system, roles=[("coordinator", "institution", place.id)])
    browser = sign_in(app.test_client(), colleague)
    assert browser.get(found).status_code == 404
    assert post(browser, f"{found}/write").status_code == 404


def test_whoever_has_lost_the_role_writes_nothing(client, system, coordinator, page):
    browser = sign_in(client, coordinator)
    found = bring_in(browser, page, TABLE)
    end_grant(system, db.session.scalars(select(Grant).where(Grant.person_id == coordinator.id)).one())
    write(browser, found)
    assert invited() == set()
    assert "Your roles no longer include this" in browser.get(found).text


def test_whoever_was_suspended_writes_nothing(client, system, coordinator, page):
    found = bring_in(sign_in(client, coordinator), page, TABLE)
    run = db.session.scalars(select(ImportRun)).one()
    imports.confirm(actor_of(coordinator), run)
    accounts.suspend(system, person=coordinator, reason="left")
    relay.run_until_idle()
    assert invited() == set()
    assert found


def test_laboratories_come_from_a_workbook(client, system, place):
    head = make_person(system, roles=[("coordinator", "institution", place.id)])
    db.session.add(Department(institution_id=place.id, name_en="Public Health"))
    browser = sign_in(client, head)
    rows = [["Virology", "public health"], ["Field Lab", ""], ["Genomics", "Astrology"]]
    table = to_xlsx("Labs", ["Laboratory", "Department"], rows)
    found = bring_in(browser, f"/institutions/{place.slug}/labs/import", table, "labs.xlsx")
    assert "There is no department of this name here" in browser.get(found).text
    write(browser, found)
    assert set(db.session.scalars(select(Lab.name_en))) == {"Virology", "Field Lab"}
    assert db.session.scalar(select(Lab.department_id).where(Lab.name_en == "Virology")) is not None


def _named(actor: Actor, _subject: object, values: dict[str, str]) -> None:
    """Write a department, as somebody else did meanwhile with the second."""
    if values["name"] == "Taken meanwhile":
        raise Invalid("There is a department of this name already.", "name")
    db.session.add(Department(institution_id=int(values["place"]), name_en=values["name"]))
    db.session.flush()


PROBE = register_import(
    ImportKind(
        "probe",
        "Probe",
        lambda _actor, _subject: (Column("name", ("Name",)), Column("place", ("Place",))),
        SIGNED_IN,
        lambda _actor, _target: None,
        lambda _actor, _subject, _values: False,
        _named,
        key=lambda values: values["name"],
    )
)


def test_a_row_that_became_impossible_takes_back_the_others(client, system, place):
    owner = make_person(system)
    content = f"Name,Place\nFirst,{place.id}\nTaken meanwhile,{place.id}\nLast,{place.id}\n".encode()
    staged = storage.stage(io.BytesIO(content), "p.csv", kinds=frozenset({"csv"}))
    run = imports.begin(actor_of(owner), kind=PROBE, target={}, staged=staged, back="/")
    db.session.commit()
    relay.run_until_idle()
    browser = sign_in(client, owner)
    assert write(browser, f"/imports/{run.ref}") == 303
    assert db.session.scalars(select(Department.name_en)).all() == []
    shown = browser.get(f"/imports/{run.ref}").text
    assert "nothing was written" in shown
    assert "There is a department of this name already." in shown


def test_a_table_is_forgotten_after_a_month_with_its_file(client, system, coordinator, page):
    browser = sign_in(client, coordinator)
    bring_in(browser, page, "E-mail,Role\nnobody,Rector\n")
    assert imports.forget_before(clock.now()) == 1
    for model in (ImportRun, ImportFault, StoredFile):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert imports.forget_before(clock.now() + timedelta(days=1)) == 0
