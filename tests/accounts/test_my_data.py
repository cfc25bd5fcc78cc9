"""Taking one's data out, and having it erased: item by item, with what must be kept and until when."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import queries, services
from lms.accounts.flow import COOLING_OFF
from lms.accounts.jobs import ask_for_today
from lms.accounts.models import Disclosure, Erasure, LoginSession, Person
from lms.accounts.passwords import hash_password
from lms.accounts.services.erasure import carry_out
from lms.core import audit, clock, search, workflow
from lms.core.actor import system_actor
from lms.core.audit.journal import AuditEntry
from lms.core.db import db
from lms.core.outbox import KeptMail, OutboxMessage, relay
from lms.core.storage import StoredFile, backend
from lms.core.waiting import WaitingItem
from lms.core.workflow import History
from lms.exchange.models import Application, ApplicationDocument, Review
from tests.exchange.deciding import accept_screening, assign_all, close, decided_call, make_reviewers
from tests.exchange.world import apply, fill_in, make_scientist, make_world, publish_call, submit
from tests.factories import actor_of, make_person, post, sign_in

PASSWORD = "three blue mangoes"


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def malee(world):
    return make_scientist(
        world, name="Malee Srisai", email="malee@example.test", password=PASSWORD, name_local="มาลี ศรีใส", gender="f"
    )


@pytest.fixture
def admin(system):
    return make_person(system, name="Clara Villanueva", roles=[("admin", "platform", None)])


def relayed():
    db.session.commit()
    relay.run_until_idle()
    db.session.expire_all()


def ask(client, person):
    sign_in(client, person)
    answer = post(client, "/accounts/my-data/erase", {"erase-current": PASSWORD})
    assert answer.status_code == 303, answer.text
    return db.session.scalars(select(Erasure).where(Erasure.person_id == person.id)).one()


def approved(app, client, person, admin):
    """Somebody's request, approved by the administrator in the browser after the cooling-off, and carried out."""
    request = ask(client, person)
    clock.move(COOLING_OFF)
    officer = sign_in(app.test_client(), admin)
    answer = post(officer, f"/accounts/erasures/{request.ref}/do/approve", {"approve-version": str(request.version)})
    assert answer.status_code == 303, answer.text
    relayed()
    return request


# --- the log of readings ------------------------------------------------------------------------------


def test_whoever_reads_an_application_is_named_with_office_and_reason(app, client, world, malee):
    call = publish_call(world)
    application = apply(world, call, person=malee)
    secretary = sign_in(app.test_client(), world.secretary)
    for _ in range(2):  # turning back to it within the hour is one reading
        assert secretary.get(f"/exchange/screening/{application.ref}").status_code == 200
    page = sign_in(client, malee).get("/accounts/openings").text
    for shown in ("Secretary", "Secretariat", "Application · Young scientists 2027", "against the rules of the call"):
        assert shown in page
    table = client.get("/accounts/openings?format=csv").text
    assert table.count("against the rules of the call") == 1
    assert "Secretary" in client.get("/accounts/openings?q=secretary").text
    assert "against the rules" not in client.get("/accounts/openings?q=nobody").text
    assert "against the rules" not in sign_in(client, make_scientist(world)).get("/accounts/openings").text


def test_a_reviewer_is_logged_without_a_name(app, client, world, malee, system):
    call = publish_call(world)
    accept_screening(world, apply(world, call, person=malee))
    close(world, call)
    make_reviewers(world)
    assign_all(world, call)
    review = db.session.scalars(select(Review).order_by(Review.id)).first()
    browser = sign_in(app.test_client(), queries.person_by_id(review.reviewer_id))
    assert browser.get(f"/reviews/{review.ref}").status_code == 200
    page = sign_in(client, malee).get("/accounts/openings").text
    assert "A reviewer" in page
    assert "Reviewer 1" not in page
    reviewer = queries.person_by_id(review.reviewer_id)
    for q in (reviewer.name, reviewer.email):  # whose name finds the line is named by it
        assert "A reviewer" not in client.get("/accounts/openings", query_string={"q": q}).text
    _, archive = archive_of(client, malee)
    for table in ("readings", "file-readings"):
        if f"tables/{table}.json" in archive.namelist():
            assert "reader_id" not in archive.read(f"tables/{table}.json").decode()
            assert "opener_id" not in archive.read(f"tables/{table}.json").decode()


def test_a_signed_link_is_logged_as_such(app, client, world, malee):
    call = publish_call(world)
    wish = {
        "route": "link",
        "name": "Dr Chan",
        "email": "chan@ministry.example",
        "office": "Ministry",
        "language": "en",
    }
    submit(malee, fill_in(malee, call, world.posts, wish=wish))
    relayed()
    body = db.session.scalars(select(KeptMail.body).where(KeptMail.to_address == "chan@ministry.example")).one()
    path = next(word for word in body.split() if "/endorsements/link/" in word).split("127.0.0.1:8000")[-1]
    assert app.test_client().get(path).status_code == 200
    assert "By a signed link" in sign_in(client, malee).get("/accounts/openings").text


def test_nobody_is_told_that_they_read_themselves(client, world, malee):
    call = publish_call(world)
    application = apply(world, call, person=malee)
    assert sign_in(client, malee).get(f"/exchange/applications/{application.ref}").status_code == 200
    assert not db.session.scalar(select(func.count()).select_from(Disclosure).where(Disclosure.person_id == malee.id))


# --- the archive --------------------------------------------------------------------------------------


def archive_of(client, person):
    sign_in(client, person)
    answer = post(client, "/accounts/my-data/export", {"export-current": PASSWORD})
    assert answer.status_code == 303, answer.text
    assert "/jobs/" in answer.location
    relayed()
    file = db.session.scalars(select(StoredFile).where(StoredFile.purpose == "privacy.export")).one()
    content = client.get(f"/accounts/my-data/exports/{file.ref}")
    assert content.status_code == 200
    return file, zipfile.ZipFile(io.BytesIO(content.data))


def test_the_archive_holds_every_table_and_file_and_no_secret(app, client, world, malee):
    call = publish_call(world)
    application = apply(world, call, person=malee)
    _, archive = archive_of(client, malee)
    index = archive.read("index.html").decode()
    for shown in ("Malee Srisai", "Applications", "มาลี ศรีใส", "Reviewers write in confidence"):
        assert shown in index
    (row,) = json.loads(archive.read("tables/applications.json"))
    assert row["ref"] == application.ref
    assert row["call"] == "Young scientists 2027"
    assert row["statement"] == "I want to learn and bring it home."
    assert application.ref in archive.read("tables/applications.csv").decode("utf-8-sig")
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert len(files) == len(call.document_kinds)
    assert archive.read(files[0]).startswith(b"%PDF")
    everything = b"".join(map(archive.read, archive.namelist())).decode("utf-8", "replace")
    for secret in (malee.password_hash, "token_digest", "password_hash"):
        assert secret not in everything


def test_the_archive_tells_nothing_of_decisions_before_their_release(client, world, malee):
    decided_call(world, publish_call(world), applicants=1, person=malee)
    _, archive = archive_of(client, malee)
    assert "tables/applications.json" in archive.namelist()
    assert "tables/decisions.json" not in archive.namelist()
    assert "tables/rankings.json" not in archive.namelist()


def test_only_the_owner_gets_the_archive_and_only_for_a_while(app, client, world, malee):
    file, _ = archive_of(client, malee)
    address = f"/accounts/my-data/exports/{file.ref}"
    assert sign_in(app.test_client(), world.secretary).get(address).status_code == 404
    assert app.test_client().get(address).status_code == 302
    clock.move(timedelta(days=8))
    assert sign_in(client, malee).get(address).status_code == 404
    ask_for_today(system_actor(clock.now()))
    relayed()
    assert not db.session.scalars(select(StoredFile).where(StoredFile.purpose == "privacy.export")).all()


def test_the_archive_asks_for_the_password_and_not_too_often(client, malee):
    sign_in(client, malee)
    answer = post(client, "/accounts/my-data/export", {"export-current": "wrong password"})
    assert answer.status_code == 422
    assert "not your present password" in answer.text
    codes = [post(client, "/accounts/my-data/export", {"export-current": PASSWORD}).status_code for _ in range(4)]
    assert codes == [303, 303, 303, 429]


# --- erasure ------------------------------------------------------------------------------------------


def test_everything_goes_or_says_until_when_it_stays(app, client, world, malee, admin):
    call = publish_call(world)
    apply(world, call, person=malee)
    relayed()
    audit.seal(clock.now())
    page = sign_in(client, malee).get("/accounts/my-data").text
    assert "The decisions of a call are made by comparing all applications" in page
    files = [
        (file.key, file.id) for file in db.session.scalars(select(StoredFile).where(StoredFile.owner_id == malee.id))
    ]
    request = approved(app, client, malee, admin)
    assert request.state == "partly"
    outcomes = {(line["name"], line["outcome"]) for line in request.items}
    assert {("account", "erased"), ("applications", "kept"), ("name", "kept"), ("files", "kept")} <= outcomes
    person = queries.person_by_id(malee.id)
    assert person.name == "Malee Srisai"  # the officials of the running call still need it
    assert (person.gender, person.password_hash, person.passport_family) == ("", None, "")
    assert person.email.endswith("@erased.invalid")
    assert sign_in(app.test_client(), malee).get("/dashboard").status_code == 302
    assert all(backend.current().exists(key) for key, _ in files)
    assert db.session.scalars(select(Application)).one().state == "withdrawn"

    clock.move(timedelta(days=4 * 365))  # the call is over, and long ago
    relayed()
    assert queries.person_by_id(malee.id).name == "Erased person"
    application = db.session.scalars(select(Application)).one()
    assert (application.statement, application.facts, application.endorsement_wish) == ("", {}, {})
    assert not db.session.scalars(select(ApplicationDocument)).all()
    assert not [key for key, _ in files if backend.current().exists(key)]
    assert not db.session.scalars(search.match("application", "malee")).all()
    assert not db.session.scalars(select(History).where(History.machine == "application", History.note != "")).all()
    titles = db.session.scalars(select(WaitingItem.title_en)).all()
    assert not [title for title in titles if "Malee" in title and "erasure" not in title]


def test_the_journal_holds_and_other_peoples_pages_still_open(app, client, world, malee, admin):
    call = publish_call(world)
    application = apply(world, call, person=malee)
    relayed()
    audit.seal(clock.now())
    rows = db.session.scalar(select(func.count()).select_from(AuditEntry))
    request = approved(app, client, malee, admin)
    clock.move(timedelta(days=4000))
    relayed()
    assert request.state == "done"
    db.session.commit()
    audit.seal(clock.now())
    verdict = audit.verify()
    assert verdict.is_intact
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) > rows
    secretary = sign_in(app.test_client(), world.secretary)
    page = secretary.get(f"/exchange/screening/{application.ref}")
    assert page.status_code == 200
    assert "Malee" not in page.text
    assert "Erased person" in page.text
    officer = sign_in(app.test_client(), admin)
    for path in (
        "/accounts/people/",
        f"/accounts/people/{malee.ref}",
        f"/accounts/erasures/{request.ref}",
        "/admin/journal",
    ):
        answer = officer.get(path)
        assert answer.status_code == 200
        assert "Malee" not in answer.text


def test_nothing_is_left_to_mail_and_the_letter_leads_to_the_result(app, client, world, malee, admin):
    services.mail_person(actor_of(malee), person_id=malee.id, template="password_changed", values={"path": "/"})
    request = ask(client, malee)
    assert request.state == "asked"
    request = db.session.get(Erasure, request.id)
    clock.move(COOLING_OFF)
    officer = sign_in(app.test_client(), admin)
    late = OutboxMessage(
        name="mail.send",
        payload={"to": "Malee@example.test", "template": "password_changed", "language": "en", "values": {}},
        created_at=clock.now(),
        due_at=clock.now() + timedelta(days=30),
    )
    db.session.add(late)
    post(officer, f"/accounts/erasures/{request.ref}/do/approve", {"approve-version": str(request.version)})
    relayed()
    assert (late.state, late.payload) == ("cancelled", {})
    (letter,) = db.session.scalars(select(KeptMail).where(KeptMail.to_address == "malee@example.test"))
    assert "Your account is erased" in letter.subject
    assert not [row for row in db.session.scalars(select(OutboxMessage)) if "malee" in json.dumps(row.payload).lower()]
    path = next(word for word in letter.body.split() if "/erased/" in word).split("127.0.0.1:8000")[-1]
    page = app.test_client().get(path)
    assert page.status_code == 200
    assert "Consents" not in page.text or "Until" in page.text
    assert "Names" in page.text
    assert app.test_client().get("/accounts/erased/guess").status_code == 404


def test_nothing_happens_while_one_may_think_again(app, client, malee, admin):
    request = ask(client, malee)
    again = post(client, "/accounts/my-data/erase", {"erase-current": PASSWORD})
    assert again.status_code == 409
    officer = sign_in(app.test_client(), admin)
    page = officer.get(f"/accounts/erasures/{request.ref}").text
    assert "They may still think again" in page
    early = post(officer, f"/accounts/erasures/{request.ref}/do/approve", {"approve-version": str(request.version)})
    assert early.status_code == 422
    kept = post(client, "/accounts/my-data/keep", {"withdraw-version": str(request.version)})
    assert kept.status_code == 303
    db.session.expire_all()
    assert db.session.get(Erasure, request.id).state == "withdrawn"
    assert db.session.scalars(select(WaitingItem).where(WaitingItem.kind == "erasure.decide")).one().closed_at
    assert post(client, "/accounts/my-data/erase", {"erase-current": PASSWORD}).status_code == 303


def test_a_refusal_says_why_and_nobody_decides_for_themselves(app, client, malee, admin, system):
    request = ask(client, malee)
    officer = sign_in(app.test_client(), admin)
    address = f"/accounts/erasures/{request.ref}/do/refuse"
    assert post(officer, address, {"refuse-version": str(request.version)}).status_code == 422
    reason = {"refuse-version": str(request.version), "refuse-reason": "Somebody else wrote from your browser."}
    assert post(officer, address, reason).status_code == 303
    relayed()
    assert "Somebody else wrote" in client.get("/accounts/my-data").text
    assert [mail for mail in db.session.scalars(select(KeptMail)) if "was refused" in mail.subject]
    own = make_person(
        system, name="Own", email="own@example.test", password=PASSWORD, roles=[("admin", "platform", None)]
    )
    theirs = ask(client, own)
    clock.move(COOLING_OFF)
    sign_in(client, own)
    assert post(client, f"/accounts/erasures/{theirs.ref}/do/approve", {"approve-version": "1"}).status_code == 403
    assert sign_in(app.test_client(), malee).get(f"/accounts/erasures/{theirs.ref}").status_code == 403


def test_the_last_administrator_stays(app, client, system, admin):
    db.session.commit()
    only = queries.administrator_ids(clock.now())
    assert only == [admin.id]
    admin.password_hash = hash_password(PASSWORD)
    request = ask(client, admin)
    clock.move(COOLING_OFF)
    context = workflow.Context(request, actor_of(admin), workflow.machine_named("erasure").transitions["approve"])
    reasons = [guard(context) for guard in context.transition.guards]
    assert "last administrator" in str(next(reason for reason in reasons if reason))


def test_an_erased_account_cannot_be_restored(app, client, malee, admin):
    approved(app, client, malee, admin)
    officer = sign_in(app.test_client(), admin)
    assert post(officer, f"/accounts/people/{malee.ref}/restore").status_code in (409, 422)
    assert db.session.get(Person, malee.id).suspended_at


def test_carrying_it_out_twice_changes_nothing(app, client, malee, admin):
    request = approved(app, client, malee, admin)
    before = [line["outcome"] for line in request.items]
    carry_out(system_actor(clock.now()), request)
    db.session.flush()
    assert [line["outcome"] for line in request.items] == before
    assert not db.session.scalars(select(LoginSession).where(LoginSession.person_id == malee.id)).all()
