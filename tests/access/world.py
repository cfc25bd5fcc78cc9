"""The world in which the matrix is executed: the demo world, and strangers to it.

The seeded people have relations to what was seeded; `other_…` personas hold the same roles at an
institution that has nothing to do with any of it.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.accounts import queries as people
from lms.accounts import services as accounts
from lms.accounts.models import Person
from lms.core import clock
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from tests.access.matrix import PERSONAS
from tests.factories import make_institution, make_lab, make_person

SEEDED = {
    "learner": "student@demo.example",
    "scientist": "scientist@demo.example",
    "home_coordinator": "home@demo.example",
    "host": "host@demo.example",
    "instructor": "instructor@demo.example",
    "reviewer": "reviewer@demo.example",
    "secretariat": "secretariat@demo.example",
    "admin": "admin@demo.example",
}


@dataclass(frozen=True)
class World:
    """Who is in it: ids of people, and the secret of one session for each."""

    app: Flask
    people: dict[str, int]
    tokens: dict[str, str]

    def others(self) -> list[str]:
        """Everybody else of the seeded world."""
        known = set(self.people.values())
        found = {f"person {id_}": id_ for id_ in db.session.scalars(select(Person.id).order_by(Person.id))}
        self.people.update({name: id_ for name, id_ in found.items() if id_ not in known})
        return [name for name in found if name in self.people]

    def actor(self, persona: str) -> Actor:
        """The persona, now."""
        if persona == "visitor":
            return Actor(now=clock.now())
        return people.actor_of(self.people[persona], clock.now())

    def sign_in(self, persona: str) -> None:
        """Sign somebody in who is not yet."""
        if persona != "visitor" and persona not in self.tokens:
            person = people.person_by_id(self.people[persona])
            self.tokens[persona] = accounts.start_session(
                self.actor(persona), person=person, user_agent="pytest", detail="test"
            )
            db.session.commit()

    def browser(self, persona: str) -> FlaskClient:
        """A browser in which the persona is signed in."""
        client = self.app.test_client()
        if persona != "visitor":
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = self.tokens[persona], True
        return client


def strangers(system: Actor) -> dict[str, Person]:
    """People with the same roles at a university that nobody in the seeded world has to do with."""
    university = make_institution(system, name="Far Away University", country="MM")
    lab = make_lab(system, institution=university)
    at, within = ("institution", university.id), ("lab", lab.id)
    options: dict[str, Any] = {"institution": university, "affiliation": "staff"}
    return {
        "other_coordinator": make_person(system, roles=[("coordinator", *at)], **options),
        "other_host": make_person(system, roles=[("host", *within)], **options),
        "other_instructor": make_person(system, roles=[("instructor", *at)], **options),
    }


def build(app: Flask) -> World:
    """Seed the demo world, add the strangers, and sign everybody in."""
    app.test_cli_runner().invoke(args=["demo", "seed"], catch_exceptions=False)
    system = system_actor(clock.now())
    found = {persona: people.person_by_email(email) for persona, email in SEEDED.items()}
    missing = [SEEDED[persona] for persona, person in found.items() if person is None]
    assert not missing, f"the demo world lacks {missing}"
    everybody = {**found, **strangers(system)}
    db.session.commit()
    ids = {persona: person.id for persona, person in everybody.items() if person is not None}
    assert {"visitor", *ids} == set(PERSONAS)
    world = World(app, ids, {})
    for persona in PERSONAS:
        world.sign_in(persona)
    return world
