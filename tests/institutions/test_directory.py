"""The public directory, proposals, corrections and official names."""

import re
from html import unescape

import pytest

from lms.core import search, settings, waiting
from lms.core.db import db
from lms.institutions import queries, services
from lms.institutions.models import Institution
from tests.accounts.test_registration import mails
from tests.factories import actor_of, make_country, make_institution, make_person, post, sign_in

PROPOSAL = {
    "name_en": "Provincial Health Office of Luang Prabang",
    "kind": "ministry",
    "country_code": "LA",
    "city": "Luang Prabang",
    "website": "https://health.example.la",
    "source": "https://health.example.la/about",
    "name_local": "",
    "local_lang": "",
    "name_zh": "",
}


@pytest.fixture
def secretariat(system):
    return make_person(system, roles=[("secretariat", "platform", None)])


@pytest.fixture
def delivered(system):
    services.load_reference_data(system)


def test_loading_twice_adds_nothing_and_keeps_corrections(system):
    assert services.load_reference_data(system) > 250
    mahidol = queries.institution_by_slug("mahidol-university")
    mahidol.city = "Salaya"
    assert services.load_reference_data(system) == 0
    assert mahidol.city == "Salaya"
    states = {country.code for country in queries.countries()}
    assert len(states) == 12
    assert len(queries.sub_centres()) == 10
    center = queries.institution_by_slug("peking-university-health-science-center")
    assert queries.institutions([center.parent_id])[center.parent_id].slug == "peking-university"


def test_the_command_loads(app, session):
    result = app.test_cli_runner().invoke(args=["institutions", "load"])
    assert result.exit_code == 0
    assert result.output.startswith("added ")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=mahidol", "Mahidol University"),
        ("q=北京大学", "Peking University"),
        ("q=มหาวิทยาลัยมหิดล", "Mahidol University"),
        ("q=mahidol.ac.th", "Mahidol University"),
        ("country=BN&kind=ministry", "Ministry of Health"),
        ("member=yes", "Siriraj"),
    ],
)
def test_it_is_found_in_every_script_and_by_filters(client, delivered, asked, found):
    page = client.get(f"/institutions/?{asked}").text
    assert found in page
    assert "Universiti Kebangsaan" not in page


def test_nothing_found_offers_to_propose(client, delivered):
    page = client.get("/institutions/?q=atlantis").text
    assert "No institution fits" in page
    assert "/institutions/propose?name=atlantis" in page


def test_the_directory_leaves_as_csv(client, delivered):
    lines = client.get("/institutions/?country=LA&format=csv").text.splitlines()
    assert lines[0].startswith("\ufeffInstitution,")
    assert len(lines) == 10
    client.get("/language/zh?next=/")
    lines = client.get("/institutions/?country=LA&format=csv").text.splitlines()
    assert "老挝" in lines[1]


def test_pages_of_the_directory_meet(client, delivered):
    seen, path = set(), "/institutions/"
    while path:
        page = client.get(path).text
        here = {part.split('"')[0] for part in page.split('class="stretched" href="/institutions/')[1:]}
        assert not here & seen
        seen |= here
        following = page.split('rel="next"')[0].rpartition('href="')[2].split('"')[0] if 'rel="next"' in page else ""
        path = following.replace("&amp;", "&")
    assert len(seen) == 166


def test_the_directory_costs_the_same_however_long_it_is(client, system, count_queries):
    counts = []
    for number in range(30):
        make_institution(system)
        if number in (0, 29):
            db.session.commit()
            with count_queries() as seen:
                client.get("/institutions/")
            counts.append(len(seen))
    assert counts[0] == counts[1]


def test_membership_is_not_confirmed_without_a_source(client, system, delivered):
    assert "Not confirmed" in client.get("/institutions/fudan-university").text
    assert "Source</a>" in client.get("/institutions/mahidol-university").text


def test_a_proposal_waits_for_the_secretariat_and_is_seen_by_nobody_else(client, system, secretariat):
    make_country("LA")
    person = make_person(system, email="lan@example.test")
    sign_in(client, person)
    answer = post(client, "/institutions/propose", PROPOSAL)
    here = "/institutions/provincial-health-office-of-luang-prabang"
    assert answer.location == f"{here}/join"
    assert "has not confirmed" in client.get(here).text
    assert [item.kind for item in waiting.items_for(actor_of(secretariat))] == ["institution_proposal"]
    sign_in(client, make_person(system))
    assert client.get(here).status_code == 404
    assert "Luang Prabang" not in client.get("/institutions/?q=luang").text
    assert client.get("/institutions/proposals/").status_code == 403
    sign_in(client, secretariat)
    assert "Luang Prabang" in client.get("/institutions/proposals/").text
    page = client.get("/institutions/proposals/provincial-health-office-of-luang-prabang").text
    assert "lan@example.test" in page
    do = "/institutions/proposals/provincial-health-office-of-luang-prabang/do"
    assert post(client, f"{do}/confirm", {"confirm-version": "1"}).status_code == 303
    assert post(client, f"{do}/confirm", {"confirm-version": "1"}).status_code == 409
    assert waiting.items_for(actor_of(secretariat)) == []
    assert "Luang Prabang" in client.get("/institutions/?q=luang").text
    assert "is confirmed" in mails("lan@example.test")[-1].subject


def test_a_declined_proposal_gives_its_reason_and_ends_what_hung_on_it(client, system, secretariat):
    make_country("LA")
    person = make_person(system, email="lan@example.test")
    actor = actor_of(person)
    institution = services.propose(actor, values=PROPOSAL)
    services.join(actor, institution=institution, role="student")
    assert person.home_institution_id == institution.id
    sign_in(client, secretariat)
    do = f"/institutions/proposals/{institution.slug}/do/decline"
    assert post(client, do, {"decline-version": "1"}).status_code == 422, "a reason is needed"
    assert post(client, do, {"decline-version": "1", "decline-reason": "There already"}).status_code == 303
    assert person.home_institution_id is None
    assert queries.home_of(person.id) is None
    assert "There already" in mails("lan@example.test")[-1].body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_en", ""),
        ("kind", "army"),
        ("country_code", "US"),
        ("website", "javascript:alert(1)"),
        ("website", "javascript://example.org/%0aalert(1)"),
        ("source", ""),
    ],
)
def test_a_bad_proposal_is_refused_and_kept(client, system, field, value):
    make_country("LA")
    sign_in(client, make_person(system))
    answer = post(client, "/institutions/propose", PROPOSAL | {field: value})
    assert answer.status_code == 422
    assert "Luang Prabang" in answer.text
    assert db.session.query(Institution).count() == 0


def test_what_is_there_is_not_proposed_again(client, system):
    make_institution(system, name=PROPOSAL["name_en"], country="LA")
    sign_in(client, make_person(system))
    answer = post(client, "/institutions/propose", PROPOSAL | {"name_en": PROPOSAL["name_en"].upper()})
    assert "There is one of this name already" in answer.text


def test_the_secretariat_corrects_and_search_follows(client, system, secretariat):
    institution = make_institution(system, name="Old Name", slug="some-place")
    sign_in(client, secretariat)
    form = PROPOSAL | {
        "name_en": "New Name",
        "country_code": "TH",
        "version": "1",
        "membership": "",
        "domain": "new.ac.th",
    }
    make_country("TH")
    assert client.get("/institutions/some-place/edit").status_code == 200
    no_source = post(client, "/institutions/some-place/edit", form | {"membership": "yes"})
    assert "Name the page or document" in no_source.text
    assert post(client, "/institutions/some-place/edit", form).status_code == 303
    assert post(client, "/institutions/some-place/edit", form).status_code == 409, "a stale page"
    assert (institution.name_en, institution.domain) == ("New Name", "new.ac.th")
    assert db.session.scalars(search.match(queries.INDEX, "new name")).all() == [institution.id]
    sign_in(client, make_person(system))
    assert client.get("/institutions/some-place/edit").status_code == 403


def test_official_names_are_set_by_the_secretariat(client, system, secretariat):
    country = make_country("TH")
    sign_in(client, secretariat)
    assert "ASEAN-China Public Health" in client.get("/institutions/official-names").text
    form = {"name_en": "The Center", "name_zh": "中心"}
    assert post(client, "/institutions/official-names", form).status_code == 303
    assert "The Center</p>" in client.get("/institutions/").text
    assert settings.center_names() == {"en": "The Center", "zh": "中心"}
    names = {"name_en": "Kingdom of Thailand", "name_zh": "泰王国", "name_local": "ราชอาณาจักรไทย"}
    assert post(client, "/institutions/countries/TH", names).status_code == 303
    assert country.name_en == "Kingdom of Thailand"
    assert post(client, "/institutions/countries/TH", names | {"name_zh": ""}).status_code == 422
    assert client.get("/institutions/countries/XX").status_code == 404
    sign_in(client, make_person(system))
    for path in ("/institutions/official-names", "/institutions/countries/TH"):
        assert client.get(path).status_code == 403


def test_the_directory_is_sorted_as_asked_and_taken_out_like_that(client, system):
    for name, country in (("Beta", "TH"), ("Alpha", "VN"), ("Gamma", "LA")):
        make_institution(system, name=f"{name} University", country=country)

    def names(address: str) -> list[str]:
        return [row.split(",")[0].split()[0] for row in client.get(address).text.splitlines()[1:]]

    assert names("/institutions/?format=csv") == ["Gamma", "Beta", "Alpha"]
    assert names("/institutions/?format=csv&sort=-name") == ["Gamma", "Beta", "Alpha"]
    assert names("/institutions/?format=csv&sort=name") == ["Alpha", "Beta", "Gamma"]
    assert names("/institutions/?format=csv&sort=nonsense") == ["Gamma", "Beta", "Alpha"]
    page = client.get("/institutions/?sort=name").text
    assert page.index("Alpha") < page.index("Beta") < page.index("Gamma")
    assert "3 entries" in page


def test_a_page_of_one_order_is_no_page_of_another(client, system):
    for number in range(25):
        make_institution(system, name=f"University {number}", country="LA")
    first = client.get("/institutions/?sort=name").text
    following = unescape(re.search(r'href="([^"]+)"[^>]* rel="next"', first)[1])

    assert client.get(following).status_code == 200
    assert client.get(following.replace("sort=name", "sort=-name")).status_code == 422
