"""What staff of one party see of the other's side: nothing beyond what the agreement shares.

Every way out is looked through: pages, counts, lists, CSV and XLSX, search, what waits, mails and files.
"""

import io
from collections.abc import Iterator
from datetime import timedelta
from zipfile import ZipFile

import pytest

from lms.accounts.services.export import write_archive
from lms.applications.queries.documents import documents_of
from lms.core.db import db
from lms.core.outbox import KeptMail, relay
from lms.programmes.models import Application
from lms.programmes.queries.conditions import conditions_of
from lms.programmes.services import applying
from lms.programmes.services.agreements import draft_agreement
from tests.factories import actor_of, make_institution, make_person, post, sign_in
from tests.programmes.admitting import (
    admit,
    again,
    apply,
    approval_of,
    decision_at,
    make_open,
    person_of,
    propose,
    refuse,
    rows,
    the_intake,
)

SECRET = "Doubtful certificate from a closed school."
ADDRESS = "hidden-address@example.test"


@pytest.fixture
def nothing_shared(system):
    return make_open(system, shares_documents=False)


def _their_student(world) -> Application:
    """Somebody who enters through the partner."""
    application = apply(world)
    person_of(application).email = ADDRESS
    db.session.commit()
    return application


def _texts(client, *paths: str) -> Iterator[tuple[str, str]]:
    """What each address says; of a spreadsheet the texts in its cells."""
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        if "xlsx" in path:
            with ZipFile(io.BytesIO(answer.data)) as book:
                yield path, "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        else:
            yield path, answer.text


def _places(world, application) -> list[str]:
    """Every page and export on which the coordinating university meets this application."""
    call = the_intake(world).call
    listed = f"/programmes/intakes/{call.ref}/applications"
    decisions = "/programmes/decisions/?state=all"
    return [
        "/dashboard",
        "/waiting/",
        "/search?q=Somsri",
        f"/programmes/office/{world.programme.ref}",
        f"/programmes/intakes/{call.ref}",
        listed,
        f"{listed}?format=csv",
        f"{listed}?format=xlsx",
        decisions,
        f"{decisions}&format=csv",
        f"{decisions}&format=xlsx",
        f"/programmes/decisions/{decision_at(application, world.coordinator).ref}",
        f"/programmes/{world.programme.ref}",
    ]


def _mails_to(person) -> str:
    db.session.commit()
    relay.run_until_idle()
    kept = db.session.query(KeptMail).filter(KeptMail.to_address.contains(person.email))
    return "\n".join(f"{mail.subject}\n{mail.body}" for mail in kept)


def test_what_the_other_party_decides_stays_with_it(client, nothing_shared):
    world = nothing_shared
    application = _their_student(world)
    sign_in(client, world.coordinator)
    before = dict(_texts(client, *_places(world, application)))
    refuse(application, world.partner, SECRET)
    after = dict(_texts(client, *_places(world, application)))
    for path, said in after.items():
        assert SECRET not in said, path
        assert ADDRESS not in said, path
        for word in ("Refused", "Refuse</span></td>"):
            assert said.count(word) == before[path].count(word), f"{path} says more: {word}"
    sent = _mails_to(world.coordinator)
    assert SECRET not in sent
    assert ADDRESS not in sent


def test_also_when_it_has_taken_effect_the_other_party_keeps_its_reasons(client, nothing_shared):
    world = nothing_shared
    application = admit(refuse(_their_student(world), world.partner, SECRET), world.coordinator)
    assert application.state == "rejected"
    sign_in(client, world.coordinator)
    for path, said in _texts(client, *_places(world, application)):
        assert SECRET not in said, path
        assert ADDRESS not in said, path
    assert SECRET not in _mails_to(world.coordinator)
    sign_in(client, world.partner)
    own = decision_at(again(application), world.partner)
    assert SECRET in client.get(f"/programmes/decisions/{own.ref}").text


def test_documents_and_addresses_stay_with_the_university_of_entry(client, nothing_shared):
    world = nothing_shared
    application = _their_student(world)
    (file,) = (one.file for one in documents_of(application.id))
    name, ref = file.filename, file.ref
    theirs, ours = decision_at(application, world.partner), decision_at(application, world.coordinator)
    sign_in(client, world.coordinator)
    page = client.get(f"/programmes/decisions/{ours.ref}").text
    assert name not in page
    assert client.get(f"/programmes/decisions/{ours.ref}/documents/{ref}").status_code == 404
    for path in (
        f"/programmes/decisions/{theirs.ref}",
        f"/programmes/decisions/{theirs.ref}/documents/{ref}",
    ):
        assert client.get(path).status_code == 404
    # An address cannot be guessed letter by letter either.
    for path in (f"/programmes/intakes/{the_intake(world).call.ref}/applications", "/programmes/decisions/"):
        assert "Somsri" in client.get(f"{path}?q=Somsri").text
        assert "Somsri" not in client.get(f"{path}?q=hidden-address").text
    sign_in(client, world.partner)
    assert ADDRESS in client.get(f"/programmes/decisions/{theirs.ref}").text
    assert client.get(f"/programmes/decisions/{theirs.ref}/documents/{ref}").status_code == 200
    assert ADDRESS in client.get(f"/programmes/intakes/{the_intake(world).call.ref}/applications?format=csv").text


def test_conditions_and_what_is_handed_in_stay_with_the_party_that_asked(client, nothing_shared):
    world = nothing_shared
    application = admit(_their_student(world), world.partner, world.coordinator, condition=SECRET)
    (condition,) = conditions_of(application.id)
    sign_in(client, world.coordinator)
    for path, said in _texts(client, *_places(world, application)):
        assert SECRET not in said, path
    for path in ("", "/file"):
        assert client.get(f"/programmes/conditions/{condition.ref}{path}").status_code == 404


@pytest.mark.parametrize(("reasons", "says"), [(False, False), (True, True)])
def test_decisions_are_shown_as_agreed_once_ones_own_is_recorded(client, system, reasons, says):
    world = make_open(system, shares_decisions=True, shares_reasons=reasons)
    application = refuse(_their_student(world), world.partner, SECRET)
    ours = decision_at(application, world.coordinator)
    sign_in(client, world.coordinator)
    page = client.get(f"/programmes/decisions/{ours.ref}").text
    assert "Shown when your decision is recorded." in page
    assert SECRET not in page
    admit(application, world.coordinator)
    page = client.get(f"/programmes/decisions/{ours.ref}").text
    assert "Shown when your decision is recorded." not in page
    assert (SECRET in page) is says
    assert ADDRESS not in page


def test_contact_and_documents_are_shown_where_the_agreement_shares_them(client, system):
    world = make_open(system, shares_contact=True)
    application = _their_student(world)
    sign_in(client, world.coordinator)
    page = client.get(f"/programmes/decisions/{decision_at(application, world.coordinator).ref}").text
    assert ADDRESS in page
    assert "cv.pdf" in page


def test_a_party_sees_nothing_of_other_programmes(client, system):
    world = make_open(system)
    other = make_open(system, shares_documents=False)
    application = apply(other, name="Unrelated")
    sign_in(client, world.partner)
    for path in (
        "/dashboard",
        "/waiting/",
        "/programmes/decisions/?state=all",
        "/programmes/office/",
        "/search?q=UNRELATED",
    ):
        assert "Unrelated" not in client.get(path).text, path
    assert client.get("/programmes/office/").text.count("Master of Global Health") == 1
    call = the_intake(other).call
    for path in (
        f"/programmes/office/{other.programme.ref}",
        f"/programmes/intakes/{call.ref}",
        f"/programmes/intakes/{call.ref}/applications?format=csv",
        f"/programmes/decisions/{decision_at(application, other.partner).ref}",
        f"/programmes/approvals/{approval_of(other, other.there).ref}",
    ):
        assert client.get(path).status_code == 404, path


def test_who_is_asked_to_join_a_later_version_sees_no_applicant_and_no_student(client, system):
    world = make_open(system, shares_contact=True)
    _their_student(world)
    third = make_institution(system, country="VN", name="Third University")
    asked = make_person(system, name="Tran Mai", institution=third, affiliation="coordinator")
    today = system.now.date()
    joining = {"institution_id": third.id, "seats": None, "degree_en": "Master", "degree_zh": "硕士"}
    version = draft_agreement(
        actor_of(world.coordinator), world.programme, parties=[*rows(world), joining], award="double", seats=10,
        fees="", valid_from=today, valid_to=today + timedelta(days=900),
    )  # fmt: skip
    propose(world, version)
    call = the_intake(world).call
    db.session.commit()
    sign_in(client, asked)
    office = client.get(f"/programmes/office/{world.programme.ref}")
    assert office.status_code == 200  # they must read what they are asked to sign
    for path in (f"/programmes/intakes/{call.ref}", f"/programmes/office/{world.programme.ref}/supervisors"):
        assert path not in office.text
        assert client.get(path).status_code == 404, path
    assert client.get(f"/programmes/intakes/{call.ref}/applications?format=csv").status_code == 404
    curricula = f"/programmes/office/{world.programme.ref}/curricula"
    assert f"{curricula}/new" not in client.get(curricula).text
    assert post(client, f"{curricula}/new", {}).status_code == 403
    sign_in(client, world.partner)
    assert f"{curricula}/new" in client.get(curricula).text
    assert client.get(f"/programmes/intakes/{call.ref}/applications").status_code == 200


def test_the_archive_of_ones_data_tells_no_condition_before_all_have_decided(system):
    world = make_open(system)
    application = admit(apply(world), world.partner, condition=SECRET)
    assert SECRET not in _archive_of(application)
    assert SECRET in _archive_of(admit(application, world.coordinator))


def _archive_of(application: Application) -> str:
    written = io.BytesIO()
    write_archive(application.person_id, written, index=lambda _contents: "", report=lambda _done, _total: None)
    with ZipFile(written) as archive:
        names = [name for name in archive.namelist() if name.startswith("tables/")]
        return "".join(archive.read(name).decode() for name in names)


def test_the_applicant_learns_no_single_decision_before_all_have_decided(client, nothing_shared):
    world = nothing_shared
    application = refuse(_their_student(world), world.partner, SECRET)
    sign_in(client, person_of(application))
    for path in (f"/programmes/applications/{application.ref}", "/programmes/applications/", "/dashboard"):
        said = client.get(path).text
        assert SECRET not in said
        assert "Refused" not in said
    assert SECRET not in _mails_to(person_of(application))


def test_drafts_are_nobodys_business_but_the_applicants(client, system):
    world = make_open(system)
    person = make_person(system, name="Undecided", institution=world.there)
    applying.start_application(actor_of(person), the_intake(world))
    sign_in(client, world.partner)
    listed = f"/programmes/intakes/{the_intake(world).call.ref}/applications"
    for path, said in _texts(client, listed, f"{listed}?format=csv", "/programmes/decisions/?state=all", "/waiting/"):
        assert "Undecided" not in said, path
