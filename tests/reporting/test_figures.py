"""Figures: everybody once, in the right year and group; and small numbers stay in the secretariat."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lms.core import clock
from lms.core.actor import system_actor
from lms.core.db import db
from lms.courses.models import Enrolment
from lms.reporting.queries import UNKNOWN, Filters, count_people
from lms.reporting.rules import SMALLEST_TOLD, hidden
from tests.counting import counted_queries
from tests.courses.factories import join, make_course, make_offering
from tests.exchange.deciding import arrive, placed
from tests.exchange.test_placements import scientist_of
from tests.exchange.world import make_world, publish_call
from tests.factories import actor_of, make_institution, make_person, sign_in
from tests.mentoring import world as mentoring
from tests.portal.test_record import complete


def secretary(system):
    return make_person(system, roles=[("secretariat", "platform", None)])


def rows_of(response):
    return list(csv.reader(io.StringIO(response.get_data(as_text=True).lstrip("\ufeff"))))[1:]


def test_somebody_with_three_courses_is_one_person_trained(system):
    person = make_person(system, institution=make_institution(system, country="LA"), gender="f")
    for title in ("One", "Two", "Three"):
        complete(system, person, title=title)
    join(make_person(system), make_offering(system))  # who has not completed it does not count

    counted = count_people()

    assert counted.totals == {"trained": 1, "any": 1}
    assert counted.groups["country"] == {"LA": {"trained": 1, "any": 1}}
    assert counted.groups["gender"] == {"f": {"trained": 1, "any": 1}}


def test_who_was_trained_and_placed_is_reached_once(system):
    world = make_world(system)
    placement = placed(world, publish_call(world))
    complete(system, scientist_of(placement))
    arrive(world, placement)

    assert count_people().totals == {"trained": 1, "placed": 1, "any": 1}


def test_mentees_count_as_mentored_and_mentors_do_not(system):
    world = mentoring.make_world(system)
    mentorship = mentoring.make_mentorship(world)

    counted = count_people()

    assert counted.totals == {"mentored": 1, "any": 1}
    assert len(counted.groups["year"]) == 1
    assert mentorship.mentor.person_id != mentorship.mentee.person_id


def test_nobody_is_left_out_for_what_is_not_known(system):
    complete(system, make_person(system))

    counted = count_people()

    assert counted.groups["country"] == {UNKNOWN: {"trained": 1, "any": 1}}
    assert counted.groups["gender"] == {UNKNOWN: {"trained": 1, "any": 1}}


def test_the_year_is_that_of_the_center(system):
    person = make_person(system)
    enrolment = complete(system, person)
    for instant, year in (
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), "2026"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027"),
    ):
        db.session.get_one(Enrolment, enrolment.id).completed_at = instant
        db.session.flush()
        assert list(count_people().groups["year"]) == [year]


def test_somebody_counts_once_in_each_sub_centre_of_a_course(system):
    from tests.courses.factories import make_sub_centre

    course = make_course(system)
    course.sub_centres = [make_sub_centre("cdc"), make_sub_centre("tropical")]
    person = make_person(system)
    enrolment = join(person, make_offering(system, course, pass_mark=None))
    from lms.courses import services
    from lms.courses.queries.teaching import steps_of

    services.mark_read(actor_of(person), enrolment, steps_of(course.id)[0])

    counted = count_people()

    assert counted.totals["trained"] == 1
    assert [group["trained"] for group in counted.groups["sub_centre"].values()] == [1, 1]


def test_filters_narrow_every_number(system):
    here, there = make_institution(system, country="LA"), make_institution(system, country="TH")
    complete(system, make_person(system, institution=here, gender="f"))
    complete(system, make_person(system, institution=there, gender="m"))

    counted = count_people(Filters(country="LA"))

    assert counted.totals["trained"] == 1
    assert counted.groups["gender"] == {"f": {"trained": 1, "any": 1}}
    assert count_people(Filters(year=1999)).totals.get("trained", 0) == 0


def test_more_people_ask_no_more_queries(system):
    counts = []
    for _round in range(2):
        for _number in range(3):
            complete(system, make_person(system, institution=make_institution(system), gender="f"))
        clock.move(timedelta(days=400))
        system = system_actor(clock.now())
        with counted_queries() as seen:
            count_people()
        counts.append(len(seen))
    assert counts == [5, 5]


# --- what others are told ---------------------------------------------------------------------------


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=1), st.integers(0, 12), min_size=1))
def test_no_small_number_is_told_and_none_can_be_subtracted(counts):
    kept = hidden(counts, sum(counts.values()))
    told = {key: count for key, count in counts.items() if key not in kept}
    assert all(count == 0 or count >= SMALLEST_TOLD for count in told.values())
    rest = sum(counts.values()) - sum(told.values())
    small = [key for key in kept if counts[key] < SMALLEST_TOLD]
    if small and sum(counts.values()) >= SMALLEST_TOLD:
        assert len(kept) > 1 or rest == 0 or all(not count for count in told.values())


def people_of(system, country, number, gender="f"):
    home = make_institution(system, country=country)
    for _one in range(number):
        complete(system, make_person(system, institution=home, gender=gender))


@pytest.fixture
def browser(system, client):
    return sign_in(client, secretary(system))


def test_what_leaves_the_secretariat_tells_no_small_group(system, browser):
    people_of(system, "LA", 6)
    people_of(system, "TH", 2)

    inside = rows_of(browser.get("/figures/?format=csv"))
    outside = rows_of(browser.get("/figures/?format=csv&for=others"))

    assert ["Trained", "Country", "Thailand", "2"] in [row[:4] for row in inside]
    told = {row[2]: row[3] for row in outside if row[:2] == ["Trained", "Country"]}
    assert set(told.values()) == {"fewer than 5"}  # 6 is kept back too: with the total of 8, it would tell the 2
    assert ["Trained", "", "All people", "8"] in [row[:4] for row in outside]


def test_the_version_for_others_is_never_narrowed(system, browser):
    people_of(system, "LA", 6)
    people_of(system, "TH", 7)
    narrowed = rows_of(browser.get("/figures/?format=csv&for=others&country=LA"))
    assert ["Trained", "", "All people", "13"] in [row[:4] for row in narrowed]


def test_the_page_shows_each_figure_with_its_definition_plot_and_table(system, browser):
    people_of(system, "LA", 6)
    page = browser.get("/figures/").get_data(as_text=True)
    assert "People who completed at least one short course." in page
    for name in ("people-country", "people-year", "people-gender", "people-sub-centre"):
        assert f'id="plot-{name}"' in page
    one = rows_of(browser.get("/figures/?plot=people-gender"))
    assert one[0][:2] == ["Female", "6"]


def test_the_spreadsheet_holds_numbers_as_numbers(system, browser):
    people_of(system, "LA", 6)
    content = browser.get("/figures/?format=xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["Figure", "By", "Group", "People"]
    assert rows[1][3] == 6


def test_an_empty_platform_has_figures_too(browser):
    for version in ("", "?for=others", "?year=abc&sub_centre=99999999999999999999&gender=q&country=%00"):
        assert browser.get(f"/figures/{version}").status_code == 200


def test_figures_are_for_the_secretariat_alone(system, client):
    person = make_person(system, roles=[("coordinator", "institution", make_institution(system).id)])
    assert sign_in(client, person).get("/figures/").status_code == 403
