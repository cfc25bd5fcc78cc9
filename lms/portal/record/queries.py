"""Reading records: one's own, those that concern an office, and those that were shared."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.accounts import queries as people
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.courses.queries import record as courses
from lms.credentials import queries as credentials
from lms.credentials.record import RecordEntry, in_order
from lms.exchange.queries import record as exchange
from lms.institutions import queries as institutions
from lms.mentoring.queries import record as mentoring
from lms.portal.record.models import RecordShare
from lms.portal.record.rules import STATEMENT
from lms.programmes.queries import record as programmes

if TYPE_CHECKING:
    from lms.accounts.models import Person
    from lms.credentials.models import Credential

_SOURCES: tuple[Callable[[int], list[RecordEntry]], ...] = (
    courses.record_entries,
    exchange.record_entries,
    mentoring.record_entries,
    programmes.record_entries,
)


@dataclass(frozen=True)
class PersonRecord:
    """A person, and what a reader may see of their record, in order.

    `homes` are the institutions with which they share their record: coordinators there may look, even while there is
    nothing to see.
    """

    person: "Person"
    entries: Sequence[RecordEntry]
    homes: frozenset[int] = frozenset()

    @property
    def id(self) -> int:
        """The person's: by it the record is known to have been read."""
        return self.person.id


def entries_of(person_id: int) -> list[RecordEntry]:
    """A person's whole record, newest first. As many queries as there are kinds, however long it is."""
    return in_order(entry for source in _SOURCES for entry in source(person_id))


def own_record(actor: Actor) -> PersonRecord:
    """The actor's own. Raises NotFound for a visitor."""
    return PersonRecord(people.myself(actor), entries_of(actor.person_id or 0))


def record_visible_to(actor: Actor, ref: str) -> PersonRecord:
    """What an office sees of a person: the secretariat all, coordinators what their institutions took part in.

    Raises NotFound for an unknown person; who may look at all is for the policy.
    """
    person = people.person_by_ref(ref)
    entries = entries_of(person.id)
    if not actor.is_secretariat:
        own = actor.scopes_of("coordinator", "institution")
        entries = [entry for entry in entries if entry.institution_ids & own]
    return PersonRecord(person, entries, frozenset(institutions.shared_with(person.id)))


def chosen(entries: Sequence[RecordEntry], keys: Collection[str]) -> list[RecordEntry]:
    """The entries with these keys, in the order of the record."""
    return [entry for entry in entries if entry.key in keys]


# --- links ------------------------------------------------------------------------------------------


def shares_of(actor: Actor) -> Sequence[RecordShare]:
    """The actor's links, newest first, with their openings."""
    return db.session.scalars(
        select(RecordShare)
        .where(RecordShare.person_id == actor.person_id)
        .options(selectinload(RecordShare.openings))
        .order_by(RecordShare.id.desc())
        .limit(100)
    ).all()


def own_share(actor: Actor, ref: str) -> RecordShare:
    """One of the actor's links, with its openings. Raises NotFound."""
    share = db.session.scalars(
        select(RecordShare)
        .where(RecordShare.ref == ref, RecordShare.person_id == actor.person_id)
        .options(selectinload(RecordShare.openings))
    ).one_or_none()
    if share is None:
        raise NotFound
    return share


def share_by_token(token: str) -> RecordShare:
    """The link with this secret, ended or not. Raises NotFound."""
    share = db.session.scalars(select(RecordShare).where(RecordShare.digest == people.digest(token))).one_or_none()
    if share is None:
        raise NotFound
    return share


def record_behind(share: RecordShare) -> PersonRecord:
    """What a link shows now: the entries that were chosen, as they stand."""
    return PersonRecord(people.person_by_id(share.person_id), chosen(entries_of(share.person_id), share.entries))


# --- documents --------------------------------------------------------------------------------------


def statements_of(person_id: int) -> "list[Credential]":
    """The documents that were made of a person's record, newest first."""
    return [row for row in credentials.credentials_of(person_id) if row.kind == STATEMENT]
