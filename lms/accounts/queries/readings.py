"""Who has read somebody's file, the archives of their data, and their requests to be erased."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.models import Disclosure, Erasure, Person, Reading
from lms.accounts.queries.people import people_called, people_named
from lms.accounts.queries.sessions import digest
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.storage import StoredFile

EXPORT = "privacy.export"
"""The purpose of files that are archives of everything that is kept about somebody."""


def readings_of(actor: Actor, *, q: str = "", unnamed: Collection[str] = ()) -> Select[Reading]:
    """Every reading of the actor's file by others; only of files so named, or by people so called.

    Nobody is found by name who ever read it under one of the `unnamed` permissions: that would name them.
    """
    query = select(Reading).where(
        Reading.person_id == actor.person_id,
        or_(Reading.reader_id.is_(None), Reading.reader_id != actor.person_id),
    )
    if not q:
        return query
    files = select(StoredFile.id).where(
        StoredFile.owner_id == actor.person_id, StoredFile.filename.icontains(q, autoescape=True)
    )
    named = (Reading.subject_kind == "file") & Reading.subject_id.in_(files)
    hidden = select(Disclosure.reader_id).where(
        Disclosure.person_id == actor.person_id,
        Disclosure.permission.in_(unnamed),
        Disclosure.reader_id.is_not(None),
    )
    called = Reading.reader_id.in_(people_named(q)) & Reading.reader_id.not_in(hidden)
    return query.where(or_(named, called))


@dataclass(frozen=True)
class Read:
    """One way in which the actor's file was read: what, by whom, for which institution, why."""

    subject_kind: str
    subject_id: int
    reader_id: int | None
    institution_id: int | None
    permission: str


def distinct_readings_of(actor: Actor) -> list[Read]:
    """Every way in which the actor's file was ever read, each once, for the names that a list of them shows."""
    columns = [getattr(Reading, name) for name in Read.__dataclass_fields__]
    rows = db.session.execute(select(*columns).where(Reading.person_id == actor.person_id).distinct())
    return [Read(*row) for row in rows]


def file_names(ids: Collection[int]) -> dict[int, str]:
    """The names of several files by their ids."""
    found = db.session.execute(select(StoredFile.id, StoredFile.filename).where(StoredFile.id.in_(ids)))
    return {row[0]: row[1] for row in found}


# --- archives of everything that is kept about somebody ------------------------------------------------


def _exports(actor: Actor, lasting: timedelta) -> Select[StoredFile]:
    return select(StoredFile).where(
        StoredFile.owner_id == actor.person_id,
        StoredFile.purpose == EXPORT,
        StoredFile.created_at > actor.now - lasting,
    )


def exports_of(actor: Actor, lasting: timedelta) -> Sequence[StoredFile]:
    """The actor's archives that can still be downloaded, the newest first."""
    return db.session.scalars(_exports(actor, lasting).order_by(StoredFile.id.desc())).all()


def own_export(actor: Actor, ref: str, lasting: timedelta) -> StoredFile:
    """One of them. Raises NotFound, also when it has expired."""
    found = db.session.scalars(_exports(actor, lasting).where(StoredFile.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


# --- requests to be erased ----------------------------------------------------------------------------


def erasure_of(actor: Actor) -> Erasure | None:
    """The actor's own request, the last one."""
    query = select(Erasure).where(Erasure.person_id == actor.person_id).order_by(Erasure.id.desc()).limit(1)
    return db.session.scalars(query).one_or_none()


def own_erasure(actor: Actor) -> Erasure:
    """The actor's own request. Raises NotFound."""
    found = erasure_of(actor)
    if found is None:
        raise NotFound
    return found


def erasures(*, q: str = "", state: str = "") -> Select[Erasure]:
    """All requests with whose they are: everything, or what stands in one state or belongs to somebody so called."""
    query = select(Erasure).join(Erasure.person).options(joinedload(Erasure.person))
    if q:
        query = query.where(Person.id.in_(people_called(q)))
    return query.where(Erasure.state == state) if state else query


def erasure_by_ref(_actor: Actor, ref: str) -> Erasure:
    """One request with whose it is. Raises NotFound."""
    query = select(Erasure).where(Erasure.ref == ref).options(joinedload(Erasure.person))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def erasure_by_letter(token: str) -> Erasure:
    """The request whose result a mailed link leads to. Raises NotFound."""
    found = db.session.scalars(select(Erasure).where(Erasure.letter_digest == digest(token))).one_or_none()
    if found is None:
        raise NotFound
    return found
