"""What somebody confides: who reads it, and that it leaves no trace for anybody else."""

import pytest

from lms.core import search, waiting, workflow
from lms.core.access import give_grant
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.workflow import History
from lms.mentoring.flow import CONCERN
from lms.mentoring.queries import concerns as queries
from lms.mentoring.queries import mentorships
from lms.mentoring.services import mentorships as services
from lms.portal import finding
from tests.factories import actor_of, make_person, post, sign_in
from tests.mentoring.world import acting, make_mentorship, settle

TEXT = "He asked for money in the second meeting."
TRACES = (TEXT, "oncern", "safeguarding contact and", "mentoring_concern")


@pytest.fixture
def pair(world):
    return make_mentorship(world)


def _confide(pair, side="mentee"):
    pair = mentorships.mentorship_by_id(pair.id)
    concern = services.report_concern(acting(getattr(pair, side)), pair, text=TEXT)
    settle()
    return concern


def test_it_goes_to_the_safeguarding_contact_with_a_clock(world, pair):
    concern = _confide(pair)
    contact = actor_of(world.contact)
    (item,) = waiting.items_for(contact)
    assert item.kind == "look_at_concern"
    found = queries.concern_for(contact, concern.ref)
    workflow.perform(CONCERN, found, "close", actor=contact, outcome="We spoke to you on the phone.")
    assert not waiting.items_for(actor_of(world.contact))
    fresh = mentorships.mentorship_by_id(pair.id)
    (mine,) = queries.reported_by(acting(fresh.mentee), fresh)
    assert mine.outcome == "We spoke to you on the phone."


def _pages(world, pair):
    """Every page on which somebody else could look for a trace."""
    shared = ["/dashboard", "/waiting/", "/mentoring/", "/mentoring/mine", "/search?q=money", "/mentoring/?format=csv"]
    ref = world.scheme.ref
    manage = [
        f"/mentoring/manage/{ref}",
        f"/mentoring/manage/{ref}/mentorships",
        f"/mentoring/manage/{ref}/mentorships?format=csv",
        f"/mentoring/manage/{ref}/participants",
        f"/mentoring/manage/{ref}/matching",
        f"/mentoring/watched/{pair.ref}",
        f"/accounts/offices/mentoring_scheme/{ref}/",
        f"/accounts/offices/mentoring_scheme/{ref}/?format=csv",
    ]
    return {
        "mentor": (pair.mentor.person, [*shared, f"/mentoring/mentorships/{pair.ref}"]),
        "coordinator": (world.coordinator, [*shared, *manage]),
        "secretary": (world.secretary, [*shared, *manage, "/admin/journal", "/admin/journal?format=csv"]),
    }


def _shown(app, world, pair):
    found = {}
    for part, (person, pages) in _pages(world, pair).items():
        browser = sign_in(app.test_client(), person)
        for page in pages:
            answer = browser.get(page)
            assert answer.status_code in (200, 403), (part, page, answer.status_code)
            # what differs from one visit to the next by itself
            found[part, page] = _without_noise(answer.text)
    return found


def _without_noise(text):
    import re

    text = re.sub(r'value="[^"]{12,}"', "", text)
    return re.sub(r"\d{2}:\d{2}", "", text)


def test_nobody_else_sees_a_trace_of_it(app, world, pair):
    fresh = mentorships.mentorship_by_id(pair.id)
    before = _shown(app, world, fresh)
    _confide(pair)
    after = _shown(app, world, mentorships.mentorship_by_id(pair.id))
    for place, text in before.items():
        if "journal" in place[1]:  # it grows by every sign-in; what must not stand there is looked for below
            continue
        assert after[place] == text, place
    for person in (world.coordinator, world.secretary, fresh_person(pair, "mentor")):
        browser = sign_in(app.test_client(), person)
        concern = db.session.scalars(
            db.select(AuditEntry.subject_id).where(AuditEntry.action.like("mentoring_concern%"))
        )
        assert concern.first() is not None
        assert browser.get("/mentoring/concerns/").status_code in (200, 403)
        assert TEXT not in browser.get("/mentoring/concerns/").text


def fresh_person(pair, side):
    return getattr(mentorships.mentorship_by_id(pair.id), side).person


def test_not_even_the_administrator_of_accounts_counts_it(app, world, pair):
    administrator = make_person(world.system, roles=[("admin", "platform", None)])
    path = f"/accounts/people/{world.contact.ref}"
    before = _without_noise(sign_in(app.test_client(), administrator).get(path).text)
    assert world.contact.name in before
    _confide(pair)
    assert _without_noise(sign_in(app.test_client(), administrator).get(path).text) == before


def test_the_journal_tells_neither_who_nor_about_whom(pair):
    concern = _confide(pair)
    rows = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action.like("mentoring_concern%"))).all()
    assert [(row.actor_kind, row.actor_id, row.detail) for row in rows] == [("system", None, {})]
    (history,) = db.session.scalars(db.select(History).where(History.machine == "mentoring_concern"))
    assert (history.actor_id, history.note) == (None, "")
    assert concern.state == "reported"


def test_search_does_not_find_it(world, pair):
    _confide(pair)
    assert not search.search_all(
        "money", kinds=["mentoring_scheme", "mentoring_concern"], audiences=["public", "staff"]
    )
    assert not finding.find(actor_of(world.secretary), "money")


def test_the_other_side_finds_nothing_at_its_address(app, world, pair):
    concern = _confide(pair)
    for person in (fresh_person(pair, "mentor"), world.coordinator, world.secretary):
        browser = sign_in(app.test_client(), person)
        assert browser.get(f"/mentoring/concerns/{concern.ref}").status_code == 404
        assert post(browser, f"/mentoring/concerns/{concern.ref}/do/take_up").status_code == 404
    # Even the person who confided it follows it on the page of the mentorship only.
    browser = sign_in(app.test_client(), fresh_person(pair, "mentee"))
    assert browser.get(f"/mentoring/concerns/{concern.ref}").status_code == 404
    assert TEXT in browser.get(f"/mentoring/mentorships/{pair.ref}/concern").text


def test_a_contact_who_is_a_party_never_gets_it(world, pair):
    """It goes on to another contact, or to the secretariat where there is none."""
    mentor = mentorships.mentorship_by_id(pair.id).mentor.person
    give_grant(
        world.system, person_id=mentor.id, role="safeguarding", scope_kind="mentoring_scheme", scope_id=world.scheme.id
    )
    first = _confide(pair)
    with pytest.raises(NotFound):
        queries.concern_for(acting(mentorships.mentorship_by_id(pair.id).mentor), first.ref)
    assert queries.concern_for(actor_of(world.contact), first.ref)


def test_without_another_contact_it_goes_to_the_secretariat(world, pair):
    from lms.core.access import Grant, end_grant

    grant = db.session.scalars(
        db.select(Grant).where(Grant.person_id == world.contact.id, Grant.role == "safeguarding")
    ).one()
    end_grant(world.system, grant)
    concern = _confide(pair)
    assert concern.goes_to == "secretariat"
    assert queries.concern_for(actor_of(world.secretary), concern.ref)
    with pytest.raises(NotFound):
        queries.concern_for(actor_of(make_person(world.system, roles=[("reviewer", "platform", None)])), concern.ref)


def test_the_contact_finds_it_in_a_list_that_cannot_be_taken_out(app, world, pair):
    concern = _confide(pair)
    browser = sign_in(app.test_client(), world.contact)
    page = browser.get("/mentoring/concerns/?format=csv")
    assert page.mimetype == "text/html"
    assert f"/mentoring/concerns/{concern.ref}" in page.text
    assert "To be answered" in page.text
