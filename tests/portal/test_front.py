"""Home, search over everything, and the catalogues that are still empty."""

import pytest
from flask.testing import FlaskClient

from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.courses import services
from lms.institutions.indexing import index_institution
from lms.institutions.models import SubCentre
from lms.portal import network
from tests.courses.factories import make_course
from tests.factories import make_institution, make_person, sign_in


@pytest.fixture
def centre(system: Actor) -> SubCentre:
    row = SubCentre(code="health-big-data", name_en="Health Big Data", name_zh="健康大数据", position=1)
    db.session.add(row)
    db.session.flush()
    return row


def test_home_promises_and_leads_on(client: FlaskClient, system: Actor, centre: SubCentre):
    make_institution(system, country="LA")
    page = client.get("/")
    assert page.status_code == 200
    assert "健康大数据" in page.text
    assert 'href="/centres/health-big-data"' in page.text
    assert "Register" in page.text
    assert "Laos" in page.text


def test_home_leads_those_who_are_signed_in_to_their_dashboard(client: FlaskClient, system: Actor):
    assert "To your dashboard" in sign_in(client, make_person(system)).get("/").text


def test_home_costs_few_queries_whatever_there_is(client: FlaskClient, system: Actor, centre, counted):
    client.get("/")
    assert client.get("/").status_code == 200
    few = counted(lambda: client.get("/"))
    for country in ("LA", "TH", "VN", "MM", "CN"):
        for _ in range(6):
            make_institution(system, country=country)
    assert counted(lambda: client.get("/")) == few <= 12


def test_search_finds_in_the_own_script(client: FlaskClient, system: Actor):
    index_institution(make_institution(system, name="Mahidol University", name_local="มหาวิทยาลัยมหิดล", local_lang="th"))
    assert "Mahidol University" in client.get("/search?q=มหิดล").text
    assert "Nothing found" in client.get("/search?q=xyzzy").text


def test_search_without_words_asks_for_some(client: FlaskClient):
    assert "Type a word above." in client.get("/search").text
    assert client.get("/search?q=%20&kind=course").status_code == 200


def test_search_hides_what_is_not_public(client: FlaskClient, system: Actor):
    institution = make_institution(system, name="Hidden University", state="proposed")
    search.index("institution", institution.id, title=institution.name_en)
    assert "Hidden University" not in client.get("/search?q=hidden").text.replace("Search: hidden", "")
    index_institution(make_institution(system, name="Hidden Lake University"))
    assert '<span class="number">1</span>' in client.get("/search?q=hidden").text


def test_all_of_one_kind_in_pages(client: FlaskClient, system: Actor):
    for number in range(25):
        index_institution(make_institution(system, name=f"Institute number {number:02} of epidemiology"))
    first = client.get("/search?q=epidemiology&kind=institution").text
    assert first.count("of epidemiology") == 20
    second = client.get("/search?q=epidemiology&kind=institution&page=2").text
    assert second.count("of epidemiology") == 5
    assert "Previous" in second
    assert "Show all of this kind" in client.get("/search?q=epidemiology").text


@pytest.mark.parametrize("asked", ["kind=nonsense", "page=-1", "page=x", "kind=course&page=999999999"])
def test_strange_addresses_do_no_harm(client: FlaskClient, asked):
    assert client.get(f"/search?q=a&{asked}").status_code == 200


def test_script_in_the_words_is_shown_as_text(client: FlaskClient):
    assert "<script>alert" not in client.get("/search?q=<script>alert(1)</script>").text


@pytest.mark.parametrize(
    ("path", "says"),
    [("/programmes/", "Nothing matches"), ("/mentoring/", "No scheme matches")],
)
def test_empty_catalogues_stand_and_say_so(client: FlaskClient, centre, path, says):
    page = client.get(f"{path}?q=malaria&sub_centre=health-big-data").text
    assert says in page
    assert 'value="malaria"' in page
    assert "Health Big Data" in page


def test_a_sub_research_centre_shows_what_is_offered_in_its_field(client: FlaskClient, system: Actor, centre):
    course = make_course(system)
    services.publish(system, course)
    course.sub_centres = [centre]
    db.session.flush()
    page = client.get(f"/centres/{centre.code}")
    assert page.status_code == 200
    assert course.title_en in page.text
    assert "No open call has a post of this centre." in page.text
    assert client.get("/centres/nowhere").status_code == 404


def test_the_network_is_a_figure_and_a_table(client: FlaskClient, system: Actor):
    for _ in range(3):
        make_institution(system, country="LA")

    page = client.get("/").text

    assert 'role="img" aria-label="The network as a figure' in page
    row = page[page.index('href="/institutions/?country=LA"') :]
    assert "<span>3</span>" in row[: row.index("</tr>")]


def test_a_long_name_is_broken_between_words_only():
    assert network.label_lines("Lao People's Democratic Republic") == ["Lao People's", "Democratic", "Republic"]
    assert network.label_lines("中国") == ["中国"]


def test_names_in_the_figure_stand_outside_of_its_circle():
    counts = [network.CountryCount(None, number, 0, 0) for number in range(12)]

    nodes = network.nodes(counts)

    assert nodes[-1].radius > nodes[0].radius
    assert all((node.anchor == "start") == (node.label_x > node.x > network.WIDTH / 2) for node in nodes)
