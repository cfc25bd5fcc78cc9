"""Where people belong: stated, shown as unproven, and confirmed by whoever can know."""

import io
from datetime import timedelta

import pytest

from lms.accounts import queries as people
from lms.core import clock, storage, waiting, workflow
from lms.core.db import db
from lms.core.errors import Invalid, NotFound, NotPermitted, Refused
from lms.institutions import queries, services
from lms.institutions.flow import AFFILIATION
from lms.institutions.queries import people_of
from lms.institutions.rules import is_address_at, sharing_with
from tests.accounts.test_profile import PDF
from tests.accounts.test_registration import mails
from tests.factories import actor_of, make_institution, make_lab, make_person, post, sign_in


@pytest.fixture
def place(system):
    return make_institution(system, name="Mahidol University", domain="mahidol.ac.th", slug="mahidol")


@pytest.fixture
def coordinator(system, place):
    return make_person(system, name="Coordinator", institution=place, affiliation="coordinator")


@pytest.fixture
def secretariat(system):
    return make_person(system, roles=[("secretariat", "platform", None)])


def letter():
    return storage.stage(io.BytesIO(PDF), "letter.pdf", kinds=frozenset({"pdf"}))


@pytest.mark.parametrize(
    ("email", "domain", "right"),
    [
        ("lan@mahidol.ac.th", "mahidol.ac.th", True),
        ("lan@student.mahidol.ac.th", "mahidol.ac.th", True),
        ("lan@MAHIDOL.ac.th", "mahidol.ac.th", True),
        ("lan@notmahidol.ac.th", "mahidol.ac.th", False),
        ("lan@mahidol.ac.th.evil.test", "mahidol.ac.th", False),
        ("lan@gmail.com", "gmail.com", False),
        ("lan@gmail.com", "", False),
    ],
)
def test_an_address_proves_a_domain_and_its_sub_domains(email, domain, right):
    assert is_address_at(email, domain) is right


def test_a_student_begins_at_once(client, system, place):
    person = make_person(system, email="lan@student.mahidol.ac.th")
    sign_in(client, person)
    assert "Mahidol University" in client.get("/institutions/home?q=mahidol").text or True
    form = {"role": "student", "department": "Public Health", "is_home": "y", "consent": "y"}
    assert post(client, "/institutions/mahidol/join", form).location == "/institutions/home"
    page = client.get("/institutions/home").text
    assert "Home institution" in page
    assert "Not proven" in page
    assert "Has an address there" in page
    actor = actor_of(person)
    assert (actor.institution_id, actor.country) == (place.id, "TH")
    assert people.has_consent(person.id, "home", recipient="Mahidol University")
    assert db.session.scalars(queries.people_of([person.home_institution_id])).all() == [person.id]


def test_the_search_of_the_home_page_finds(client, system):
    services.load_reference_data(system)
    sign_in(client, make_person(system))
    assert 'href="/institutions/mahidol-university/join"' in client.get("/institutions/home?q=mahidol").text
    assert "/institutions/propose?name=atlantis" in client.get("/institutions/home?q=atlantis").text


def test_a_role_is_confirmed_by_the_institution(client, system, place, coordinator):
    person = make_person(system, email="lan@example.test", name="Lan")
    place_of_lan = services.join(actor_of(person), institution=place, role="signatory")
    assert place_of_lan.state == "waiting"
    assert not actor_of(person).roles
    (item,) = waiting.items_for(actor_of(coordinator))
    assert item.url_values == {"ref": place_of_lan.ref}
    sign_in(client, coordinator)
    here = f"/institutions/affiliations/{place_of_lan.ref}"
    assert "confirmation asked for" in client.get(here).text
    version = str(place_of_lan.version)
    assert post(client, f"{here}/do/confirm", {"confirm-version": version}).status_code == 303
    assert post(client, f"{here}/do/confirm", {"confirm-version": version}).status_code == 409
    assert actor_of(person).holds("signatory", "institution", place.id)
    assert waiting.items_for(actor_of(coordinator)) == []
    assert "confirmed" in mails("lan@example.test")[-1].subject


def test_a_refusal_gives_its_reason_and_one_may_ask_again(client, system, place, coordinator):
    person = make_person(system, email="lan@example.test")
    affiliation = services.join(actor_of(person), institution=place, role="staff")
    sign_in(client, coordinator)
    do = f"/institutions/affiliations/{affiliation.ref}/do"
    assert post(client, f"{do}/decline", {"decline-version": str(affiliation.version)}).status_code == 422
    refusal = {"decline-version": str(affiliation.version), "decline-reason": "Left in May"}
    assert post(client, f"{do}/decline", refusal).status_code == 303
    assert "Left in May" in mails("lan@example.test")[-1].body
    sign_in(client, person)
    assert "Left in May" in client.get(f"/institutions/affiliations/{affiliation.ref}").text
    assert post(client, f"{do}/request", {"request-version": str(affiliation.version)}).status_code == 303
    assert affiliation.state == "waiting"


def test_nobody_confirms_themselves(client, system, place, secretariat):
    services.join(actor_of(secretariat), institution=place, role="staff")
    mine = queries.home_of(secretariat.id)
    sign_in(client, secretariat)
    do = f"/institutions/affiliations/{mine.ref}/do/confirm"
    assert post(client, do, {"confirm-version": str(mine.version)}).status_code == 404
    with pytest.raises(NotPermitted):
        workflow.perform(AFFILIATION, mine, "confirm", actor=actor_of(secretariat))


def test_the_first_coordinator_brings_a_letter_that_only_the_secretariat_opens(client, system, place, secretariat):
    person = make_person(system, name="Somchai")
    sign_in(client, person)
    without = post(client, "/institutions/mahidol/join", {"role": "coordinator", "is_home": "y"})
    assert (without.status_code, "Add a signed letter" in without.text) == (422, True)
    upload = {"role": "coordinator", "is_home": "y", "letter": (io.BytesIO(PDF), "letter.pdf")}
    assert post(client, "/institutions/mahidol/join", upload).status_code == 303
    affiliation = queries.home_of(person.id)
    assert affiliation.state == "waiting"
    assert [item.title_en for item in waiting.items_for(actor_of(secretariat))] == ["Somchai · Mahidol University"]
    letter_url = f"/institutions/affiliations/{affiliation.ref}/letter"
    assert client.get(letter_url).status_code == 200
    colleague = make_person(system, institution=place, affiliation="coordinator")
    assert sign_in(client, colleague).get(letter_url).status_code == 404
    assert sign_in(client, make_person(system)).get(letter_url).status_code == 404
    sign_in(client, secretariat)
    assert client.get(letter_url).mimetype == "application/pdf"
    assert (
        post(
            client,
            f"/institutions/affiliations/{affiliation.ref}/do/confirm",
            {"confirm-version": str(affiliation.version)},
        ).status_code
        == 303
    )
    assert actor_of(person).holds("coordinator", "institution", place.id)
    page = sign_in(client, person).get("/accounts/openings").text
    assert page.count("letter.pdf") == 1


def test_a_letter_that_is_not_what_its_name_says_is_refused(client, system, place):
    sign_in(client, make_person(system))
    upload = {"role": "coordinator", "letter": (io.BytesIO(b"<html>"), "letter.pdf")}
    answer = post(client, "/institutions/mahidol/join", upload)
    assert (answer.status_code, "holds something else" in answer.text) == (422, True)


def test_moving_keeps_one_home(system, place, coordinator):
    other = make_institution(system, country="LA")
    person = make_person(system)
    services.join(actor_of(person), institution=place, role="student")
    services.join(actor_of(person), institution=other, role="staff")
    assert queries.home_of(person.id).institution_id == other.id
    assert [one.institution_id for one in queries.affiliations_of(actor_of(person))] == [other.id, place.id]
    services.join(actor_of(person), institution=place, role="staff", is_home=False)
    assert queries.home_of(person.id).institution_id == other.id
    assert len(queries.affiliations_of(actor_of(person))) == 2


def test_a_coordinator_hands_over_before_leaving(client, system, place, coordinator):
    mine = queries.home_of(coordinator.id)
    sign_in(client, coordinator)
    do = f"/institutions/affiliations/{mine.ref}/do/end"
    answer = post(client, do, {"end-version": str(mine.version)})
    assert (answer.status_code, "End that role first" in answer.text) == (422, True)
    with pytest.raises(Refused):
        services.join(actor_of(coordinator), institution=place, role="student")


def test_ending_the_home_leaves_none(client, system, place):
    person = make_person(system, institution=place)
    mine = queries.home_of(person.id)
    sign_in(client, person)
    do = f"/institutions/affiliations/{mine.ref}/do/end"
    assert post(client, do, {"end-version": str(mine.version)}).status_code == 303
    assert actor_of(person).institution_id is None


def test_an_unknown_role_is_refused(system, place):
    with pytest.raises(Invalid):
        services.join(actor_of(make_person(system)), institution=place, role="emperor")


def test_only_the_own_coordinators_see_the_people(client, system, place, coordinator):
    person = make_person(system, institution=place, name="Lan of Mahidol")
    sign_in(client, coordinator)
    assert "Lan of Mahidol" in client.get("/institutions/mahidol/members").text
    assert "Lan of Mahidol" in client.get("/institutions/mahidol/members?q=lan&role=student&format=csv").text
    assert "Lan of Mahidol" not in client.get("/institutions/mahidol/members?state=waiting").text
    other = make_person(system, institution=make_institution(system), affiliation="coordinator")
    sign_in(client, other)
    assert client.get("/institutions/mahidol/members").status_code == 404
    with pytest.raises(NotFound):
        queries.affiliation_visible_to(actor_of(other), queries.home_of(person.id).ref)
    assert client.get(f"/institutions/affiliations/{queries.home_of(person.id).ref}").status_code == 404
    assert app_anonymous(client).get("/institutions/mahidol/members").status_code == 302


def app_anonymous(client):
    return client.application.test_client()


def test_the_list_of_people_costs_the_same_however_long_it_is(client, system, place, coordinator, count_queries):
    sign_in(client, coordinator)
    counts = []
    for number in range(30):
        if number in (0, 29):
            db.session.commit()
            with count_queries() as seen:
                client.get("/institutions/mahidol/members")
            counts.append(len(seen))
        make_person(system, institution=place)
    assert counts[0] == counts[1]


def test_a_coordinator_adds_departments_and_labs(client, system, place, coordinator):
    sign_in(client, coordinator)
    assert client.get("/institutions/mahidol/units").status_code == 200
    assert post(client, "/institutions/mahidol/departments", {"department-name_en": "Public Health"}).status_code == 303
    again = post(client, "/institutions/mahidol/departments", {"department-name_en": "public health"})
    assert (again.status_code, "already" in again.text) == (422, True)
    (department,) = queries.departments_of(place.id)
    lab = {"lab-name_en": "Vector Lab", "lab-name_local": "", "lab-department": str(department.id)}
    answer = post(client, "/institutions/mahidol/labs", lab)
    (made,) = queries.labs_of([place.id])
    assert answer.location == f"/accounts/offices/lab/{made.ref}/invitations"
    assert post(client, "/institutions/mahidol/labs", lab).status_code == 422
    assert [found.id for found in queries.labs_for(actor_of(coordinator))] == [made.id]
    page = client.get("/institutions/mahidol").text
    assert "Vector Lab" in page
    sign_in(client, make_person(system, roles=[("host", "lab", made.id)]))
    assert client.get("/institutions/mahidol/units").status_code == 404


def test_a_new_address_proves_anew(client, system, place):
    from lms.accounts import services as accounts
    from tests.accounts.test_registration import FORM, OWN, path_in

    person = make_person(system, email="lan@gmail.com", password=FORM["password"], institution=place)
    assert not queries.home_of(person.id).is_domain_checked
    accounts.request_new_email(actor_of(person), email="lan@mahidol.ac.th")
    post(client, path_in(mails("lan@mahidol.ac.th")[0]), OWN)
    assert queries.home_of(person.id).is_domain_checked


def test_labs_of_others_stay_out(system, place, coordinator):
    make_lab(system, institution=make_institution(system))
    assert queries.labs_for(actor_of(coordinator)) == []


def test_sharing_with_the_home_is_given_and_withdrawn_at_any_time(client, system):
    institution = make_institution(system, name="Hanoi School", name_zh="河内学校")
    person = make_person(system, institution=institution)
    context = sharing_with(institution.id)
    sign_in(client, person)
    page = client.get("/accounts/consents").text
    assert "The coordinators of Hanoi School in Thailand may see" in page
    sent = {"context": context, "recipient": "Hanoi School"}
    assert post(client, "/accounts/consents/home/give", sent).status_code == 303
    assert person.id in db.session.scalars(people_of([institution.id])).all()
    (consent,) = people.consents_of(actor_of(person))
    assert post(client, f"/accounts/consents/{consent.id}/withdraw").status_code == 303
    assert db.session.scalars(people_of([institution.id])).all() == []
    client.get("/language/zh")
    assert "我同意河内学校" in client.get("/accounts/consents").text
    assert post(client, "/accounts/consents/home/give", {"context": context}).status_code == 303
    assert people.consents_of(actor_of(person))[0].recipient == "河内学校"


def test_nobody_shares_with_an_institution_that_they_do_not_belong_to(client, system):
    institution = make_institution(system)
    sign_in(client, make_person(system))
    sent = {"context": sharing_with(institution.id), "recipient": institution.name_en}
    assert post(client, "/accounts/consents/home/give", sent).status_code == 404


@pytest.mark.parametrize("setting", ["UPLOADS_PER_DAY", "UPLOAD_MB_PER_DAY"])
def test_nobody_uploads_without_end(app, client, system, place, monkeypatch, setting):
    monkeypatch.setitem(app.config, setting, 2)
    sign_in(client, make_person(system))
    answers = []
    for _ in range(3):
        upload = {"role": "", "letter": (io.BytesIO(PDF), "letter.pdf")}  # refused, and counted all the same
        answers.append(post(client, "/institutions/mahidol/join", upload, content_type="multipart/form-data"))
    assert [answer.status_code for answer in answers] == [422] * 3
    told = ["as much as one may in a day" in answer.text for answer in answers]
    assert told == [False, False, True]
    clock.move(timedelta(days=1, minutes=1))
    upload = {"role": "", "letter": (io.BytesIO(PDF), "letter.pdf")}
    again = post(client, "/institutions/mahidol/join", upload, content_type="multipart/form-data")
    assert "as much as one may" not in again.text
