"""A small exchange for tests: people, labs, a call with posts, and applications that got where they are by performing."""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lms.accounts.models import Person
from lms.applications.eligibility import Facts
from lms.core import clock, storage, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.outbox import KeptMail, relay
from lms.exchange.flow import CALL, POST
from lms.exchange.models import Application, Call, Institution, Lab, Post
from lms.exchange.queries.applying import own_application, recipients_of
from lms.exchange.services import applying, calls, posts
from tests.factories import actor_of, make_institution, make_lab, make_person

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CENTER = "ASEAN-China Public Health Science and Technology Cooperation Center"


@dataclass
class World:
    """Who is there."""

    system: Actor
    home: Institution
    host: Institution
    lab: Lab
    secretary: Person
    coordinator: Person
    host_person: Person
    posts: list[Post] = field(default_factory=list)


def make_world(system: Actor) -> World:
    """A home university in Thailand with a coordinator, a host in China with a lab, and a secretariat."""
    home = make_institution(system, name="Mahidol University", country="TH")
    host = make_institution(system, name="Peking University", country="CN")
    lab = make_lab(system, institution=host, name="Health Data Lab")
    return World(
        system,
        home,
        host,
        lab,
        make_person(system, name="Secretary", roles=[("secretariat", "platform", None)]),
        make_person(system, name="Coordinator", institution=home, affiliation="coordinator"),
        make_person(system, name="Host", institution=host, affiliation="staff", roles=[("host", "lab", lab.id)]),
    )


def make_call(world: World, **values: Any) -> Call:
    """A call in draft that opens now and closes in 30 days."""
    now = clock.now()
    columns = {
        "title_en": "Young scientists 2027",
        "title_zh": "2027青年科学家",
        "summary_en": "Come and work.",
        "summary_zh": "欢迎。",
        "opens_at": now - timedelta(minutes=1),
        "closes_at": now + timedelta(days=30),
    }
    return calls.open_call(actor_of(world.secretary), **(columns | values))


def make_post(
    world: World, call: Call, *, title: str = "Dengue surveillance", lab: Lab | None = None, **values: Any
) -> Post:
    """An approved post of the world's lab (or another one, whose host must be the world's host person)."""
    host = actor_of(world.host_person)
    columns: dict[str, Any] = {"title_en": title, "duties": "Analyse surveillance data.", "months": 6, "places": 1}
    post = posts.draft_post(host, call_id=call.id, lab_id=(lab or world.lab).id, **(columns | values))
    workflow.perform(POST, post, "submit", actor=host)
    workflow.perform(POST, post, "approve", actor=actor_of(world.secretary))
    world.posts.append(post)
    return post


def publish_call(
    world: World, *, titles: tuple[str, ...] = ("Dengue surveillance", "Malaria genomics"), **values: Any
) -> Call:
    """A published call with approved posts, open now."""
    call = make_call(world, **values)
    secretary = actor_of(world.secretary)
    workflow.perform(CALL, call, "open_preparation", actor=secretary)
    for title in titles:
        make_post(world, call, title=title)
    workflow.perform(CALL, call, "publish", actor=secretary)
    return call


GOOD = Facts(
    nationality="TH",
    born_on=date(1995, 5, 17),
    degree="doctorate",
    research_years=3,
    employer_country="TH",
    languages={"en": "fluent"},
    is_full_time=True,
)


def make_scientist(world: World, *, name: str = "Malee", **profile: Any) -> Person:
    """A young scientist of the home university."""
    return make_person(world.system, name=name, institution=world.home, nationality="TH", **profile)


def staged(name: str = "cv.pdf") -> storage.StagedFile:
    """A stored PDF."""
    return storage.stage(io.BytesIO(PDF), name, kinds=frozenset({"pdf"}))


def fill_in(
    person: Person, call: Call, chosen: list[Post], *, wish: dict[str, Any] | None = None, facts: Facts = GOOD
) -> Application:
    """A complete draft."""
    actor = actor_of(person)
    application = applying.start_application(actor, call, facts=facts)
    for post in chosen:
        applying.add_choice(actor, application, version=None, post_ref=post.ref)
    applying.save_statement(actor, application, version=None, statement="I want to learn and bring it home.")
    for kind in call.document_kinds:
        applying.add_document(actor, application, version=None, kind=kind, staged=staged(f"{kind}.pdf"))
    default = {"route": "platform", "institution_id": person.home_institution_id}
    applying.save_wish(actor, application, version=None, wish=wish or default)
    return own_application(actor, application.ref)


def submit(person: Person, application: Application) -> Application:
    """Submit a draft with all consents."""
    actor = actor_of(person)
    needed = recipients_of(application, center=CENTER)
    applying.submit(actor, application, version=None, needed=needed, given=needed)
    return own_application(actor, application.ref)


def apply(
    world: World, call: Call, *, person: Person | None = None, chosen: list[Post] | None = None, **options: Any
) -> Application:
    """A submitted application of a (new) scientist."""
    person = person or make_scientist(world)
    return submit(person, fill_in(person, call, chosen or world.posts, **options))


def later(**by: float) -> Actor:
    """Move the clock and be the platform then."""
    clock.move(timedelta(**by))
    return system_actor(clock.now())


def mails(subject_part: str) -> list[Any]:
    """The kept mails whose subject holds these words, after the relay has run."""
    db.session.commit()
    relay.run_until_idle()
    return [mail for mail in db.session.query(KeptMail).order_by(KeptMail.id) if subject_part in mail.subject]
