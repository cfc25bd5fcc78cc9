"""Names, titles, consents, and who opened one's files."""

import io

import pytest

from lms.accounts import names, queries, services
from lms.accounts.consents import SUBMISSION, Consenting
from lms.accounts.rules import browser_name
from lms.core import storage
from lms.core.db import db
from lms.core.errors import Conflict
from tests.factories import actor_of, make_institution, make_person, post, sign_in

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def save(client, person, **changes):
    form = {
        "version": str(person.version),
        "name": person.name,
        "language": "en",
        "zone": "Asia/Vientiane",
        "name_local": "ສຸພາພອນ",
        "name_local_lang": "lo",
    }
    return post(client, "/accounts/profile", form | changes)


def test_names_are_kept_as_given_and_previewed(client, system):
    person = make_person(system, name="Nguyễn Thị Hồng Hạnh")
    sign_in(client, person)
    assert save(client, person, passport_family="NGUYEN", passport_given="THI HONG HANH", name_zh="阮氏红幸").location
    page = client.get("/accounts/profile").text
    assert "NGUYEN, THI HONG HANH" in page
    assert "阮氏红幸" in page
    assert person.name == "Nguyễn Thị Hồng Hạnh"
    assert [name["lang"] for name in person.names] == ["en", "lo", "zh-Hans"]


@pytest.mark.parametrize(("family", "given"), [("SUHARTO", ""), ("", "SUHARTO")])
def test_a_single_name_stays_single(system, family, given):
    person = make_person(system, name="Suharto", passport_family=family, passport_given=given)
    assert names.passport_name(person) == "SUHARTO"
    assert names.certificate_name(person, "zh") == "Suharto"


def test_titles_stand_where_each_language_puts_them(client, system):
    person = make_person(system, name="Li Ming", name_zh="李明")
    sign_in(client, person)
    assert post(client, "/accounts/titles/en", {"en-before": "Dr", "en-after": ""}).status_code == 303
    assert post(client, "/accounts/titles/zh", {"zh-before": "", "zh-after": "教授"}).status_code == 303
    mine = queries.myself(actor_of(person))
    assert names.formal_name(mine, "en") == "Dr Li Ming"
    assert names.formal_name(mine, "zh") == "李明教授"
    post(client, "/accounts/titles/en", {"en-before": "", "en-after": ""})
    db.session.expire_all()
    assert names.formal_name(queries.myself(actor_of(person)), "en") == "Li Ming"
    assert post(client, "/accounts/titles/xx", {"xx-before": "Dr"}).status_code == 422


def test_a_stale_window_does_not_overwrite(client, system):
    person = make_person(system)
    sign_in(client, person)
    stale = person.version
    assert save(client, person).status_code == 303
    assert save(client, person, version=str(stale), called="Old").status_code == 409
    with pytest.raises(Conflict):
        services.update_profile(actor_of(person), version=stale, values={"name_local": "", "name_local_lang": ""})


def test_a_local_name_needs_its_language(client, system):
    person = make_person(system)
    answer = save(sign_in(client, person), person, name_local_lang="")
    assert (answer.status_code, "Choose the language of this name" in answer.text) == (422, True)


def test_withdrawing_a_consent_leaves_the_account(client, system):
    person = make_person(system)
    consenting = Consenting(SUBMISSION.name, "Host University", "CN", "en", "call:1")
    consent = services.give_consent(actor_of(person), person_id=person.id, consenting=consenting)
    assert services.give_consent(actor_of(person), person_id=person.id, consenting=consenting) is consent
    assert queries.has_consent(person.id, "submission", context="call:1")
    sign_in(client, person)
    assert "Host University in China may receive" in client.get("/accounts/consents").text
    assert post(client, f"/accounts/consents/{consent.id}/withdraw").status_code == 303
    assert not queries.has_consent(person.id, "submission")
    assert "Withdrawn on" in client.get("/accounts/consents").text
    assert services.give_consent(actor_of(person), person_id=person.id, consenting=consenting) is not consent


def test_a_withdrawn_consent_is_given_again_to_the_same_recipient(client, system):
    person = make_person(system)
    for host in ("Host University", "Other University"):
        consenting = Consenting(SUBMISSION.name, host, "CN", "en", "application:abc")
        consent = services.give_consent(actor_of(person), person_id=person.id, consenting=consenting)
    sign_in(client, person)
    again = {"context": "application:abc", "recipient": "Other University"}
    assert post(client, "/accounts/consents/submission/give", again).status_code == 404, "it holds"
    post(client, f"/accounts/consents/{consent.id}/withdraw")
    assert not queries.has_consent(person.id, "submission", recipient="Other University")
    assert post(client, "/accounts/consents/submission/give", again).status_code == 303
    assert queries.has_consent(person.id, "submission", recipient="Other University")


def test_nobody_withdraws_somebody_elses_consent(client, system):
    person = make_person(system)
    consenting = Consenting(SUBMISSION.name, "Host University", "CN", "en")
    consent = services.give_consent(actor_of(person), person_id=person.id, consenting=consenting)
    sign_in(client, make_person(system))
    assert post(client, f"/accounts/consents/{consent.id}/withdraw").status_code == 404


def test_an_optional_consent_can_be_given_later(client, system):
    person = make_person(system)
    sign_in(client, person)
    assert post(client, "/accounts/consents/news/give").status_code == 303
    assert queries.has_consent(person.id, "news")
    assert post(client, "/accounts/consents/submission/give").status_code == 404


def test_what_was_withdrawn_by_mistake_can_be_given_again(client, system):
    person = make_person(system)
    consenting = Consenting("account", "the Center", "CN", "en")
    consent = services.give_consent(actor_of(person), person_id=person.id, consenting=consenting)
    sign_in(client, person)
    assert post(client, f"/accounts/consents/{consent.id}/withdraw").status_code == 303
    assert "may keep my account" in client.get("/accounts/consents").text.split("You can also agree to")[1]
    assert post(client, "/accounts/consents/account/give").status_code == 303
    assert queries.has_consent(person.id, "account")


def test_the_owner_sees_every_opening(client, system, count_queries):
    owner, opener = (
        make_person(system),
        make_person(system, name="Coordinator Zhao", institution=make_institution(system, name="Fudan", country="CN")),
    )
    staged = storage.stage(io.BytesIO(PDF), "passport.pdf", kinds=frozenset({"pdf"}))
    file = storage.attach(staged, owner_id=owner.id, purpose="test.file", is_personal=True, now=system.now)
    for _ in range(2):
        storage.record_opening(db.session(), file, actor_of(opener))
    sign_in(client, owner)
    page = client.get("/accounts/openings").text
    for shown in ("passport.pdf", "Coordinator Zhao", "Fudan", "China"):
        assert shown in page
    csv = client.get("/accounts/openings?format=csv").text
    assert csv.count("Coordinator Zhao") == 2
    assert "passport.pdf" not in sign_in(client, opener).get("/accounts/openings").text


@pytest.mark.parametrize(
    "path", ["/accounts/profile", "/accounts/security", "/accounts/consents", "/accounts/openings"]
)
def test_a_visitor_is_asked_to_sign_in(client, path):
    assert client.get(path).location.startswith("/accounts/sign-in")


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0", "WeChat, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130", "Edge, Windows"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_called_as_people_call_it(user_agent, name):
    assert browser_name(user_agent) == name
