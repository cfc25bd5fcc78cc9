"""What administrators see of accounts: who there is, which roles they hold, and what hangs on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from lms.accounts.models import Person
from lms.accounts.queries.offices import office_items, office_member_ids
from lms.accounts.queries.people import people_called
from lms.accounts.scopes import PLATFORM, Scope, scope_texts
from lms.core.access import Grant, role_named
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.waiting import Office, WaitingItem, kind_named


@dataclass(frozen=True)
class RoleText:
    """A role in the reader's language, and where it is held; no place for a role on the whole platform."""

    role: Text
    place: Text = ""


@dataclass(frozen=True)
class OpenWork:
    """What somebody leaves open: to be done by nobody else, taken from an office, and offices without anybody.

    The first two hold how many of each kind of thing there are.
    """

    alone: Sequence[tuple[Text, int]]
    taken: Sequence[tuple[Text, int]]
    deserted: Sequence[Scope]


def everybody(*, q: str = "", state: str = "") -> Select[Person]:
    """All accounts that a search finds; `state` is suspended, unconfirmed, or empty for all."""
    query = select(Person)
    if q:
        query = query.where(Person.id.in_(people_called(q)))
    match state:
        case "suspended":
            return query.where(Person.suspended_at.is_not(None))
        case "unconfirmed":
            return query.where(Person.email_confirmed_at.is_(None))
    return query


def roles_in_words(ids: Collection[int], now: datetime, *, besides: str = "") -> dict[int, list[RoleText]]:
    """The roles that these people hold now, in words, but for those in one kind of scope; nobody without any."""
    if not ids:
        return {}
    query = select(Grant).where(Grant.person_id.in_(set(ids))).order_by(Grant.id)
    grants = [grant for grant in db.session.scalars(query) if grant.is_current(now) and grant.scope_kind != besides]
    texts = scope_texts([(grant.scope_kind, grant.scope_id) for grant in grants])
    found: dict[int, list[RoleText]] = {}
    for grant in grants:
        key = (grant.scope_kind, grant.scope_id)
        place = texts[key].name if key in texts and grant.scope_kind != PLATFORM.name else ""
        label = role_named(grant.role, grant.scope_kind).label
        found.setdefault(grant.person_id, []).append(RoleText(label, place))
    return found


def administrator_ids(now: datetime) -> list[int]:
    """The administrators who can sign in now. Their rows are locked, so that two cannot put each other out at once."""
    office = Office("admin", PLATFORM.name)
    holders = office_member_ids(office, now)
    db.session.execute(select(Person.id).where(Person.id.in_(holders)).order_by(Person.id).with_for_update())
    return office_member_ids(office, now)  # Read anew: somebody may have gone while this waited for the lock.


def open_work_of(person_id: int, now: datetime) -> OpenWork:
    """What waits for somebody alone, what they have taken, and where nobody else could take it over."""
    return OpenWork(
        _counted(WaitingItem.person_id == person_id),
        _counted(WaitingItem.assignee_id == person_id),
        _deserted(person_id, now),
    )


def _counted(whose: object) -> list[tuple[Text, int]]:
    rows = db.session.execute(
        select(WaitingItem.kind, func.count())
        .where(whose, WaitingItem.closed_at.is_(None))  # type: ignore[arg-type]
        .group_by(WaitingItem.kind)
        .order_by(WaitingItem.kind)
    )
    kinds = [(kind_named(kind), count) for kind, count in rows]
    return [(kind.label, count) for kind, count in kinds if not kind.is_confidential]


def _deserted(person_id: int, now: datetime) -> list[Scope]:
    """The places of offices in which something waits and nobody else sits who can sign in."""
    grants = db.session.scalars(select(Grant).where(Grant.person_id == person_id).order_by(Grant.id)).all()
    offices = [Office(grant.role, grant.scope_kind, grant.scope_id) for grant in grants if grant.is_current(now)]
    places = [
        (office.scope_kind, office.scope_id)
        for office in offices
        if not set(office_member_ids(office, now)) - {person_id}
        and db.session.scalar(office_items([office]).with_only_columns(WaitingItem.id).limit(1)) is not None
    ]
    texts = scope_texts(places)
    return [Scope(kind, scope_id, texts[kind, scope_id]) for kind, scope_id in dict.fromkeys(places)]
