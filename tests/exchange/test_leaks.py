"""Before the release no page, count, mail, export, search or waiting item shows a trace of a decision."""

import pytest

from lms.applications.queries.endorsements import endorsements_of
from lms.core import waiting
from lms.core.db import db
from lms.core.outbox import KeptMail, relay
from lms.core.workflow import history_of
from lms.exchange.models import Call
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.timeline import happened, next_of
from tests.exchange.deciding import SORRY, decided_call, fresh, person_of, rank_all, release, reviewed_call
from tests.exchange.world import make_world, publish_call
from tests.factories import actor_of, sign_in

TRACES = (SORRY, "You have an offer", "waiting list", "Not selected", "Offer made", "Hosts rank", "Deciding")


@pytest.fixture
def world(system):
    return make_world(system)


def pages_of(world, call, application, post_ref):
    """Every page on which an outsider could look for a trace."""
    shared = [
        "/",
        "/dashboard",
        "/exchange/",
        f"/exchange/calls/{call.ref}",
        f"/exchange/posts/{post_ref}",
        "/exchange/placements/",
        "/exchange/placements/?format=csv",
    ]
    return {
        person_of(application): [*shared, "/exchange/applications/", f"/exchange/applications/{application.ref}"],
        world.coordinator: [*shared, "/endorsements/", "/endorsements/?state=given", "/endorsements/?format=csv"],
        world.host_person: [
            *shared,
            "/exchange/my-posts/",
            "/exchange/my-posts/?format=csv",
            "/exchange/ranking/",
            "/exchange/ranking/?format=csv",
            f"/exchange/ranking/{post_ref}",
            f"/exchange/ranking/{post_ref}/candidates/{application.ref}",
        ],
    }


def look(client, pages):
    seen = {}
    for person, paths in pages.items():
        sign_in(client, person)
        for path in paths:
            response = client.get(path)
            assert response.status_code == 200, (path, response.status_code)
            seen[person.id, path] = response.text
    return seen


def mail_count():
    db.session.commit()
    relay.run_until_idle()
    return db.session.query(KeptMail).count()


def without_noise(text):
    """A page without what differs on every request."""
    return [line for line in text.splitlines() if 'once" type="hidden"' not in line and 'csrf_token"' not in line]


def test_nothing_shows_before_the_release(client, world):
    call = publish_call(world, titles=("Dengue surveillance",))
    applications = reviewed_call(world, call, 2)
    rank_all(world, call)
    application, post_ref = fresh(applications[0]), world.posts[0].ref
    mails = mail_count()
    call = db.session.get(Call, application.call_id)
    pages = pages_of(world, call, application, post_ref)
    before = look(client, pages)
    following = next_of(application, endorsements_of(application))
    assert following is not None
    assert following.until is None
    from tests.exchange.deciding import record, run_allocation

    record(world, run_allocation(world, db.session.get(Call, call.id)))
    assert len(queries.decisions_of(db.session.get(Call, call.id))) == 2
    pages = pages_of(world, db.session.get(Call, call.id), fresh(application), post_ref)
    after = look(client, pages)
    for key, text in after.items():
        assert without_noise(text) == without_noise(before[key]), key
        for trace in TRACES:
            assert trace not in text, (key, trace)
    assert mail_count() == mails
    applicant = actor_of(person_of(application))
    assert fresh(application).state == "in_review"
    assert fresh(application).decided_reason == ""
    assert [str(one.title) for one in happened(fresh(application), endorsements_of(application))][
        -1
    ] == "Accepted for review"
    assert next_of(fresh(application), endorsements_of(application)) == following
    assert [item.kind for item in waiting.items_for(applicant)] == []
    assert history_of("application", application.id, public_only=True)[-1].transition == "accept_screening"
    sign_in(client, person_of(application))
    for path in (f"/exchange/offers/{application.ref}", f"/exchange/decisions/{application.ref}"):
        assert client.get(path).status_code == 404
    assert client.get(f"/exchange/manage/calls/{call.ref}/decisions").status_code == 403


def test_everybody_learns_at_once(client, world):
    call = publish_call(world, titles=("Dengue surveillance",))
    applications = decided_call(world, call, 2)
    release(world, call)
    states = sorted(fresh(one).state for one in applications)
    assert states == ["offered", "waitlisted"]
    for one in applications:
        sign_in(client, person_of(one))
        text = client.get(f"/exchange/applications/{one.ref}").text
        assert ("You have an offer" in text) == (fresh(one).state == "offered")
        assert ("waiting list" in text.lower()) == (fresh(one).state == "waitlisted")
