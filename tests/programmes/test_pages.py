"""The pages of agreements and admission as people use them in a browser."""

import io

import pytest

from lms.core import clock
from lms.programmes.queries import agreements as agreement_queries
from lms.programmes.queries.conditions import conditions_of
from tests.factories import make_person, post, sign_in
from tests.programmes.admitting import (
    PDF,
    admit,
    again,
    apply,
    begin,
    decision_at,
    draft,
    make_open,
    person_of,
    propose,
    the_intake,
)

TEXTS = {
    "title_en": "Master of Global Health",
    "title_zh": "全球卫生硕士",
    "summary_en": "Two years.",
    "summary_zh": "两年。",
    "level": "master",
    "field": "global_health",
    "months": "24",
    "languages": ["en"],
}


def test_an_agreement_is_drafted_sent_and_signed_in_the_browser(client, system):
    world = begin(system)
    sign_in(client, world.coordinator)
    made = post(client, "/programmes/office/new", {**TEXTS, "coordinating_id": str(world.here.id)})
    assert made.status_code == 303, made.text
    workspace = made.headers["Location"]
    assert "The agreement is not confirmed by all parties." in client.get(workspace).text
    terms = {
        "institution_id_1": str(world.here.id), "degree_en_1": "Master", "institution_id_2": str(world.there.id),
        "award": "double", "seats": "8", "valid_from": "2026-01-01", "valid_to": "2031-12-31", "shares_documents": "y",
    }  # fmt: skip
    alone = post(client, f"{workspace}/agreement", {**terms, "institution_id_2": ""})
    assert alone.status_code == 422
    assert "Name at least two universities." in alone.text
    drafted = post(client, f"{workspace}/agreement", terms)
    assert drafted.status_code == 303, drafted.text
    address = drafted.headers["Location"]
    sign_in(client, world.partner)
    assert client.get(address).status_code == 404  # a draft is the coordinating university's own
    sign_in(client, world.coordinator)
    assert post(client, f"{address}/do/propose").status_code == 303
    sign_in(client, world.partner)
    page = client.get(address).text
    assert "Confirm for our university" in page
    agreement = agreement_queries.agreement_by_ref(None, address.rpartition("/")[2])
    own, other = (
        next(one for one in agreement.parties if one.institution_id == at.id) for at in (world.there, world.here)
    )
    unsigned = post(client, f"/programmes/sides/{own.ref}/do/confirm", {"confirm-signature": ""})
    assert unsigned.status_code == 422
    assert post(client, f"/programmes/sides/{other.ref}/do/confirm", {"confirm-signature": "Malee"}).status_code == 404
    assert post(client, f"/programmes/sides/{own.ref}/do/confirm", {"confirm-signature": "Malee"}).status_code == 303
    assert "Signed by Malee" in client.get(address).text


def test_a_copy_opens_as_a_new_draft(client, system):
    world = begin(system)
    agreement = propose(world, draft(world))
    sign_in(client, world.coordinator)
    assert b"Copy to a new version" not in client.get(f"/programmes/agreements/{agreement.ref}").data
    post(client, f"/programmes/agreements/{agreement.ref}/do/withdraw", {"withdraw-reason": "A wrong date."})
    copied = post(client, f"/programmes/agreements/{agreement.ref}/copy")
    assert copied.status_code == 303
    form = client.get(copied.headers["Location"]).text
    assert "Master of Public Health" in form


def test_an_approval_is_stated_with_its_evidence_by_its_own_university(client, system):
    world = make_open(system)
    approval = next(
        one for one in agreement_queries.approvals_of(world.programme.id) if one.institution_id == world.there.id
    )
    address = f"/programmes/approvals/{approval.ref}"
    sign_in(client, world.coordinator)
    assert client.get(address).status_code == 404
    sign_in(client, world.partner)
    lacking = post(client, f"{address}/state", {"says": "say_granted", "authority": "Ministry", "number": ""})
    assert lacking.status_code == 422
    assert "Needed for an approval that was granted." in lacking.text
    assert 'value="Ministry"' in lacking.text
    stated = post(
        client,
        f"{address}/state",
        {"says": "say_granted", "authority": "Ministry", "number": "4", "valid_until": "2030-01-01",
         "file": (io.BytesIO(PDF), "approval.pdf")},
    )  # fmt: skip
    assert stated.status_code == 303, stated.text
    assert client.get(f"{address}/file").data == PDF


def test_a_student_applies_in_steps_and_follows_the_application(client, system):
    world = make_open(system)
    call = the_intake(world).call
    student = make_person(system, name="Somsri", institution=world.there)
    page = client.get(f"/programmes/{world.programme.ref}").text
    assert "Sign in to apply" in page
    sign_in(client, student)
    started = post(client, f"/programmes/intakes/{call.ref}/apply")
    assert started.status_code == 303
    base = started.headers["Location"]
    facts = {"nationality": "TH", "degree": "bachelor", "english": "fluent"}
    assert post(client, f"{base}/facts", facts).status_code == 303
    assert post(client, f"{base}/university", {"party_id": "0"}).status_code == 422
    assert post(client, f"{base}/university", {"party_id": str(world.there.id)}).status_code == 303
    assert post(client, f"{base}/statement", {"statement": "<script>alert(1)</script>"}).status_code == 303
    assert b"Still missing" in client.get(f"{base}/check").data
    sent = post(client, f"{base}/documents", {"kind": "cv", "file": (io.BytesIO(PDF), "cv.pdf")})
    assert sent.status_code == 303, sent.text
    assert b"Still missing" not in client.get(f"{base}/check").data
    assert post(client, f"{base}/check").status_code == 422
    boxes = {"consent_0": "y", "consent_1": "y", "consent_2": "y"}
    assert post(client, f"{base}/check", boxes).status_code == 303
    shown = client.get(base).text
    assert "Sample University" in shown
    assert "<script>alert" not in shown
    assert "Master of Global Health" in client.get("/programmes/applications/").text
    assert "Master of Global Health" in client.get("/dashboard").text


@pytest.mark.parametrize("step", ["facts", "university", "statement", "documents", "check"])
def test_every_step_is_mine_alone(client, system, step):
    application = apply(make_open(system))
    address = f"/programmes/applications/{application.ref}/{step}"
    assert client.get(address).status_code == 302  # to sign-in
    sign_in(client, make_person(system))
    assert client.get(address).status_code == 404
    sign_in(client, person_of(application))
    assert client.get(address).status_code in (200, 302)


def test_a_coordinator_admits_under_conditions_and_the_student_answers(client, system):
    world = make_open(system)
    application = admit(apply(world), world.coordinator)
    sign_in(client, world.partner)
    queue = client.get("/programmes/decisions/").text
    assert "Somsri" in queue
    decision = decision_at(application, world.partner)
    address = f"/programmes/decisions/{decision.ref}"
    assert "I want to work across the border." in client.get(address).text
    halved = post(client, f"{address}/admit", {"admit-text_1": "Hand in the degree."})
    assert halved.status_code == 422
    assert "Write each condition with the day until which it is due." in halved.text
    assert "Hand in the degree." in halved.text
    due = (clock.now()).date().replace(year=clock.now().year + 1).isoformat()
    done = post(client, f"{address}/admit", {"admit-text_1": "Hand in the degree.", "admit-due_on_1": due})
    assert done.status_code == 303, done.text
    student = person_of(application)
    sign_in(client, student)
    page = f"/programmes/applications/{application.ref}"
    assert "Hand in the degree." in client.get(page).text
    assert post(client, f"{page}/do/accept").status_code == 303
    (condition,) = conditions_of(application.id)
    hand_in = f"/programmes/conditions/{condition.ref}/hand-in"
    sent = post(client, hand_in, {"told": "By courier.", "file": (io.BytesIO(PDF), "degree.pdf")})
    assert sent.status_code == 303, sent.text
    sign_in(client, world.coordinator)
    assert client.get(f"/programmes/conditions/{condition.ref}").status_code == 404
    sign_in(client, world.partner)
    assert "By courier." in client.get(f"/programmes/conditions/{condition.ref}").text
    assert client.get(f"/programmes/conditions/{condition.ref}/file").data == PDF
    assert post(client, f"/programmes/conditions/{condition.ref}/do/confirm").status_code == 303
    assert again(application).state == "accepted"
    sign_in(client, student)
    assert "You are admitted" in client.get(page).text


def test_a_double_click_admits_once(client, system):
    world = make_open(system)
    decision = decision_at(apply(world), world.partner)
    sign_in(client, world.partner)
    address = f"/programmes/decisions/{decision.ref}/admit"
    assert post(client, address, {"admit-once": "abc"}).status_code == 303
    assert post(client, address, {"admit-once": "abc"}).status_code == 409


def test_asking_back_names_its_fields(client, system):
    world = make_open(system)
    application = apply(world)
    decision = decision_at(application, world.partner)
    sign_in(client, world.partner)
    address = f"/programmes/decisions/{decision.ref}/return"
    nothing = post(client, address, {"return-due_on": "2099-01-01"})
    assert nothing.status_code == 422
    assert "Name at least one field" in nothing.text
    back = post(client, address, {"return-due_on": "2099-01-01", "return-reason-document:cv": "Unreadable."})
    assert back.status_code == 303, back.text
    sign_in(client, person_of(application))
    assert "Unreadable." in client.get(f"/programmes/applications/{application.ref}").text


def test_the_catalogue_finds_filters_and_never_shows_what_is_prepared(client, system):
    world = make_open(system)
    begin(system)
    page = client.get("/programmes/").text
    assert page.count("Master of Global Health") == 1
    for asked in ("q=global", "q=全球", "country=TH", "level=master", "field=global_health", "open=now"):
        assert "Master of Global Health" in client.get(f"/programmes/?{asked}").text, asked
    for asked in ("q=zzz", "country=MM", "level=doctorate", "field=nursing"):
        assert "Master of Global Health" not in client.get(f"/programmes/?{asked}").text, asked
    assert "Master of Global Health" in client.get("/search?q=global").text
    assert "Master of Global Health" in client.get("/programmes/?format=csv").text
    assert client.get(f"/programmes/{world.programme.ref}").status_code == 200


def test_lists_need_a_constant_number_of_queries(client, system, count_queries):
    world = make_open(system)
    paths = ("/programmes/", "/programmes/decisions/", f"/programmes/intakes/{the_intake(world).call.ref}/applications")

    def counts():
        sign_in(client, world.partner)
        found = []
        for path in paths:
            with count_queries() as sent:
                assert client.get(path).status_code == 200
            found.append(len(sent))
        return found

    apply(world, name="A")
    one = counts()
    for name in "BCD":
        apply(world, name=name)
    assert counts() == one


def test_a_day_that_is_none_is_refused_beside_its_field(client, system):
    world = begin(system)
    sign_in(client, world.coordinator)
    terms = {"award": "double", "seats": "8", "valid_from": "garbage", "valid_to": "9999-12-31"}
    refused = post(client, f"/programmes/office/{world.programme.ref}/agreement", terms)
    assert refused.status_code == 422
    assert "This date is too far away." in refused.text
