"""The people of the demo world: all invented, from all twelve states, with their homes, roles and consents."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lms.accounts import services as accounts
from lms.accounts.consents import ACCOUNT, NEWS, Consenting
from lms.accounts.passwords import hash_password
from lms.accounts.queries import person_by_id
from lms.core.access import give_grant
from lms.demo.seed.world import PASSWORD, World, staged_document
from lms.institutions import queries as institutions
from lms.institutions import services

if TYPE_CHECKING:
    from lms.accounts.models import Person
    from lms.core.actor import Actor
    from lms.institutions.models import Institution

_FILE = Path(__file__).resolve().parents[1] / "people.csv"
# The ten accounts that one signs in as with one click; the others differ by their address only.
PRESENTED = (
    "student",
    "scientist",
    "home",
    "host",
    "partner",
    "instructor",
    "reviewer",
    "mentor",
    "secretariat",
    "admin",
)
_ARRIVED, _GIVEN = -500.0, -480.0
FIELD_LAB = "Sample Laboratory of Field Epidemiology"

# Account, role, kind of scope, name of the scope.
_ROLES = (
    ("admin", "admin", "platform", ""),
    ("secretariat", "secretariat", "platform", ""),
    ("reviewer", "reviewer", "platform", ""),
    ("reviewer2", "reviewer", "platform", ""),
    ("reviewer3", "reviewer", "platform", ""),
    ("instructor", "instructor", "institution", "mahidol-university"),
    ("instructor2", "instructor", "institution", "hanoi-university-of-public-health"),
    ("instructor3", "instructor", "institution", "guangxi-medical-university"),
    ("host", "host", "lab", "State Key Laboratory of Respiratory Disease"),
    ("mentor", "host", "lab", "State Key Laboratory of Natural and Biomimetic Drugs"),
    ("instructor3", "host", "lab", FIELD_LAB),
)


def address_of(account: str) -> str:
    """The e-mail address of an invented person; `.example` can never belong to anybody (RFC 2606)."""
    return f"{account}@{'demo' if account in PRESENTED else 'people'}.example"


def make_people(world: World) -> None:
    """Load the reference data, then make the accounts with their homes and consents."""
    actor = world.system(_ARRIVED)
    services.load_reference_data(actor)
    world.sub_centres = {centre.code: centre.id for centre in institutions.sub_centres()}
    password_hash = hash_password(PASSWORD)
    for row in _rows():
        home = row.pop("institution")
        role = row.pop("affiliation")
        account = row.pop("account")
        born_on = date.fromisoformat(row.pop("born_on"))
        profile = {column: value for column, value in row.items() if column not in ("name", "family", "given")}
        person = accounts.create_person(
            actor,
            email=address_of(account),
            name=row["name"],
            passport_family=row["family"],
            passport_given=row["given"],
            password_hash=password_hash,
            is_confirmed=True,
            born_on=born_on,
            **profile,
        )
        world.people[account] = person.id
        if home:
            belong(world, account, home, role)
        for purpose in (ACCOUNT, NEWS):
            center = world.center_zh if row["language"] == "zh" else world.center
            consenting = Consenting(purpose.name, center, "CN", row["language"])
            accounts.give_consent(actor, person_id=person.id, consenting=consenting)


def belong(world: World, account: str, slug: str, role: str) -> None:
    """Give somebody a confirmed home that may see their record."""
    actor = world.system(_ARRIVED)
    person = person_by_id(world.people[account])
    institution = institutions.institution_by_slug(slug)
    world.institutions[slug] = institution.id
    services.belong(actor, person=person, institution=institution, role=role)
    share_record(actor, person, institution)


def share_record(actor: "Actor", person: "Person", institution: "Institution") -> None:
    """Let the coordinators of somebody's home see their record."""
    accounts.give_consent(actor, person_id=person.id, consenting=services.home_consent(institution, person.language))


def give_roles(world: World) -> None:
    """Give the roles that are granted, and the lab that the posts of Guangxi stand in."""
    own = institutions.institution_by_slug("guangxi-medical-university")
    services.add_lab(
        world.acting("coordinator-cn", _GIVEN),
        institution=own,
        name_en=FIELD_LAB,
        name_local="示范现场流行病学实验室",
    )
    hosts = ("guangzhou-medical-university", "peking-university-health-science-center", own.slug)
    ids = [institutions.institution_by_slug(slug).id for slug in hosts]
    world.labs = {lab.name_en: lab.id for lab in institutions.labs_of(ids)}
    for account, role, scope_kind, scope in _ROLES:
        give_grant(
            world.system(_GIVEN),
            person_id=world.people[account],
            role=role,
            scope_kind=scope_kind,
            scope_id={"institution": world.institutions, "lab": world.labs}.get(scope_kind, {}).get(scope),
            reason="demonstration",
        )


def ask_offices(world: World) -> None:
    """What lies on the desks of coordinators, secretariat and administrator about people and institutions."""
    actor = world.acting("learner-la2", -3)
    lao = institutions.institution_by_slug("university-of-health-sciences-lao-pdr")
    services.join(actor, institution=lao, role="staff", position="Laboratory assistant")
    actor = world.acting("newcomer-tl", -2)
    ministry = institutions.institution_by_slug("ministry-of-health-timor-leste")
    letter = staged_document("Letter of appointment")
    services.join(actor, institution=ministry, role="coordinator", position="Department of training", letter=letter)
    services.propose(
        world.acting("scientist-tl", -4),
        values={
            "name_en": "Sample District Hospital of Baucau",
            "name_local": "",
            "local_lang": "",
            "name_zh": "",
            "kind": "hospital",
            "country_code": "TL",
            "city": "Baucau",
            "website": "",
        },
    )
    accounts.ask_for_erasure(world.acting("learner-my", -8))
    secretariat = world.acting("secretariat", -1)
    accounts.invite(
        secretariat,
        email=address_of("admin"),
        role="reviewer",
        scope_kind="platform",
        note="Would you review for the coming call? It is three applications.",
    )
    course = world.courses["SIGNALS-101"]
    accounts.invite(
        world.acting("instructor3", -1),
        email=address_of("instructor"),
        role="instructor",
        scope_kind="course",
        scope_id=course.id,
        note="You know the field. Would you teach it with me?",
    )


def accounts_in_file() -> list[str]:
    """Every account of the demo world but those of the crowd."""
    return [row["account"] for row in _rows()]


def _rows() -> Iterator[dict[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
