"""Am I eligible? Rule by rule, with reasons, at the right date, without keeping a visitor's answers."""

from dataclasses import replace
from datetime import date

import pytest

from lms.applications import eligibility
from lms.applications.eligibility import Facts, Met, evaluate, facts_from, full_years, is_eligible
from lms.core.db import db
from lms.exchange.models import Application
from lms.exchange.services.calls import DEFAULT_RULES
from tests.exchange.world import GOOD, later, make_scientist, make_world, publish_call
from tests.factories import post, sign_in

ON = date(2027, 3, 3)
PASSWORD = "a-long-pass-phrase"


def _said(kind, facts, *, rules=DEFAULT_RULES, **dates):
    rule = [one for one in rules if one["kind"] == kind]
    return evaluate(rule, facts, applied_on=dates.get("applied_on", ON), closes_on=dates.get("closes_on", ON))[0]


def test_somebody_who_meets_everything_is_eligible():
    assert is_eligible(evaluate(DEFAULT_RULES, GOOD, applied_on=ON, closes_on=ON))


@pytest.mark.parametrize(
    ("born_on", "met"),
    [
        (date(1981, 3, 4), Met.YES),  # 45 until tomorrow
        (date(1981, 3, 3), Met.NO),  # 46 today
        (date(1982, 3, 3), Met.YES),
        (None, Met.UNKNOWN),
    ],
)
def test_age_is_inclusive_and_counted_on_the_day_of_applying(born_on, met):
    outcome = _said("age", replace(GOOD, born_on=born_on))
    assert outcome.met is met
    assert "3 March 2027" in str(outcome.demand)


def test_leap_days_complete_a_year_on_the_first_of_march():
    assert full_years(date(2000, 2, 29), date(2027, 2, 28)) == 26
    assert full_years(date(2000, 2, 29), date(2027, 3, 1)) == 27


def test_age_on_the_closing_day_or_a_fixed_day():
    born = replace(GOOD, born_on=date(1981, 3, 10))
    at_closing = [{"kind": "age", "at_most": 45, "at": "closing"}]
    fixed = [{"kind": "age", "at_most": 45, "at": "2027-03-09"}]
    assert _said("age", born, rules=at_closing, closes_on=date(2027, 3, 10)).met is Met.NO
    assert _said("age", born, rules=fixed, closes_on=date(2027, 3, 10)).met is Met.YES


@pytest.mark.parametrize(
    ("degree", "years", "met"),
    [
        ("doctorate", None, Met.YES),
        ("master", 5, Met.YES),
        ("master", 4, Met.NO),
        ("master", None, Met.UNKNOWN),
        ("", None, Met.UNKNOWN),
    ],
)
def test_degree_or_experience(degree, years, met):
    assert _said("degree_or_experience", replace(GOOD, degree=degree, research_years=years)).met is met


def test_nationality_employment_and_language():
    assert _said("nationality", replace(GOOD, nationality="CN")).met is Met.NO
    assert _said("employed_at_home", replace(GOOD, employer_country="SG")).met is Met.NO
    assert _said("employed_at_home", replace(GOOD, is_full_time=False)).met is Met.NO
    assert _said("language", replace(GOOD, languages={"en": "basic", "zh": "fluent"})).met is Met.YES
    assert _said("language", replace(GOOD, languages={"en": "basic"})).met is Met.NO
    assert _said("language", replace(GOOD, languages={})).met is Met.UNKNOWN


def test_countries_are_called_by_their_names():
    outcome = evaluate(
        [{"kind": "nationality", "countries": ["LA", "TH"]}],
        GOOD,
        applied_on=ON,
        closes_on=ON,
        country_name={"LA": "Laos", "TH": "Thailand"}.__getitem__,
    )[0]
    assert "Laos, Thailand" in str(outcome.demand)
    assert "Thailand" in str(outcome.because)


def test_facts_survive_being_kept():
    assert facts_from(GOOD.as_json()) == GOOD
    assert facts_from(Facts().as_json()) == Facts(languages={})
    assert set(eligibility.RULE_KINDS) == {rule["kind"] for rule in DEFAULT_RULES}


# --- in the browser ---------------------------------------------------------------------------------

FORM = {
    "nationality": "TH", "born_on": "1995-05-17", "degree": "master", "research_years": "2",
    "employer_country": "TH", "is_full_time": "yes", "english": "fluent", "chinese": "",
}  # fmt: skip


@pytest.fixture
def world(system):
    return make_world(system)


def test_a_visitor_learns_rule_by_rule_and_nothing_is_kept(world, client):
    call = publish_call(world)
    path = f"/exchange/calls/{call.ref}/eligibility"
    assert client.get(path).status_code == 200
    page = post(client, path, FORM).text
    assert "Not eligible" in page
    assert "Neither your degree nor your research experience suffices." in page
    assert "You meet every rule" in post(client, path, FORM | {"degree": "doctorate"}).text
    assert db.session.query(Application).count() == 0


def test_a_visitors_answers_come_along_when_they_sign_in(world, client):
    call = publish_call(world)
    path = f"/exchange/calls/{call.ref}/eligibility"
    post(client, path, FORM | {"degree": "doctorate", "employer_country": ""})
    assert 'value="1995-05-17"' in client.get(path).text
    person = make_scientist(world, password=PASSWORD)
    assert post(client, "/accounts/sign-in", {"email": person.email, "password": PASSWORD}).status_code == 303
    page = client.get(path).text
    assert 'value="1995-05-17"' in page
    assert "You meet every rule" in page  # the profile tells the country of the employer
    assert post(client, f"/exchange/calls/{call.ref}/apply").status_code == 303
    application = db.session.query(Application).one()
    assert application.facts["degree"] == "doctorate"
    with client.session_transaction() as session:
        assert "visitor" not in session


def test_a_visitors_answers_are_forgotten_after_a_while(world, client):
    call = publish_call(world)
    path = f"/exchange/calls/{call.ref}/eligibility"
    post(client, path, FORM)
    later(hours=3)
    assert "1995-05-17" not in client.get(path).text


def test_wrong_answers_are_said_beside_their_field(world, client):
    call = publish_call(world)
    sent = post(client, f"/exchange/calls/{call.ref}/eligibility", FORM | {"research_years": "-3", "nationality": "XX"})
    assert sent.status_code == 422
    assert "research-experience" not in sent.text
    assert sent.text.count("field__error") >= 2


def test_a_scientist_starts_with_the_answers(world, client):
    call = publish_call(world)
    person = make_scientist(world, born_on=date(1995, 5, 17))
    sign_in(client, person)
    path = f"/exchange/calls/{call.ref}/eligibility"
    assert "1995-05-17" in client.get(path).text  # the profile tells it
    started = post(client, path, FORM | {"degree": "doctorate", "start": "yes"})
    assert started.status_code == 303
    assert started.headers["Location"].endswith("/facts")
    application = db.session.query(Application).one()
    assert application.facts["degree"] == "doctorate"


def test_an_applicant_who_breaks_a_rule_is_told_on_the_step_itself(world, client):
    call = publish_call(world)
    sign_in(client, make_scientist(world, born_on=date(1995, 5, 17)))
    post(client, f"/exchange/calls/{call.ref}/apply")
    path = f"/exchange/applications/{db.session.query(Application).one().ref}/facts"
    assert "Your nationality is Thailand." in client.get(path).text  # the profile tells it
    assert post(client, path, FORM).headers["Location"].endswith("/facts")
    assert "Not eligible" in client.get(path).text
    assert post(client, path, FORM | {"degree": "doctorate"}).headers["Location"].endswith("/choices")
