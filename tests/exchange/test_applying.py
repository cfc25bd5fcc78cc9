"""Applying: steps that save themselves, what is missing, consents, submission, withdrawal, correction."""

from datetime import timedelta

import pytest

from lms.accounts.models import Consent
from lms.accounts.services import give_consent
from lms.applications.queries.endorsements import endorsements_of
from lms.core import waiting
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, Refused
from lms.exchange.models import ApplicationDocument
from lms.exchange.queries.applying import choices_of, consents_to_ask, missing_in, own_application, recipients_of
from lms.exchange.queries.timeline import happened, next_of
from lms.exchange.services import applying
from lms.exchange.services.screening import return_application
from tests.exchange.world import (
    CENTER,
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
from tests.factories import actor_of, make_person, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world)


def test_a_person_has_one_application_and_may_apply_again_after_withdrawing(world, call):
    person = make_scientist(world)
    actor = actor_of(person)
    first = applying.start_application(actor, call)
    assert applying.start_application(actor, call).id == first.id
    applying.withdraw(actor, first, version=None)
    again = applying.start_application(actor, call)
    assert again.id != first.id
    assert again.state == "draft"


def test_submission_tells_everything_that_is_missing(world, call):
    actor = actor_of(make_scientist(world))
    application = applying.start_application(actor, call)
    steps = {one.step for one in missing_in(application, now=actor.now)}
    assert steps == {"facts", "choices", "statement", "documents", "endorsement"}
    with pytest.raises(Refused):
        applying.submit(actor, application, version=None, needed=[], given=[])


def test_submission_keeps_rules_consents_and_asks_the_home_side(world, call):
    application = apply(world, call)
    assert application.state == "submitted"
    assert application.rules_id
    assert {row["met"] for row in application.eligibility} == {"yes"}
    recipients = {consent.recipient: consent.country for consent in db.session.query(Consent)}
    assert recipients == {CENTER: "CN", "Mahidol University": "TH", "Peking University": "CN"}
    assert len(mails("Please endorse")) == 1
    assert len(mails("We have received your application")) == 1
    office = waiting.items_for(actor_of(world.coordinator))
    assert [item.kind for item in office] == ["endorse"]
    after = next_of(application, endorsements_of(application))
    assert after is not None
    assert str(after.who) == "The coordinators of your home institution"


def test_every_recipient_needs_a_consent_of_its_own(world, call):
    person = make_scientist(world)
    application = fill_in(person, call, world.posts)
    needed = recipients_of(application, center=CENTER)
    with pytest.raises(Invalid):
        applying.submit(actor_of(person), application, version=None, needed=needed, given=needed[:-1])
    assert application.state == "draft"


def test_recipients_are_named_in_the_readers_language_and_nobody_is_asked_twice(world, call):
    person = make_scientist(world)
    application = fill_in(person, call, world.posts)
    world.posts[0].institution.name_zh = "北京大学"
    names = {"en": CENTER, "zh": "中国—东盟公共卫生科技合作中心"}
    asked = consents_to_ask(application, center=names, language="zh")
    assert [(one.recipient, one.language) for one in asked] == [
        (names["zh"], "zh"),
        ("Mahidol University", "zh"),
        ("北京大学", "zh"),
    ]
    for one in asked:
        give_consent(actor_of(person), person_id=person.id, consenting=one)
    assert consents_to_ask(application, center=names, language="en") == []


def test_choices_are_ranked_moved_and_bounded(world, call):
    person = make_scientist(world)
    actor = actor_of(person)
    application = fill_in(person, call, world.posts)
    first, second = world.posts
    applying.move_choice(actor, application, version=None, post_id=second.id, direction="up")
    assert [choice.post_id for choice in choices_of(application)] == [second.id, first.id]
    applying.remove_choice(actor, application, version=None, post_id=second.id)
    assert [(choice.rank, choice.post_id) for choice in choices_of(application)] == [(1, first.id)]
    application.call.max_choices = 1
    with pytest.raises(Invalid):
        applying.add_choice(actor, application, version=None, post_ref=second.ref)


def test_a_replaced_document_is_kept_but_no_longer_counts(world, call):
    person = make_scientist(world)
    application = fill_in(person, call, world.posts)
    applying.add_document(actor_of(person), application, version=None, kind="cv", staged=staged("better.pdf"))
    kept = db.session.query(ApplicationDocument).filter_by(application_id=application.id, kind="cv")
    assert [row.replaced_at is None for row in kept.order_by(ApplicationDocument.id)] == [False, True]


def test_nothing_can_be_changed_after_submission_nor_after_the_call_closed(world, call):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    with pytest.raises(Conflict):
        applying.save_statement(actor_of(person), application, version=None, statement="Other")
    draft = fill_in(late := make_scientist(world, name="Somchai"), call, world.posts)
    later(days=31)
    with pytest.raises(Refused):
        applying.save_statement(actor_of(late), draft, version=None, statement="Too late")
    with pytest.raises(Refused):
        submit(late, draft)


def test_a_stale_page_cannot_overwrite(world, call):
    person = make_scientist(world)
    application = fill_in(person, call, world.posts)
    seen = application.version
    applying.save_statement(actor_of(person), application, version=seen, statement="One")
    with pytest.raises(Conflict):
        applying.save_statement(actor_of(person), application, version=seen, statement="Two")


def _send_back(world, application, *fields):
    secretary = actor_of(world.secretary)
    due = secretary.now + timedelta(days=7)
    reasons = dict.fromkeys(fields, "Unreadable")
    return_application(secretary, application, reasons=reasons, due_at=due, version=None)


def test_only_named_fields_open_and_all_must_be_put_right(world, call):
    person = make_scientist(world)
    actor = actor_of(person)
    application = apply(world, call, person=person)
    _send_back(world, application, "statement", "document:cv")
    with pytest.raises(Conflict):
        applying.add_document(actor, application, version=None, kind="degree", staged=staged())
    applying.save_statement(actor, application, version=None, statement="Clearer")
    with pytest.raises(Refused):
        submit(person, application)
    applying.save_statement(actor, application, version=None, statement="Clearer still")
    applying.add_document(actor, application, version=None, kind="cv", staged=staged())
    assert submit(person, application).state == "submitted"


def test_withdrawing_cancels_the_request_for_endorsement(world, call):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    applying.withdraw(actor_of(person), application, version=None)
    assert waiting.items_for(actor_of(world.coordinator)) == []
    assert [str(line.title) for line in happened(application, endorsements_of(application))][-1] in (
        "Withdrawn",
        "Request for endorsement cancelled",
    )


def test_a_stranger_does_not_see_an_application(world, call):
    application = apply(world, call)
    with pytest.raises(NotFound):
        own_application(actor_of(make_scientist(world, name="Other")), application.ref)


# --- in the browser ---------------------------------------------------------------------------------


def _url(application, step):
    return f"/exchange/applications/{application.ref}/{step}"


def test_the_browser_leads_through_all_steps(world, call, client):
    person = make_scientist(world)
    sign_in(client, person)
    started = post(client, f"/exchange/calls/{call.ref}/apply")
    assert started.status_code == 303
    base = started.headers["Location"]
    assert b"This is a draft" in client.get(base).data
    facts = {
        "nationality": "TH", "born_on": "1995-05-17", "degree": "doctorate", "research_years": "3",
        "employer_country": "TH", "is_full_time": "yes", "english": "fluent", "chinese": "",
    }  # fmt: skip
    assert post(client, f"{base}/facts", facts).status_code == 303
    for one in world.posts:
        assert post(client, f"{base}/choices", {"action": "add", "post": one.ref}).status_code == 303
    down = post(client, f"{base}/choices", {"action": f"down:{world.posts[0].id}"})
    assert down.status_code == 303
    assert post(client, f"{base}/statement", {"statement": "<script>alert(1)</script> I want to."}).status_code == 303
    for kind in call.document_kinds:
        with open_pdf() as file:
            sent = post(client, f"{base}/documents", {"kind": kind, "file": (file, "a.pdf")})
        assert sent.status_code == 303, sent.text
    assert post(client, f"{base}/endorsement", {"route": "platform", "language": "en"}).status_code == 303
    page = client.get(f"{base}/check")
    assert page.status_code == 200
    assert b"Still missing" not in page.data
    assert b"<script>alert" not in page.data
    assert b"checked" not in page.data  # no consent is ticked beforehand
    refused = post(client, f"{base}/check")
    assert refused.status_code == 422
    sent = post(client, f"{base}/check", {"consent_0": "y", "consent_1": "y", "consent_2": "y"})
    assert sent.status_code == 303
    shown = client.get(base)
    assert b"Submitted" in shown.data
    assert b"The coordinators of your home institution" in shown.data
    assert b"Young scientists 2027" in client.get("/exchange/applications/").data


def open_pdf():
    import io

    from tests.exchange.world import PDF

    return io.BytesIO(PDF)


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(world, call, client):
    import io

    person = make_scientist(world)
    application = applying.start_application(actor_of(person), call)
    sign_in(client, person)
    sent = post(client, _url(application, "documents"), {"kind": "cv", "file": (io.BytesIO(b"MZ not a pdf"), "cv.pdf")})
    assert sent.status_code == 422
    assert b"holds something else" in sent.data


@pytest.mark.parametrize("step", ["facts", "choices", "statement", "documents", "endorsement", "check"])
def test_every_step_is_mine_alone(world, call, client, step):
    person = make_scientist(world)
    application = applying.start_application(actor_of(person), call)
    assert client.get(_url(application, step)).status_code == 302  # to sign-in
    sign_in(client, make_person(world.system, name="Other"))
    assert client.get(_url(application, step)).status_code == 404
    sign_in(client, person)
    assert client.get(_url(application, step)).status_code == 200


def test_a_double_click_submits_once(world, call, client):
    person = make_scientist(world)
    application = fill_in(person, call, world.posts)
    sign_in(client, person)
    data = {"consent_0": "y", "consent_1": "y", "consent_2": "y", "once": "abc"}
    assert post(client, _url(application, "check"), data).status_code == 303
    assert post(client, _url(application, "check"), data).status_code == 409


def test_returned_fields_stand_beside_their_reasons(world, call, client):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    _send_back(world, application, "document:cv")
    sign_in(client, person)
    assert b"Unreadable" in client.get(f"/exchange/applications/{application.ref}").data
    page = client.get(_url(application, "documents")).text
    assert "Unreadable" in page
    assert page.count('type="file"') == 1


def test_withdrawing_in_the_browser(world, call, client):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    sign_in(client, person)
    path = f"/exchange/applications/{application.ref}"
    assert post(client, f"{path}/withdraw", {"withdraw-version": str(application.version)}).status_code == 303
    assert b"Withdrawn" in client.get(path).data


def test_a_stranger_gets_no_document(world, call, client):
    application = apply(world, call)
    document = db.session.query(ApplicationDocument).filter_by(application_id=application.id).first()
    from lms.core.storage import StoredFile

    ref = db.session.get(StoredFile, document.file_id).ref
    sign_in(client, make_person(world.system))
    assert client.get(f"/exchange/applications/{application.ref}/documents/{ref}").status_code == 404
