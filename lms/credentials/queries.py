"""Reading credentials."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.ids import normal_code
from lms.core.storage import StoredFile
from lms.credentials.models import Credential


def visible_to(actor: Actor) -> Select[Credential]:
    """The actor's own, those of the institutions they coordinate, or for the secretariat all."""
    query = select(Credential)
    if actor.is_secretariat or actor.is_system:
        return query
    return query.where(
        or_(
            Credential.person_id == actor.person_id,
            Credential.issuer_id.in_(actor.scopes_of("coordinator", "institution")),
        )
    )


def credential_visible_to(actor: Actor, code: str) -> Credential:
    """One credential with its holder, its file and what came before and after it. Raises NotFound."""
    return _one(visible_to(actor).where(Credential.code == normal_code(code)))


def credentials_of(person_id: int) -> Sequence[Credential]:
    """Everything a person has earned, newest first."""
    return db.session.scalars(
        select(Credential)
        .options(joinedload(Credential.pdf))
        .where(Credential.person_id == person_id)
        .order_by(Credential.created_at.desc(), Credential.id.desc())
    ).all()


def credentials_about(kind: str, subject_ids: Sequence[int]) -> dict[int, Credential]:
    """The latest credential of each of these subjects, by subject id."""
    rows = db.session.scalars(
        select(Credential)
        .where(Credential.subject_kind == kind, Credential.subject_id.in_(subject_ids))
        .order_by(Credential.id)
    )
    return {row.subject_id: row for row in rows}


def issued_by_id(credential_id: int) -> Credential | None:
    """An issued credential, for the job that prints it."""
    query = select(Credential).where(Credential.id == credential_id, Credential.state == "issued")
    return db.session.scalars(query).one_or_none()


def checked_by_code(code: str) -> Credential | None:
    """For public verification: the credential with this code, however it was typed."""
    query = select(Credential).options(joinedload(Credential.replaced_by))
    return db.session.scalars(query.where(Credential.code == normal_code(code))).one_or_none()


def checked_by_file(sha256: str) -> Credential | None:
    """For public verification: the credential whose PDF has this checksum (hex)."""
    return db.session.scalars(
        select(Credential)
        .join(Credential.pdf)
        .options(joinedload(Credential.replaced_by))
        .where(StoredFile.sha256 == sha256)
    ).one_or_none()


def _one(query: Select[Credential]) -> Credential:
    loaded = query.options(
        joinedload(Credential.person),
        joinedload(Credential.pdf),
        joinedload(Credential.replaces),
        joinedload(Credential.replaced_by),
    )
    credential = db.session.scalars(loaded).one_or_none()
    if credential is None:
        raise NotFound
    return credential
