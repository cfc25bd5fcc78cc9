"""One record: what it tells, who reads it, the signed document, and links that end."""

import re
from datetime import timedelta

import pytest

from lms.accounts import services as accounts
from lms.accounts.models import Disclosure
from lms.core import clock, workflow
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.pdf import UnprintableText
from lms.courses import services as courses
from lms.credentials import queries as credentials
from lms.credentials import rules as credential_rules
from lms.credentials.flow import CREDENTIAL
from lms.credentials.rules import Standing
from lms.institutions.services import home_consent
from lms.portal.record import queries, services
from lms.portal.record.models import RecordOpening, RecordShare
from lms.portal.record.policy import READ
from tests.counting import counted_queries
from tests.courses.factories import join, make_course, make_instructor, make_offering, run_relay
from tests.exchange.deciding import arrive, placed
from tests.exchange.test_placements import scientist_of
from tests.exchange.world import make_world, publish_call
from tests.factories import actor_of, make_institution, make_person, post, sign_in


def complete(system, person, *, title="Field epidemiology", institution=None, hours=24):
    """A course of one page that the person has finished, certificate included."""
    instructor = make_instructor(system, institution) if institution else None
    course = make_course(system, instructor, title_en=title, hours=hours)
    enrolment = join(person, make_offering(system, course, pass_mark=None))
    (page,) = courses_steps(course)
    courses.mark_read(actor_of(person), enrolment, page)
    assert enrolment.state == "completed"
    return enrolment


def courses_steps(course):
    from lms.courses.queries import teaching

    return teaching.steps_of(course.id)


def learner(system, **profile):
    return make_person(system, name="KEOMANY Souphaphone", name_local="ສຸພາພອນ", name_local_lang="lo", **profile)


def make_share(person, days=7, note="", keys=None):
    actor = actor_of(person)
    keys = keys or [entry.key for entry in queries.entries_of(person.id)]
    return services.share_record(actor, entries=keys, days=days, note=note)


def share_with(person, institution):
    consenting = home_consent(institution, "en")
    accounts.give_consent(actor_of(person), person_id=person.id, consenting=consenting)


def text_of(response):
    return response.get_data(as_text=True)


# --- what it tells ----------------------------------------------------------------------------------


def test_a_course_and_a_placement_stand_in_one_record_with_who_confirmed_them(system):
    world = make_world(system)
    placement = placed(world, publish_call(world, titles=("Dengue surveillance",)))
    person = scientist_of(placement)
    arrive(world, placement)
    complete(system, person)

    course, stay = sorted(queries.entries_of(person.id), key=lambda entry: entry.kind)

    assert (course.kind, course.title["en"], course.state["en"]) == ("course", "Field epidemiology", "Completed")
    assert course.facts[0]["value"] == "24"
    (met,) = course.confirmations
    assert (met.name, met.office, met.organisation["en"]) == (
        "Dr Malee",
        {"en": "Dean", "zh": "院长"},
        "Mahidol University",
    )
    assert credentials.checked_by_code(course.code)
    assert (stay.kind, stay.title["en"], stay.is_complete) == ("placement", "Dengue surveillance", False)
    (arrived,) = stay.confirmations
    assert arrived.name == world.host_person.name
    assert arrived.what["en"] == "Arrival confirmed"


def test_what_is_under_way_comes_first_then_what_ended_last(system):
    person = learner(system)
    first = complete(system, person, title="First")
    clock.move(timedelta(days=2))
    second = complete(system, person, title="Second")
    running = join(person, make_offering(system))

    assert [entry.ref for entry in queries.entries_of(person.id)] == [running.ref, second.ref, first.ref]


def test_a_long_record_asks_no_more_than_a_short_one(system):
    short, long = learner(system), learner(system)
    complete(system, short)
    for number in range(4):
        complete(system, long, title=f"Course {number}")
    counts = []
    for person in (short, long):
        db.session.expire_all()
        with counted_queries() as seen:
            queries.entries_of(person.id)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_revoked_certificate_stands_as_revoked_and_confirms_nothing(system):
    person = learner(system)
    complete(system, person)
    (credential,) = credentials.credentials_of(person.id)
    workflow.perform(CREDENTIAL, credential, "revoke", actor=system, reason="Issued in error")
    db.session.expire_all()

    (entry,) = queries.entries_of(person.id)

    assert (entry.state["en"], entry.code, list(entry.confirmations)) == ("Certificate revoked", "", [])


# --- who reads it -----------------------------------------------------------------------------------


def test_coordinators_see_what_their_institution_took_part_in_and_nothing_else(system, client):
    giver, other, home = (make_institution(system) for _ in range(3))
    person = learner(system, institution=home)
    share_with(person, home)
    complete(system, person, title="Ours", institution=giver)
    complete(system, person, title="Theirs", institution=other)
    coordinator = make_person(system, roles=[("coordinator", "institution", giver.id)])
    at_home = make_person(system, roles=[("coordinator", "institution", home.id)])
    stranger = make_person(system, roles=[("coordinator", "institution", make_institution(system).id)])

    seen = queries.record_visible_to(actor_of(coordinator), person.ref)

    assert [entry.title["en"] for entry in seen.entries] == ["Ours"]
    assert len(queries.record_visible_to(actor_of(at_home), person.ref).entries) == 2
    assert not READ.allows(actor_of(stranger), queries.record_visible_to(actor_of(stranger), person.ref))
    page = text_of(sign_in(client, coordinator).get(f"/record/people/{person.ref}"))
    assert "Ours" in page
    assert "Theirs" not in page
    assert sign_in(client, stranger).get(f"/record/people/{person.ref}").status_code == 404


def test_who_has_read_a_record_is_kept_for_the_person(system, client):
    home = make_institution(system)
    person = learner(system, institution=home)
    coordinator = make_person(system, roles=[("coordinator", "institution", home.id)])
    assert sign_in(client, coordinator).get(f"/record/people/{person.ref}").status_code == 404
    share_with(person, home)
    page = sign_in(client, coordinator).get(f"/record/people/{person.ref}")
    assert "Nothing here yet" in text_of(page)

    (reading,) = db.session.query(Disclosure).all()

    assert (reading.person_id, reading.reader_id, reading.subject_kind) == (person.id, coordinator.id, "record")


def test_ones_own_page_shows_names_as_written_and_one_kind_at_a_time(system, client):
    person = learner(system)
    complete(system, person)
    sign_in(client, person)

    page = text_of(client.get("/record/"))
    assert "KEOMANY Souphaphone" in page
    assert '<span class="person__other" lang="lo">ສຸພາພອນ</span>' in page
    assert "Dr Malee · Dean · Mahidol University" in page
    assert "Field epidemiology" not in text_of(client.get("/record/?kind=placement"))


def test_an_empty_record_says_where_to_begin(system, client):
    sign_in(client, learner(system))
    for path in ("/record/", "/record/links/new", "/record/documents/new"):
        assert "/courses/" in text_of(client.get(path))


# --- the signed document ----------------------------------------------------------------------------


def issue(person, days=180, keys=None):
    keys = keys or [entry.key for entry in queries.entries_of(person.id)]
    return services.issue_statement(actor_of(person), entries=keys, days=days)


def test_the_document_is_signed_printed_and_says_what_it_lists_when_checked(system, client):
    person = learner(system)
    complete(system, person)
    complete(system, person, title="Left out")
    keep = next(one.key for one in queries.entries_of(person.id) if one.title["en"] == "Field epidemiology")
    credential = issue(person, keys=[keep])
    run_relay()
    db.session.expire_all()
    kept = credentials.credential_visible_to(actor_of(person), credential.code)
    assert kept.pdf is not None
    assert credential_rules.standing(kept, clock.now()) is Standing.VALID
    code = kept.code

    page = text_of(client.get(f"/verify/{code}"))

    assert "This document is valid" in page
    assert "ສຸພາພອນ" in page
    assert "Field epidemiology" in page
    assert "Left out" not in page
    assert person.email not in page
    assert sign_in(client, person).get(f"/credentials/{code}/certificate.pdf").data.startswith(b"%PDF")


def test_the_document_expires(system, client):
    person = learner(system)
    complete(system, person)
    code = issue(person, days=90).code
    clock.move(timedelta(days=92))
    page = text_of(client.get(f"/verify/{code}"))
    assert "This document has expired" in page
    assert "Field epidemiology" in page


def test_its_holder_takes_it_back_but_not_the_certificate_in_it(system, client):
    person = learner(system)
    complete(system, person)
    (certificate,) = credentials.credentials_of(person.id)
    code = issue(person).code
    sign_in(client, person)
    post(client, f"/credentials/{code}/do/revoke", {"revoke-reason": "Made a newer one"})
    assert "This document was revoked" in text_of(client.get(f"/verify/{code}"))
    assert post(client, f"/credentials/{certificate.code}/do/revoke", {"revoke-reason": "No"}).status_code == 403


def test_a_document_does_not_outlive_a_certificate_in_it(system):
    person = learner(system)
    complete(system, person)
    (certificate,) = credentials.credentials_of(person.id)
    with_it = issue(person)
    complete(system, person, title="Another")
    other = next(one.key for one in queries.entries_of(person.id) if one.title["en"] == "Another")
    without_it = issue(person, keys=[other])

    workflow.perform(CREDENTIAL, certificate, "revoke", actor=system, reason="Issued in error")

    assert (with_it.state, without_it.state) == ("revoked", "issued")


def test_a_record_that_cannot_be_printed_is_refused_with_the_characters(system, client):
    person = learner(system)
    complete(system, person, institution=make_institution(system, name="University of \U00013000"))
    with pytest.raises(UnprintableText):
        issue(person)
    sign_in(client, person)
    key = queries.entries_of(person.id)[0].key
    response = post(client, "/record/documents/new", {"entries": key, "days": "180"})
    assert response.status_code == 422
    assert "U+13000" in text_of(response)


# --- links ------------------------------------------------------------------------------------------


def test_a_link_shows_what_was_chosen_and_nothing_that_comes_later(system, client):
    person = learner(system)
    complete(system, person, title="Chosen")
    complete(system, person, title="Kept back")
    keep = next(one.key for one in queries.entries_of(person.id) if one.title["en"] == "Chosen")
    _share, token = make_share(person, keys=[keep])
    complete(system, person, title="Later")

    response = client.get(f"/record/shared/{token}")

    page = text_of(response)
    assert "Chosen" in page
    assert "Kept back" not in page
    assert "Later" not in page
    assert person.email not in page
    assert "/courses/enrolments/" not in page
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Cache-Control"] == "no-store"


def test_the_secret_is_nowhere_in_the_database(system):
    person = learner(system)
    complete(system, person)
    share, token = make_share(person)
    assert token not in " ".join(str(value) for value in vars(share).values())
    assert len(token) >= 40


def test_its_maker_sees_when_it_was_opened_and_their_own_look_does_not_count(system, client, app):
    person = learner(system)
    complete(system, person)
    share, token = make_share(person)
    ref = share.ref
    client.get(f"/record/shared/{token}")
    client.get(f"/record/shared/{token}")  # within the same minute
    clock.move(timedelta(minutes=5))
    client.get(f"/record/shared/{token}")
    mine = sign_in(app.test_client(), person)
    mine.get(f"/record/shared/{token}")

    assert db.session.query(RecordOpening).count() == 2
    assert "2 times" in text_of(mine.get(f"/record/links/{ref}"))


@pytest.mark.parametrize("how", ["expired", "ended", "suspended"])
def test_a_link_that_is_over_shows_nothing(system, client, how):
    person = learner(system)
    complete(system, person)
    share, token = make_share(person, days=7)
    match how:
        case "expired":
            clock.move(timedelta(days=7))
        case "ended":
            services.end_share(actor_of(person), share)
        case "suspended":
            person.suspended_at, person.suspended_reason = clock.now(), "Under inquiry"
    response = client.get(f"/record/shared/{token}")
    assert response.status_code == 410
    assert "KEOMANY" not in text_of(response)
    assert db.session.query(RecordOpening).count() == 0


def test_guessing_links_is_stopped(system, client):
    codes = [client.get(f"/record/shared/guess-{number}").status_code for number in range(40)]
    assert codes[0] == 404
    assert codes[-1] == 429


def test_only_its_maker_sees_and_ends_a_link(system, client):
    person = learner(system)
    complete(system, person)
    share, _token = make_share(person)
    ref = share.ref
    sign_in(client, learner(system))
    assert client.get(f"/record/links/{ref}").status_code == 404
    assert post(client, f"/record/links/{ref}/end").status_code == 404
    assert db.session.get_one(RecordShare, share.id).revoked_at is None


def test_making_a_link_in_the_browser_shows_its_address_once(system, client, app):
    person = learner(system)
    complete(system, person)
    sign_in(client, person)
    key = queries.entries_of(person.id)[0].key

    made = post(client, "/record/links/new", {"entries": key, "days": "30", "note": "Ministry"})
    page = client.get(made.location)

    link = re.search(r'href="http://[^"]+(/record/shared/[\w-]+)"', text_of(page))
    assert link
    assert "Ministry" in text_of(page)
    assert app.test_client().get(link[1]).status_code == 200
    ref = queries.shares_of(actor_of(person))[0].ref
    other = sign_in(app.test_client(), person)
    assert "/record/shared/" not in text_of(other.get(f"/record/links/{ref}"))
    assert post(client, f"/record/links/{ref}/end").status_code == 303
    assert app.test_client().get(link[1]).status_code == 410


def test_what_others_did_cannot_be_shared(system, client):
    person, other = learner(system), learner(system)
    complete(system, other)
    (foreign,) = queries.entries_of(other.id)
    with pytest.raises(Invalid):
        make_share(person, keys=[foreign.key])
    sign_in(client, person)
    complete(system, person)
    response = post(client, "/record/links/new", {"entries": foreign.key, "days": "30"})
    assert response.status_code == 422
    assert db.session.query(RecordShare).count() == 0
