"""The home side's word by three routes: in the platform, by a signed link, on a sealed sheet."""

import io
import re
from datetime import timedelta

import pytest

from lms.accounts.models import Consent
from lms.applications.flow import ENDORSEMENT
from lms.applications.queries.endorsements import endorsements_of, live_endorsement
from lms.applications.services import endorsements as services
from lms.core import waiting, workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted
from lms.core.outbox import relay
from lms.core.storage import openings_of
from lms.exchange.queries.applying import own_application
from lms.exchange.services import applying
from tests.exchange.world import (
    PDF,
    apply,
    fill_in,
    later,
    mails,
    make_scientist,
    make_world,
    publish_call,
    staged,
    submit,
)
from tests.factories import actor_of, make_institution, make_person, post, sign_in

LINK = {
    "route": "link", "office": "Ministry of Health", "name": "Director Somsak", "email": "somsak@moh.example",
    "language": "en",
}  # fmt: skip
SHEET = {"route": "sheet", "office": "National Science Fund"}


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world)


def _token(mail):
    return re.search(r"/endorsements/link/(\S+)", mail.body)[1]


# --- in the platform --------------------------------------------------------------------------------


def test_the_office_endorses(world, call):
    application = apply(world, call)
    endorsement = live_endorsement(application)
    services.decide(actor_of(world.coordinator), endorsement, gives=True, version=None)
    assert endorsement.state == "given"
    assert waiting.items_for(actor_of(world.coordinator)) == []
    assert len(mails("You are endorsed")) == 1


def test_a_refusal_needs_a_reason_and_lets_the_applicant_choose_again(world, call):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    endorsement = live_endorsement(application)
    with pytest.raises(Invalid):
        services.decide(actor_of(world.coordinator), endorsement, gives=False, version=None)
    services.decide(actor_of(world.coordinator), endorsement, gives=False, reason="Needed here", version=None)
    assert "Needed here" in mails("Your endorsement was refused")[0].body
    assert [item.kind for item in waiting.items_for(actor_of(person))] == ["ask_endorsement_again"]
    application = own_application(actor_of(person), application.ref)
    again = services.ask_another_way(actor_of(person), application, wish=SHEET)
    assert again.route == "sheet"
    assert [item.kind for item in waiting.items_for(actor_of(person))] == ["hand_in_sheet"]


def test_nobody_else_and_not_the_applicant_decides(world, call):
    application = apply(world, call)
    endorsement = live_endorsement(application)
    stranger = make_person(world.system, institution=make_institution(world.system), affiliation="coordinator")
    with pytest.raises(NotPermitted):
        services.decide(actor_of(stranger), endorsement, gives=True, version=None)
    world.coordinator.nationality = "TH"
    own = submit(world.coordinator, _with_second_coordinator(world, call))
    with pytest.raises(NotPermitted):
        services.decide(actor_of(world.coordinator), live_endorsement(own), gives=True, version=None)


def _with_second_coordinator(world, call):
    with pytest.raises(Invalid):  # alone in the office, nobody could endorse
        fill_in(world.coordinator, call, world.posts)
    make_person(world.system, institution=world.home, affiliation="coordinator")
    application = applying.start_application(actor_of(world.coordinator), call)
    applying.withdraw(actor_of(world.coordinator), application, version=None)
    return fill_in(world.coordinator, call, world.posts)


def test_reminders_go_out_twice_and_it_expires_once(world, call):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    later(days=15)
    assert len(mails("Reminder: the endorsement")) == 1
    later(days=5)
    assert len(mails("Reminder: the endorsement")) == 2
    later(days=3)
    assert len(mails("Nobody answered your request")) == 1
    assert endorsements_of(application)[0].state == "expired"
    relay.run_until_idle()
    assert len(mails("Nobody answered your request")) == 1


# --- by a signed link -------------------------------------------------------------------------------


def test_a_ministry_endorses_without_an_account(world, call, client):
    application = apply(world, call, wish=LINK)
    (mail,) = mails("Request for endorsement")
    assert mail.to_address == "somsak@moh.example"
    path = f"/endorsements/link/{_token(mail)}"
    for _scan in range(3):  # scanners open links; nothing happens
        page = client.get(path)
    assert page.status_code == 200
    assert "Ministry of Health" in page.text
    assert "Dengue surveillance" in page.text
    assert live_endorsement(application).state == "requested"
    assert post(client, path, {"decision": "give"}).status_code == 422  # not entitled
    assert post(client, path, {"decision": "refuse", "is_entitled": "y"}).status_code == 422
    done = post(client, path, {"decision": "give", "is_entitled": "y"})
    assert done.status_code == 200
    assert "You have endorsed" in done.text
    assert endorsements_of(application)[0].state == "given"
    again = post(client, path, {"decision": "refuse", "reason": "No", "is_entitled": "y"})
    assert "You have endorsed" in again.text
    assert endorsements_of(application)[0].state == "given"


def test_used_expired_cancelled_and_unknown_links_say_so(world, call, client):
    person = make_scientist(world)
    application = apply(world, call, person=person, wish=LINK)
    path = f"/endorsements/link/{_token(mails('Request for endorsement')[0])}"
    services.ask_another_way(actor_of(person), application, wish=SHEET)
    assert "no longer needed" in client.get(path).text
    unknown = client.get("/endorsements/link/nonsense")
    assert unknown.status_code == 404
    assert "does not work" in unknown.text


def test_an_expired_link_does_not_act(world, call, client):
    apply(world, call, wish=LINK)
    path = f"/endorsements/link/{_token(mails('Request for endorsement')[0])}"
    later(days=23)
    sent = post(client, path, {"decision": "give", "is_entitled": "y"})
    assert "has expired" in sent.text


def test_a_link_can_be_sent_again_once_a_day(world, call, client):
    person = make_scientist(world)
    application = apply(world, call, person=person, wish=LINK)
    first = _token(mails("Request for endorsement")[0])
    endorsement = live_endorsement(application)
    sign_in(client, person)
    path = f"/endorsements/{endorsement.ref}/mine"
    assert post(client, f"{path}/send-again").status_code == 422
    later(days=2)
    assert post(client, f"{path}/send-again").status_code == 303
    second = _token(mails("Reminder: request for endorsement")[-1])
    assert client.get(f"/endorsements/link/{first}").status_code == 404
    assert client.get(f"/endorsements/link/{second}").status_code == 200
    assert second not in client.get(path).text  # the applicant never sees the secret


def test_token_pages_are_limited(world, client):
    codes = [post(client, f"/endorsements/link/guess-{number}").status_code for number in range(61)]
    assert codes[-1] == 429


def test_one_cannot_endorse_oneself(world, call):
    person = make_scientist(world)
    application = applying.start_application(actor_of(person), call)
    with pytest.raises(Invalid):
        applying.save_wish(actor_of(person), application, version=None, wish=LINK | {"email": person.email.upper()})


# --- on a sealed sheet ------------------------------------------------------------------------------


def _hand_in(client, endorsement):
    files = {"sheet": (io.BytesIO(PDF), "sheet.pdf"), "version": str(endorsement.version)}
    return post(client, f"/endorsements/{endorsement.ref}/mine/sheet", files)


def test_a_sheet_is_printed_sealed_handed_in_and_checked(world, call, client):
    person = make_scientist(world, name_local="มาลี", name_local_lang="th")
    application = apply(world, call, person=person, wish=SHEET)
    endorsement = live_endorsement(application)
    sign_in(client, person)
    base = f"/endorsements/{endorsement.ref}"
    assert endorsement.code in client.get(f"{base}/mine").text
    printed = client.get(f"{base}/mine/sheet.pdf")
    assert printed.status_code == 200
    assert printed.data.startswith(b"%PDF")
    public = client.get(f"/endorsements/sheet/{endorsement.code.lower()}")
    assert "National Science Fund" in public.text
    client.get("/accounts/sign-out")
    wrong = {"sheet": (io.BytesIO(b"MZ"), "sheet.pdf")}
    assert post(client, f"{base}/mine/sheet", wrong).status_code == 422
    assert _hand_in(client, endorsement).status_code == 303

    sign_in(client, world.secretary)
    assert person.name in client.get("/endorsements/sheets/").text
    assert client.get(f"{base}/check").status_code == 200
    assert client.get(f"{base}/file").status_code == 200
    assert post(client, f"{base}/check", {"decision": "refuse_sheet"}).status_code == 422
    assert post(client, f"{base}/check", {"decision": "refuse_sheet", "reason": "No seal"}).status_code == 303
    assert "No seal" in mails("Another endorsement sheet is needed")[0].body

    sign_in(client, person)
    assert "No seal" in client.get(f"{base}/mine").text
    db.session.refresh(endorsement)
    assert _hand_in(client, endorsement).status_code == 303
    sign_in(client, world.secretary)
    assert post(client, f"{base}/check", {"decision": "accept_sheet"}).status_code == 303
    db.session.refresh(endorsement)
    assert (endorsement.state, endorsement.reason) == ("given", "")


def test_the_public_check_names_nobody(world, call, client):
    person = make_scientist(world, name="Xavier Unmistakable")
    application = apply(world, call, person=person, wish=SHEET)
    page = client.get(f"/endorsements/sheet/{live_endorsement(application).code}")
    assert "Unmistakable" not in page.text
    assert client.get("/endorsements/sheet/AAAA-BBBB-CCCC").status_code == 404


# --- pages ------------------------------------------------------------------------------------------


def test_the_office_works_in_the_browser_and_opening_a_document_is_kept(world, call, client):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    endorsement = live_endorsement(application)
    sign_in(client, world.coordinator)
    assert person.name in client.get("/endorsements/").text
    assert person.name in client.get("/endorsements/?format=csv").text
    assert person.name not in client.get("/endorsements/?state=given").text
    page = client.get(f"/endorsements/{endorsement.ref}")
    assert page.status_code == 200
    assert "I want to learn" in page.text
    document = re.search(rf"/endorsements/{endorsement.ref}/documents/\w+", page.text)[0]
    assert client.get(document).status_code == 200
    opening = openings_of(person.id)
    assert len(getattr(opening, "items", opening)) == 1
    assert post(client, f"/endorsements/{endorsement.ref}", {"decision": "refuse"}).status_code == 422
    assert post(client, f"/endorsements/{endorsement.ref}", {"decision": "give"}).status_code == 303
    late = post(client, f"/endorsements/{endorsement.ref}", {"decision": "refuse", "reason": "x"})
    assert late.status_code == 409


def test_a_coordinator_elsewhere_gets_404_for_everything(world, call, client):
    application = apply(world, call)
    endorsement = live_endorsement(application)
    sign_in(client, make_person(world.system, institution=world.host, affiliation="coordinator"))
    for path in ("", "/mine", "/check", "/file", "/mine/sheet.pdf"):
        assert client.get(f"/endorsements/{endorsement.ref}{path}").status_code == 404, path
    assert "Malee" not in client.get("/endorsements/").text


def test_the_applicant_changes_the_way_in_the_browser(world, call, client):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    first = live_endorsement(application)
    sign_in(client, person)
    page = client.get(f"/endorsements/{first.ref}/mine")
    assert "Copy a reminder" in page.text
    assert "Hello" in page.text
    assert (
        post(
            client, f"/endorsements/{first.ref}/mine/route", {"route": "sheet", "office": "Fund", "language": "en"}
        ).status_code
        == 422
    )
    sent = post(
        client,
        f"/endorsements/{first.ref}/mine/route",
        {"route": "sheet", "office": "Fund", "language": "en", "consent": "y"},
    )
    assert sent.status_code == 303
    assert live_endorsement(application).route == "sheet"
    assert "Fund" in [consent.recipient for consent in db.session.query(Consent)]
    assert [one.state for one in endorsements_of(application)] == ["cancelled", "requested"]


def test_two_members_of_the_office_cannot_both_decide(world, call):
    application = apply(world, call)
    endorsement = live_endorsement(application)
    colleague = make_person(world.system, institution=world.home, affiliation="coordinator")
    seen = endorsement.version
    services.decide(actor_of(world.coordinator), endorsement, gives=True, version=seen)
    with pytest.raises(Conflict):
        services.decide(actor_of(colleague), endorsement, gives=False, reason="No", version=seen)


def test_an_accepted_sheet_extends_nothing_but_a_refused_one_gives_a_week(world, call):
    person = make_scientist(world)
    application = apply(world, call, person=person, wish=SHEET)
    endorsement = live_endorsement(application)
    actor = later(days=20)
    services.upload_sheet(actor_of(person), endorsement, staged=staged("sheet.pdf"), version=None)
    secretary = actor_of(world.secretary)
    services.check_sheet(secretary, endorsement, transition="refuse_sheet", reason="Blurred", version=None)
    assert endorsement.due_at >= actor.now + timedelta(days=7)
    later(days=3)  # past the first due time
    db.session.commit()
    relay.run_until_idle()
    db.session.refresh(endorsement)
    assert endorsement.state == "requested"
    assert ENDORSEMENT.state_of(endorsement).tone == "info"
    assert workflow.history_of("endorsement", endorsement.id, public_only=True)


def test_a_sheet_can_say_no(world, call, client):
    person = make_scientist(world)
    application = apply(world, call, person=person, wish=SHEET)
    endorsement = live_endorsement(application)
    services.upload_sheet(actor_of(person), endorsement, staged=staged("sheet.pdf"), version=None)
    db.session.commit()
    sign_in(client, world.secretary)
    path = f"/endorsements/{endorsement.ref}/check"
    assert post(client, path, {"decision": "record_refusal"}).status_code == 422
    assert post(client, path, {"decision": "record_refusal", "reason": "No leave"}).status_code == 303
    db.session.refresh(endorsement)
    assert (endorsement.state, endorsement.reason) == ("refused", "No leave")
    assert "ask_endorsement_again" in [item.kind for item in waiting.items_for(actor_of(person))]
