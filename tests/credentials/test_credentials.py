"""Certificates: issued, held, revoked, replaced, checked by code and by file."""

import io
import json

import pytest

from lms.core import clock, storage, waiting, workflow
from lms.core.db import db
from lms.core.errors import NotPermitted, Refused
from lms.core.outbox import relay
from lms.credentials import queries, rules, services
from lms.credentials.flow import CREDENTIAL
from lms.credentials.rules import Standing
from tests.factories import actor_of, make_institution, make_person, post, sign_in

UNPRINTABLE = "Ada \U00013000"


def issue(system, person, issuer=None, **changes):
    values = {
        "kind": "course.completion",
        "subject": ("enrolment", 1),
        "heading": {"en": "Certificate of completion", "zh": "结业证书"},
        "statement": {"en": "has met all requirements", "zh": "已达到全部要求"},
        "title": {"en": "Field epidemiology", "zh": "现场流行病学"},
        "issuer": {"en": "Mahidol University", "zh": "玛希隆大学"},
        "issuer_id": issuer.id if issuer else None,
        "signatories": [{"name": "Dr Malee", "office": {"en": "Dean", "zh": "院长"}}],
        "zone": "Asia/Bangkok",
        "hours": 24,
        "from_on": None,
        "to_on": clock.now().date(),
    } | changes
    credential = services.issue(system, person_id=person.id, **values)
    return queries.credential_visible_to(system, credential.code)


def run_relay():
    db.session.commit()
    return relay.run_until_idle()


def secretary(system):
    return make_person(system, roles=[("secretariat", "platform", None)])


def text_of(response):
    return response.get_data(as_text=True)


# --- the record -------------------------------------------------------------------------------------


def test_issued_is_signed_and_any_change_shows(system):
    credential = issue(system, make_person(system, name="Suharto"))
    assert rules.standing(credential, clock.now()) is Standing.VALID
    original = credential.content
    for changed in (original.replace("Suharto", "Sukarno"), original.replace(credential.code, "AAAA-AAAA-AAAA")):
        credential.content = changed
        assert rules.standing(credential, clock.now()) is Standing.ALTERED
    credential.content = original
    assert rules.standing(credential, clock.now()) is Standing.VALID


def test_the_text_of_another_row_is_noticed(system):
    one, other = issue(system, make_person(system)), issue(system, make_person(system))
    one.content, one.signature = other.content, other.signature
    assert rules.standing(one, clock.now()) is Standing.ALTERED


def test_names_stand_in_their_own_script_first(system):
    person = make_person(system, name="KEOMANY Souphaphone", name_local="ສຸພາພອນ", name_local_lang="lo", name_zh="苏帕")
    content = rules.content_of(issue(system, person))
    assert content["holder"] == {"name": "ສຸພາພອນ", "lang": "lo", "other_forms": ["KEOMANY Souphaphone", "苏帕"]}


def test_an_unprintable_name_holds_it_back_until_corrected(system):
    person = make_person(system, name=UNPRINTABLE)
    credential = issue(system, person)
    assert credential.state == "held"
    assert rules.standing(credential, clock.now()) is Standing.UNKNOWN
    (item,) = waiting.items_for(actor_of(person))
    assert item.url_values == {"code": credential.code}
    with pytest.raises(Refused):
        workflow.perform(CREDENTIAL, credential, "issue", actor=actor_of(person))
    person.name = "Ada Lovelace"
    workflow.perform(CREDENTIAL, credential, "issue", actor=actor_of(person))
    assert credential.state == "issued"
    assert not waiting.items_for(actor_of(person))


def test_replacing_needs_another_name_and_links_old_to_new(system):
    person = make_person(system, name="Suharto")
    credential = issue(system, person)
    actor = actor_of(secretary(system))
    with pytest.raises(Refused):
        workflow.perform(CREDENTIAL, credential, "replace", actor=actor, reason="Misspelt")
    person.name = "Soeharto"
    workflow.perform(CREDENTIAL, credential, "replace", actor=actor, reason="Misspelt")
    db.session.expire_all()
    old = queries.credential_visible_to(actor, credential.code)
    assert rules.standing(old, clock.now()) is Standing.REPLACED
    assert rules.standing(old.replaced_by, clock.now()) is Standing.VALID
    assert rules.content_of(old.replaced_by)["holder"]["name"] == "Soeharto"


def test_only_the_issuer_and_the_secretariat_revoke(system):
    issuer, other = make_institution(system), make_institution(system)
    person = make_person(system)
    credential = issue(system, person, issuer)
    stranger = make_person(system, roles=[("coordinator", "institution", other.id)])
    for actor in (actor_of(person), actor_of(stranger)):
        with pytest.raises(NotPermitted):
            workflow.perform(CREDENTIAL, credential, "revoke", actor=actor, reason="No")
    mine = make_person(system, roles=[("coordinator", "institution", issuer.id)])
    workflow.perform(CREDENTIAL, credential, "revoke", actor=actor_of(mine), reason="Issued in error")
    assert rules.standing(credential, clock.now()) is Standing.REVOKED


# --- the pages --------------------------------------------------------------------------------------


def test_anybody_checks_a_code_however_it_was_typed(client, system):
    credential = issue(system, make_person(system, name="Suharto"))
    typed = credential.code.lower().replace("-", " ").replace("1", "l").replace("0", "o")
    answer = client.get("/verify/", query_string={"code": typed})
    assert answer.location == f"/verify/{credential.code}"
    page = text_of(client.get(answer.location))
    for shown in ("is valid", "Suharto", "Field epidemiology", "Mahidol University", "Dr Malee", "24"):
        assert shown in page


def test_revoked_replaced_altered_unknown(client, system):
    person = make_person(system, name="Suharto")
    revoked, altered = issue(system, person), issue(system, person)
    workflow.perform(CREDENTIAL, revoked, "revoke", actor=actor_of(secretary(system)), reason="Issued in error")
    altered.content = altered.content.replace("Suharto", "Mallory")
    db.session.flush()
    page = text_of(client.get(f"/verify/{revoked.code}"))
    assert f"/credentials/{revoked.code}" not in page
    assert "was revoked" in page
    assert "Issued in error" in page
    page = text_of(client.get(f"/verify/{altered.code}"))
    assert "was altered" in page
    assert "Mallory" not in page
    unknown = client.get("/verify/0000-0000-0000")
    assert unknown.status_code == 404
    assert "is unknown" in text_of(unknown)


def test_a_held_certificate_is_unknown_outside(client, system):
    credential = issue(system, make_person(system, name=UNPRINTABLE))
    assert client.get(f"/verify/{credential.code}").status_code == 404


def test_guessing_codes_is_limited(client, system):
    codes = {client.get(f"/verify/0000-0000-{n:04}").status_code for n in range(31)}
    assert codes == {404, 429}


def pdf_of(credential):
    run_relay()
    db.session.refresh(credential)
    with storage.open_content(db.session.get(storage.StoredFile, credential.pdf_id)) as content:
        return content.read()


def hand_in(client, content, **fields):
    return post(
        client, "/verify/", {"file": (io.BytesIO(content), "x.pdf"), **fields}, content_type="multipart/form-data"
    )


def test_a_file_is_compared_with_what_was_issued(client, system):
    credential = issue(system, make_person(system, name="Suharto"))
    original = pdf_of(credential)
    assert "exactly the one" in text_of(hand_in(client, original))
    assert "was altered" in text_of(hand_in(client, original + b"\n"))
    foreign = b"%PDF-1.7 nothing of ours"
    assert "is unknown" in text_of(hand_in(client, foreign))
    assert "was altered" in text_of(hand_in(client, foreign, code=credential.code))


@pytest.mark.parametrize("content", [b"", b"GIF89a"])
def test_what_is_no_pdf_is_refused(client, session, content):
    answer = hand_in(client, content)
    assert answer.status_code == 422
    assert "Choose the PDF file" in text_of(answer)


def test_holder_downloads_and_sees_who_else_did(client, app, system):
    issuer = make_institution(system)
    person = make_person(system)
    credential = issue(system, person, issuer)
    original = pdf_of(credential)
    path = f"/credentials/{credential.code}/certificate.pdf"
    answer = sign_in(client, person).get(path)
    assert answer.data == original
    assert answer.headers["Cache-Control"] == "private, no-store"
    coordinator = make_person(system, roles=[("coordinator", "institution", issuer.id)])
    assert sign_in(client, coordinator).get(path).status_code == 200
    assert [row.opener_id for row in storage.openings_of(person.id).items] == [coordinator.id]


def test_pages_of_a_certificate_are_hidden_from_others(client, system):
    credential = issue(system, make_person(system), make_institution(system))
    other = make_institution(system)
    stranger = make_person(system, roles=[("coordinator", "institution", other.id)])
    for path in ("", "/certificate.pdf"):
        assert sign_in(client, stranger).get(f"/credentials/{credential.code}{path}").status_code == 404
    assert client.get("/credentials/").status_code == 200


def test_visitors_are_asked_to_sign_in(client, system):
    credential = issue(system, make_person(system))
    assert client.get(f"/credentials/{credential.code}").status_code == 302
    assert client.get("/credentials/").status_code == 302


def test_revoking_on_the_page_needs_a_reason(client, system):
    credential = issue(system, make_person(system, name="Suharto"))
    run_relay()
    sign_in(client, secretary(system))
    path = f"/credentials/{credential.code}/do/revoke"
    assert f"/credentials/{credential.code}" in text_of(client.get(f"/verify/{credential.code}"))
    page = client.get(f"/credentials/{credential.code}")
    assert "Revoke" in text_of(page)
    assert post(client, path).status_code == 422
    assert post(client, path, {"revoke-reason": "Issued in error"}).status_code == 303
    assert "Revoked on" in text_of(client.get(f"/credentials/{credential.code}"))
    assert post(client, path, {"revoke-reason": "Again"}).status_code == 409


def test_my_certificates_lists_them_with_a_constant_number_of_queries(client, system):
    person = make_person(system, name="Suharto")
    for _ in range(3):
        issue(system, person)
    page = text_of(sign_in(client, person).get("/credentials/"))
    assert page.count("Certificate of completion") == 3


def test_contents_are_canonical(system):
    credential = issue(system, make_person(system))
    assert credential.content == json.dumps(
        json.loads(credential.content), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
