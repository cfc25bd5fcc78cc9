"""People, institutions and browsers for tests, made through the services that the platform uses."""

from typing import Any

from flask import current_app
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from lms.accounts import queries as people
from lms.accounts import services as accounts
from lms.accounts.models import Person
from lms.accounts.passwords import hash_password
from lms.core import clock
from lms.core.access import give_grant
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.ids import new_ref
from lms.institutions.models import Country, Institution, Lab
from lms.institutions.services import belong

COUNTRIES = {
    "CN": ("China", "中国", "中国", "zh-Hans", "Asia/Shanghai"),
    "LA": ("Laos", "老挝", "ລາວ", "lo", "Asia/Vientiane"),
    "TH": ("Thailand", "泰国", "ประเทศไทย", "th", "Asia/Bangkok"),
    "VN": ("Viet Nam", "越南", "Việt Nam", "vi", "Asia/Ho_Chi_Minh"),
    "MM": ("Myanmar", "缅甸", "မြန်မာ", "my", "Asia/Yangon"),
}


def make_country(code: str = "TH") -> Country:
    """A state, once."""
    country = db.session.get(Country, code)
    if country is None:
        name_en, name_zh, name_local, lang, zone = COUNTRIES[code]
        country = Country(
            code=code, name_en=name_en, name_zh=name_zh, name_local=name_local, local_lang=lang, zones=[zone]
        )
        db.session.add(country)
        db.session.flush()
    return country


def make_institution(system: Actor, *, name: str = "", country: str = "TH", **columns: Any) -> Institution:
    """A confirmed institution of its own name. `columns`: further columns, such as domain or kind."""
    make_country(country)
    slug = columns.pop("slug", f"institution-{new_ref(6)}")
    institution = Institution(
        slug=slug,
        name_en=name or f"University {slug[-6:]}",
        country_code=country,
        created_at=system.now,
        **({"kind": "university", "state": "confirmed", "source": "https://example.org"} | columns),
    )
    db.session.add(institution)
    db.session.flush()
    return institution


def make_lab(system: Actor, *, institution: Institution, name: str = "") -> Lab:
    """A lab of an institution."""
    del system
    lab = Lab(ref=new_ref(), institution_id=institution.id, name_en=name or f"Laboratory {new_ref(6)}")
    db.session.add(lab)
    db.session.flush()
    return lab


def make_person(
    system: Actor,
    *,
    name: str = "",
    email: str = "",
    roles: list[tuple[str, str, int | None]] | None = None,
    institution: Institution | None = None,
    password: str | None = None,
    confirmed: bool = True,
    affiliation: str = "student",
    **profile: Any,
) -> Person:
    """Somebody with a confirmed address.

    `roles` are (role, kind of scope, id or None for the platform); `institution` becomes their home, with
    `affiliation` student, staff, coordinator or signatory, confirmed. `profile`: further columns of a person.
    """
    ref = new_ref(8)
    person = accounts.create_person(
        system,
        email=email or f"{ref}@example.test",
        name=name or f"Person {ref}",
        password_hash=hash_password(password) if password else None,
        is_confirmed=confirmed,
        **profile,
    )
    if institution is not None:
        make_home(system, person=person, institution=institution, role=affiliation)
    for role, scope_kind, scope_id in roles or []:
        give_grant(system, person_id=person.id, role=role, scope_kind=scope_kind, scope_id=scope_id)
    return person


def make_home(system: Actor, *, person: Person, institution: Institution, role: str = "student") -> None:
    """Make the institution a person's confirmed home; coordinators and signatories get their role."""
    belong(system, person=person, institution=institution, role=role)


def actor_of(person: Person) -> Actor:
    """The person as an actor, now, with the roles they hold now."""
    return people.actor_of(person.id, clock.now())


def sign_in(client: FlaskClient, person: Person) -> FlaskClient:
    """Sign the browser in as this person; the same browser, for chaining."""
    token = accounts.start_session(actor_of(person), person=person, user_agent="pytest", detail="test")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def csrf_token(client: FlaskClient) -> str:
    """A token that the browser's forms carry."""
    with client.session_transaction() as cookie:
        secret = cookie.setdefault("csrf_token", "0123456789abcdef")
    return str(URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token").dumps(secret))


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
    """Send a form as a browser would, with its CSRF token (and none of the form's hidden fields)."""
    return client.post(path, data={"csrf_token": csrf_token(client)} | (data or {}), **options)
