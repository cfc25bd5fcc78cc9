"""Offices: who sits in them, whom they invited, and what waits for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from lms.accounts.models import Invitation, Person
from lms.accounts.queries.people import people_called
from lms.accounts.queries.sessions import digest
from lms.accounts.rules import normal_email
from lms.core.access import Grant
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.waiting import Office, WaitingItem

ENDING_SOON = timedelta(days=30)
# The name of a grant's holder, to order by.
HOLDER_NAME = select(Person.name).where(Person.id == Grant.person_id).correlate(Grant).scalar_subquery()


def _is_current(now: datetime) -> ColumnElement[bool]:
    return and_(Grant.starts_at <= now, or_(Grant.ends_at.is_(None), Grant.ends_at > now))


def _in_scope(column: InstrumentedAttribute[int | None], scope_id: int | None) -> ColumnElement[bool]:
    return column.is_(None) if scope_id is None else column == scope_id


def office_member_ids(office: Office, now: datetime) -> list[int]:
    """Who sits in the office now and can sign in, deputies last, in the order in which they came."""
    return list(
        db.session.scalars(
            select(Grant.person_id)
            .join(Person, Person.id == Grant.person_id)
            .where(
                Person.suspended_at.is_(None),
                Grant.role == office.role,
                Grant.scope_kind == office.scope_kind,
                _in_scope(Grant.scope_id, office.scope_id),
                _is_current(now),
            )
            .order_by(Grant.is_deputy, Grant.id)
        )
    )


def holds_now(person_id: int, role: str, scope_kind: str, scope_id: int | None, now: datetime) -> bool:
    """Whether somebody holds a role in a scope now."""
    query = select(Grant.id).where(
        Grant.person_id == person_id,
        Grant.role == role,
        Grant.scope_kind == scope_kind,
        _in_scope(Grant.scope_id, scope_id),
        _is_current(now),
    )
    return db.session.scalar(query.limit(1)) is not None


def unended_grant(person_id: int, role: str, scope_kind: str, scope_id: int | None, at: datetime) -> Grant | None:
    """The grant of a role in a scope that holds at an instant or begins later."""
    return db.session.scalars(
        select(Grant).where(
            Grant.person_id == person_id,
            Grant.role == role,
            Grant.scope_kind == scope_kind,
            _in_scope(Grant.scope_id, scope_id),
            or_(Grant.ends_at.is_(None), and_(Grant.ends_at > at, Grant.ends_at > Grant.starts_at)),
        )
    ).first()


def current_grants(person_id: int, now: datetime) -> Sequence[Grant]:
    """What somebody holds now, in the order in which it was given."""
    query = select(Grant).where(Grant.person_id == person_id, _is_current(now))
    return db.session.scalars(query.order_by(Grant.id)).all()


def grants_ever(
    now: datetime, *, person_id: int | None = None, q: str = "", role: str = "", state: str = ""
) -> Select[Grant]:
    """Every role that anybody ever held or will hold: of one person, or of people whose names or address hold `q`.

    `role` is a role's name; `state`: `current`, `later`, `ending` (within thirty days) or `ended`.
    """
    query = select(Grant)
    if person_id is not None:
        query = query.where(Grant.person_id == person_id)
    if q:
        query = query.where(Grant.person_id.in_(people_called(q)))
    if role:
        query = query.where(Grant.role == role)
    match state:
        case "current":
            return query.where(_is_current(now))
        case "later":
            return query.where(Grant.starts_at > now, or_(Grant.ends_at.is_(None), Grant.ends_at > Grant.starts_at))
        case "ending":
            return query.where(_is_current(now), Grant.ends_at <= now + ENDING_SOON)
        case "ended":
            return query.where(Grant.ends_at <= now)
    return query


def taken_by_office(person_id: int) -> dict[tuple[str, str, int | None], int]:
    """How many things somebody has taken of each office, by role, kind of scope and scope."""
    place = (WaitingItem.office_role, WaitingItem.scope_kind, WaitingItem.scope_id)
    rows = db.session.execute(
        select(*place, func.count())
        .where(WaitingItem.assignee_id == person_id, WaitingItem.closed_at.is_(None))
        .group_by(*place)
    )
    return {(role, kind, scope_id): count for role, kind, scope_id, count in rows if role and kind}


def members_of_offices(items: Sequence[WaitingItem], now: datetime) -> dict[int, list[int]]:
    """Who can act now in the office of each item, by the item's id, deputies last; one query for all items."""
    keys = {(item.office_role, item.scope_kind, item.scope_id or 0) for item in items if item.office_role}
    if not keys:
        return {}
    place = tuple_(Grant.role, Grant.scope_kind, func.coalesce(Grant.scope_id, 0))
    rows = db.session.execute(
        select(Grant.role, Grant.scope_kind, func.coalesce(Grant.scope_id, 0), Grant.person_id)
        .join(Person, Person.id == Grant.person_id)
        .where(place.in_(list(keys)), _is_current(now), Person.suspended_at.is_(None))
        .order_by(Grant.is_deputy, Grant.id)
    )
    offices: dict[tuple[str, str, int], list[int]] = {}
    for role, kind, scope_id, person_id in rows:
        offices.setdefault((role, kind, scope_id), []).append(person_id)
    return {
        item.id: offices.get((item.office_role, item.scope_kind, item.scope_id or 0), [])  # type: ignore[arg-type]
        for item in items
        if item.office_role
    }


def _is_open() -> ColumnElement[bool]:
    return and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))


def open_invitation(email: str, role: str, scope_kind: str, scope_id: int | None) -> Invitation | None:
    """The invitation of this address to a role in a scope that was neither accepted nor taken back."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.role == role,
            Invitation.scope_kind == scope_kind,
            _in_scope(Invitation.scope_id, scope_id),
            _is_open(),
        )
    ).first()


def open_invitations_to(email: str, now: datetime) -> Sequence[Invitation]:
    """What an address is invited to now."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.email == normal_email(email), _is_open(), Invitation.expires_at > now)
        .order_by(Invitation.id)
    ).all()


def open_invitations_by(person_id: int) -> Sequence[Invitation]:
    """What somebody invited others to and was neither accepted nor taken back."""
    return db.session.scalars(
        select(Invitation).where(Invitation.invited_by_id == person_id, _is_open()).order_by(Invitation.id)
    ).all()


def invitation_by_token(_actor: Actor, token: str) -> Invitation:
    """The invitation behind a mailed link. Raises NotFound."""
    found = db.session.scalars(select(Invitation).where(Invitation.digest == digest(token))).one_or_none()
    if found is None:
        raise NotFound
    return found


def invitation_of_mine(actor: Actor, ref: str) -> Invitation:
    """An invitation to the actor's own address. Raises NotFound."""
    found = db.session.scalars(
        select(Invitation)
        .join(Person, func.lower(Person.email) == Invitation.email)
        .where(Invitation.ref == ref, Person.id == actor.person_id, Person.email_confirmed_at.is_not(None))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def invitation_by_ref(_actor: Actor, ref: str) -> Invitation:
    """An invitation; the permission asks whether the actor may give its role. Raises NotFound."""
    found = db.session.scalars(select(Invitation).where(Invitation.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def invitations_into(
    scope_kind: str, scope_id: int | None, *, now: datetime, q: str = "", state: str = ""
) -> Select[Invitation]:
    """The invitations into a scope, narrowed by a part of the address and by what became of them.

    `state`: `open`, `accepted`, `expired` or `revoked`.
    """
    query = select(Invitation).where(Invitation.scope_kind == scope_kind, _in_scope(Invitation.scope_id, scope_id))
    if q:
        query = query.where(Invitation.email.icontains(q, autoescape=True))
    unanswered = and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    match state:
        case "open":
            return query.where(unanswered, Invitation.expires_at > now)
        case "expired":
            return query.where(unanswered, Invitation.expires_at <= now)
        case "accepted":
            return query.where(Invitation.accepted_at.is_not(None))
        case "revoked":
            return query.where(Invitation.revoked_at.is_not(None))
    return query


def inviters_into(scope_kind: str, scope_id: int | None) -> Select[int | None]:
    """Who ever invited somebody into a scope: ids, each once."""
    return (
        select(Invitation.invited_by_id)
        .where(Invitation.scope_kind == scope_kind, _in_scope(Invitation.scope_id, scope_id))
        .distinct()
    )


def members_of(scope_kind: str, scope_id: int | None, now: datetime) -> Select[Grant]:
    """The grants that hold in a scope now."""
    return select(Grant).where(Grant.scope_kind == scope_kind, _in_scope(Grant.scope_id, scope_id), _is_current(now))


def grant_by_id(_actor: Actor, grant_id: int) -> Grant:
    """A grant; the permission asks whether the actor may end it. Raises NotFound."""
    found = db.session.get(Grant, grant_id)
    if found is None:
        raise NotFound
    return found


def office_items(offices: Sequence[Office]) -> Select[WaitingItem]:
    """What is open for any of these offices."""
    return select(WaitingItem).where(
        WaitingItem.closed_at.is_(None),
        or_(
            false(),
            *(
                and_(
                    WaitingItem.office_role == office.role,
                    WaitingItem.scope_kind == office.scope_kind,
                    _in_scope(WaitingItem.scope_id, office.scope_id),
                )
                for office in offices
            ),
        ),
    )


def has_open_items(office: Office) -> bool:
    """Whether anything waits for the office."""
    return db.session.scalars(office_items([office]).limit(1)).first() is not None
