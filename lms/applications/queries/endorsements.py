"""Reading endorsements, each time narrowed to what the actor may see."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from lms.accounts.queries import digest
from lms.applications.models import Application, Endorsement, Institution
from lms.applications.rules import LIVE_ENDORSEMENT
from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.ids import normal_code
from lms.core.storage import StoredFile


def _loaded() -> Select[Endorsement]:
    application = joinedload(Endorsement.application)
    return select(Endorsement).options(
        application.joinedload(Application.call),
        application.joinedload(Application.person),
        application.joinedload(Application.home_institution).joinedload(Institution.country),
        joinedload(Endorsement.institution).joinedload(Institution.country),
    )


def office_of(actor: Actor) -> ColumnElement[bool]:
    """The endorsements that were asked from an office in which the actor sits, their own application aside."""
    ids = actor.scopes_of("coordinator", "institution")
    if not ids:
        return false()
    own = select(Application.id).where(Application.person_id == actor.person_id)
    return (
        (Endorsement.route == "platform") & Endorsement.institution_id.in_(ids) & Endorsement.application_id.not_in(own)
    )


def office_queue(actor: Actor, *, q: str = "", state: str = "") -> Select[Endorsement]:
    """What was asked from the actor's offices: everything, or what stands in one state or names somebody."""
    query = _loaded().where(office_of(actor), Endorsement.state != "cancelled")
    if q:
        query = query.where(Endorsement.application_id.in_(search.match("application", q)))
    return query.where(Endorsement.state == state) if state else query


def asked_of_office(actor: Actor, refs: Collection[str]) -> Sequence[Endorsement]:
    """These of the requests to the actor's offices."""
    return db.session.scalars(office_queue(actor).where(Endorsement.ref.in_(refs))).all()


def sheets_to_check(actor: Actor, *, q: str = "") -> Select[Endorsement]:
    """Sealed sheets that wait for the secretariat: all of them, or those with this code or an applicant so named."""
    query = _loaded().where(Endorsement.route == "sheet", Endorsement.state == "uploaded")
    if q:
        named = Endorsement.application_id.in_(search.match("application", q))
        query = query.where(or_(named, Endorsement.code == normal_code(q)))
    return query if actor.is_secretariat else query.where(false())


def endorsement_visible_to(actor: Actor, ref: str) -> Endorsement:
    """An endorsement for the office that decides it, its applicant or the secretariat. Raises NotFound."""
    mine = Endorsement.application_id.in_(select(Application.id).where(Application.person_id == actor.person_id))
    seen = [office_of(actor), mine]
    query = _loaded().where(Endorsement.ref == ref)
    if not actor.is_secretariat:
        query = query.where(or_(*seen))
    return _one(query)


def endorsement_by_token(token: str) -> Endorsement:
    """The endorsement whose mailed link holds this secret, in whatever state it stands. Raises NotFound."""
    return _one(_loaded().where(Endorsement.token_digest == digest(token)))


def endorsement_by_code(code: str) -> Endorsement:
    """The endorsement whose printed sheet bears this code. Raises NotFound."""
    return _one(_loaded().where(Endorsement.code == normal_code(code), Endorsement.route == "sheet"))


def loaded_endorsement(endorsement_id: int) -> Endorsement:
    """An endorsement with all that its messages need. Raises NotFound."""
    return _one(_loaded().where(Endorsement.id == endorsement_id))


def live_endorsement(application: Application) -> Endorsement | None:
    """The endorsement that still waits for somebody."""
    return db.session.scalars(
        _loaded().where(Endorsement.application_id == application.id, Endorsement.state.in_(LIVE_ENDORSEMENT))
    ).one_or_none()


def endorsements_of(application: Application) -> list[Endorsement]:
    """Every endorsement that was asked for, oldest first."""
    endorsements = db.session.scalars(
        select(Endorsement)
        .options(joinedload(Endorsement.institution).joinedload(Institution.country))
        .where(Endorsement.application_id == application.id)
        .order_by(Endorsement.id)
    ).all()
    for endorsement in endorsements:
        set_committed_value(endorsement, "application", application)
    return list(endorsements)


def endorsing_body(application: Application, wish: Mapping[str, Any], language: str = "en") -> tuple[str, str]:
    """Who would endorse, by this wish: the body's name in a language and its country, for the consent that names it."""
    institution = None
    if wish.get("route") == "platform":
        institution = db.session.get(Institution, wish.get("institution_id") or 0)
    if institution is not None:
        name = (institution.name_zh if language == "zh" else "") or institution.name_en
        return name, institution.country_code
    return wish.get("office", ""), application.facts.get("nationality") or ""


def links_asked_by(person_id: int, since: datetime) -> int:
    """How many endorsements by a mailed link somebody has asked for since then, in all their applications."""
    query = (
        select(func.count())
        .select_from(Endorsement)
        .join(Endorsement.application)
        .where(Application.person_id == person_id, Endorsement.route == "link", Endorsement.requested_at > since)
    )
    return db.session.scalar(query) or 0


def is_endorsed(application: Application) -> bool:
    """Whether an endorsement was given: any one suffices."""
    return any(endorsement.state == "given" for endorsement in endorsements_of(application))


def sheet_file(endorsement: Endorsement) -> StoredFile:
    """The photographed sheet. Raises NotFound when none was handed in."""
    file = db.session.get(StoredFile, endorsement.file_id) if endorsement.file_id else None
    if file is None:
        raise NotFound
    return file


def _one(query: Select[Any]) -> Endorsement:
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
