"""Forms of a page that somebody else was faster on: what was typed is kept, and what differs is told."""

import pytest

from lms.accounts import services as accounts
from lms.applications.apply_forms import StatementForm
from lms.core.web.stale import differences
from lms.courses.forms import question_form
from tests.factories import make_institution, make_person, post, sign_in

PROFILE = {
    "name": "Lan Pham", "name_local": "", "name_local_lang": "", "name_zh": "", "called": "Dr Lan",
    "passport_family": "", "passport_given": "", "gender": "f", "language": "en", "zone": "Asia/Bangkok",
}  # fmt: skip


@pytest.fixture
def lan(system):
    return make_person(system, name="Lan Pham", zone="Asia/Bangkok", gender="f")


def save(client, **changes):
    return post(client, "/accounts/profile", PROFILE | changes)


def version_in(page):
    return page.split('name="version"')[1].split('value="')[1].split('"')[0]


def test_what_was_typed_is_kept_and_what_differs_is_told(client, lan):
    sign_in(client, lan)
    seen = str(lan.version)
    assert save(client, version=seen, called="Theirs", gender="x").status_code == 303
    answer = save(client, version=seen, called="Mine", name_zh="兰")
    assert answer.status_code == 409
    page = answer.text
    assert 'value="Mine"' in page
    assert 'value="兰"' in page
    assert "Stored now: Theirs" in page
    assert "Stored now: Other" in page
    assert "Stored now: nothing" in page
    assert page.count("Stored now") == 6, "each difference once above the form and once beside its field"
    assert 'href="/accounts/profile"' in page
    assert lan.called == "Theirs"


def test_the_next_press_saves_over_it(client, lan):
    sign_in(client, lan)
    seen = str(lan.version)
    save(client, version=seen, called="Theirs")
    page = save(client, version=seen, called="Mine").text
    assert save(client, version=version_in(page), called="Mine").status_code == 303
    assert lan.called == "Mine"
    assert save(client, version=version_in(page), called="Late").status_code == 409
    assert lan.called == "Mine"


def test_a_long_text_tells_only_the_lines_that_are_missing(app):
    with app.test_request_context(method="POST", data={"statement": "first\nmine\nthird"}):
        form = StatementForm(statement="first\nsecond\nthird")
        ((field, told),) = differences(form)
        assert (field.name, str(told)) == ("statement", "Stored now: second")


def test_what_was_never_stored_is_no_difference(app):
    with app.test_request_context(method="POST", data={"option_1": "Yes", "right_1": "y", "points": "1"}):
        form = question_form("single_choice")
        for name, stored in (("option_1", "Yes"), ("right_1", True), ("points", 1)):
            form[name].object_data = stored
        assert differences(form) == []


def test_a_decision_on_a_stale_page_keeps_its_reason(client, system):
    institution = make_institution(system, state="proposed", slug="some-place")
    sign_in(client, make_person(system, roles=[("secretariat", "platform", None)]))
    sent = {"decline-version": str(institution.version), "decline-reason": "It is a ministry's department."}
    institution.version += 1
    again = post(client, "/institutions/proposals/some-place/do/decline", sent)
    assert again.status_code == 422
    assert "It is a ministry&#39;s department." in again.text
    assert "Somebody changed this meanwhile" in again.text
    institution.state = "confirmed"
    late = post(client, "/institutions/proposals/some-place/do/decline", sent)
    assert late.status_code == 409
    assert "What you entered" in late.text
    assert "It is a ministry&#39;s department." in late.text


def test_a_text_sent_to_what_takes_none_any_more_can_be_copied(client, system):
    """A form that was made without the version of its subject is gone with its page, but not what was typed."""
    person = make_person(system)
    sign_in(client, person)
    invitee = make_person(system, roles=[("admin", "platform", None)])
    accounts.suspend(system, person=person, reason="left")
    answer = post(sign_in(client, invitee), f"/accounts/people/{person.ref}/suspend", {"reason": "left in May"})
    assert answer.status_code == 409
    assert "left in May" in answer.text
