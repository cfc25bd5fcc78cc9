"""Two entries become one: everything that referred to either refers to one, and the old address leads there."""

import pytest
from sqlalchemy import func, select

from lms.accounts import services as accounts
from lms.accounts.models import Consent, Person
from lms.core import search
from lms.core.access import Grant
from lms.core.audit import AuditEntry
from lms.core.db import Base, db
from lms.core.errors import Conflict, Refused
from lms.exchange.models import CallCapacity
from lms.institutions import duplicates, indexing, queries, references, services
from lms.institutions.models import Affiliation, Department, Institution, Lab
from lms.institutions.services import home_consent
from tests.exchange.world import make_call, make_world
from tests.factories import actor_of, make_institution, make_lab, make_person, post, sign_in


@pytest.fixture
def twins(system):
    """An entry that goes and one that stays."""
    goes = make_institution(
        system, name="Mahidol Univ.", name_zh="玛希敦大学", domain="mahidol.ac.th", slug="mahidol-univ"
    )
    stays = make_institution(system, name="Mahidol University", domain="mahidol.ac.th", slug="mahidol-university")
    for one in (goes, stays):
        indexing.index_institution(one)
    return goes, stays


@pytest.fixture
def secretary(system):
    return make_person(system, roles=[("secretariat", "platform", None)])


def at(model, institution):
    query = select(func.count()).select_from(model).where(model.institution_id == institution.id)
    return db.session.scalar(query)


def test_everything_moves_and_the_old_address_leads_there(client, system, twins, secretary):
    goes, stays = twins
    person = make_person(system, institution=goes, affiliation="coordinator")
    make_lab(system, institution=goes, name="Virology")
    child = make_institution(system, name="Ramathibodi Hospital")
    child.parent_id = goes.id
    accounts.give_consent(actor_of(person), person_id=person.id, consenting=home_consent(goes, "en"))
    browser, page = sign_in(client, secretary), f"/institutions/{goes.slug}/merge/{stays.slug}"
    shown = browser.get(page).text
    for told in ("Laboratories", "People who belong there", "Roles", "cannot be undone"):
        assert told in shown
    assert post(browser, page).status_code == 303
    assert (at(Affiliation, goes), at(Affiliation, stays), at(Lab, stays)) == (0, 1, 1)
    assert actor_of(person).holds("coordinator", "institution", stays.id)
    assert (person.home_institution_id, child.parent_id) == (stays.id, stays.id)
    assert person.id in db.session.scalars(queries.people_of([stays.id])).all()
    assert db.session.scalar(select(Consent.context)) == f"institution:{stays.id}"
    old = browser.get(f"/institutions/{goes.slug}")
    assert (old.status_code, old.location) == (301, f"/institutions/{stays.slug}")
    assert browser.get(f"/accounts/offices/institution/{goes.slug}/people").status_code == 200
    assert set(db.session.scalars(search.match("institution", "玛希敦"))) == {stays.id}
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "institution.merged"))
    assert (entry.subject_id, entry.detail["merged_id"], entry.detail["lab"]) == (stays.id, goes.id, 1)
    assert post(browser, page).status_code == 404


def test_no_column_that_refers_to_institutions_is_forgotten(system, twins):
    """Whatever another package adds is found in the schema: nothing at all refers to the merged entry afterwards."""
    goes, stays = twins
    services.merge(system, source=goes, into=stays)
    names = {f"{column.table.name}.{column.name}" for column in references.referring("institution")}
    keys = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "institution" for key in column.foreign_keys)
    }
    assert keys <= names
    assert {"person.home_institution_id", "lab.institution_id", "agreement_party.institution_id"} <= names
    assert {table.name for table in references.scoped()} >= {"access_grant", "invitation", "waiting_item"}


def test_what_has_one_name_at_both_becomes_one(system, twins):
    goes, stays = twins
    labs = [make_lab(system, institution=one, name="Virology") for one in twins]
    departments = [Department(institution_id=one.id, name_en="Public Health") for one in twins]
    db.session.add_all(departments)
    db.session.flush()
    labs[0].department_id = departments[0].id
    host = make_person(system, roles=[("host", "lab", labs[0].id)])
    other = make_lab(system, institution=goes, name="Genomics")
    other.department_id = departments[0].id
    services.merge(system, source=goes, into=stays)
    assert db.session.scalars(select(Department.id)).all() == [departments[1].id]
    assert set(db.session.scalars(select(Lab.id))) == {labs[1].id, other.id}
    assert other.department_id == departments[1].id
    assert actor_of(host).holds("host", "lab", labs[1].id)


def test_whoever_belongs_to_both_keeps_the_better_place(system, twins):
    goes, stays = twins
    person = make_person(system, institution=goes, affiliation="coordinator")
    stated = Affiliation(
        ref="stated", person_id=person.id, institution_id=stays.id, role="staff", is_home=False, state="stated",
        started_at=system.now,
    )  # fmt: skip
    db.session.add(stated)
    accounts_role = select(func.count()).select_from(Grant).where(Grant.person_id == person.id, Grant.ends_at.is_(None))
    services.merge(system, source=goes, into=stays)
    kept = queries.current_affiliations(person.id)
    assert [(one.institution_id, one.state, one.is_home) for one in kept] == [(stays.id, "confirmed", True)]
    assert db.session.get_one(Person, person.id).home_institution_id == stays.id
    assert db.session.scalar(accounts_role) == 1


def test_what_may_stand_there_once_only_is_named_and_stops_it(client, system, twins, secretary):
    goes, stays = twins
    call = make_call(make_world(system))
    for one in twins:
        db.session.add(CallCapacity(call_id=call.id, institution_id=one.id, seats=3))
    db.session.flush()
    browser, page = sign_in(client, secretary), f"/institutions/{goes.slug}/merge/{stays.slug}"
    shown = browser.get(page).text
    assert "Limits in calls" in shown
    assert call.title_en in shown
    assert "Merge for good" not in shown
    answer = post(browser, page)
    assert (answer.status_code, call.title_en in answer.text) == (422, True)
    assert goes.state == "confirmed"


def test_only_two_present_entries_are_merged(system, twins):
    goes, stays = twins
    proposed = make_institution(system, state="proposed")
    with pytest.raises(Refused):
        services.merge(system, source=stays, into=stays)
    with pytest.raises(Conflict):
        services.merge(system, source=stays, into=proposed)
    services.merge(system, source=proposed, into=stays)
    services.merge(system, source=stays, into=goes)
    assert queries.institution_visible_to(system, proposed.slug).id == goes.id
    with pytest.raises(Conflict):
        services.merge(system, source=stays, into=goes)


def test_a_proposer_learns_under_which_name_it_is_listed(system, twins, secretary):
    from tests.accounts.test_registration import mails

    _, stays = twins
    proposer = make_person(system)
    values = {"name_en": "Mahidol", "kind": "university", "country_code": "TH", "city": "Bangkok", "source": "x"}
    proposed = services.propose(actor_of(proposer), values=values)
    services.merge(actor_of(secretary), source=proposed, into=stays)
    assert any("Mahidol University" in mail.body for mail in mails(proposer.email))


@pytest.mark.parametrize("role", ["secretariat", "admin"])
def test_duplicates_are_shown_with_what_speaks_for_them(client, system, twins, role):
    other = make_institution(system, name="National Institute of Hygiene", country="VN")
    found = duplicates.pairs_among([*twins, other])
    assert [(pair.one.id, pair.other.id) for pair in found] == [(twins[0].id, twins[1].id)]
    browser = sign_in(client, make_person(system, roles=[(role, "platform", None)]))
    page = browser.get("/institutions/duplicates").text
    assert "Same e-mail domain" in page
    assert "/merge/" in page
    assert "Mahidol University" in browser.get(f"/institutions/{twins[0].slug}/merge").text


def test_others_may_not_merge(client, system, twins):
    head = make_person(system, institution=twins[0], affiliation="coordinator")
    browser = sign_in(client, head)
    assert browser.get("/institutions/duplicates").status_code == 403
    assert post(browser, f"/institutions/{twins[0].slug}/merge/{twins[1].slug}").status_code == 403
    assert db.session.get_one(Institution, twins[0].id).state == "confirmed"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Hanoi University of Public Health", "Ha Noi Univ. of Public Health", True),
        ("Institute of Hygiene and Epidemiology", "Inst. of Hygiene & Epidemiology", True),
        ("Chiang Mai University", "Chiangmai University", True),
        ("Nanjing Medical University", "Capital Medical University", False),
        ("Fudan University", "Sichuan University", False),
        ("Nanjing University", "Nanjing Medical University", False),
    ],
)
def test_names_are_alike_by_what_tells_one_institution_from_others(system, one, other, alike):
    common = [make_institution(system, name=f"{word} Medical University of Public Health") for word in "ABC"]
    pair = [make_institution(system, name=one), make_institution(system, name=other)]
    found = [(found.one, found.other) for found in duplicates.pairs_among([*common, *pair])]
    assert ((pair[0], pair[1]) in found) == alike
