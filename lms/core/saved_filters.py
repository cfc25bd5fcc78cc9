"""Filters that a person keeps for a list, under names. To share one, its address is enough."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.actor import Actor
from lms.core.db import Base, PrimaryKey, db
from lms.core.errors import Invalid, NotFound
from lms.core.i18n import lazy_gettext as _l

MOST = 20


class SavedFilter(Base):
    """A query of a list's address, such as `state=open&sort=-due`, with the name that its owner gave it.

    `list_name` is the endpoint of the list, so that a filter of one call's applications serves the next call as well.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (Index("ix_saved_filter_own", "person_id", "list_name", "name", unique=True),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    list_name: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str]
    created_at: Mapped[datetime]


def saved_filters(actor: Actor, list_name: str) -> Sequence[SavedFilter]:
    """The actor's own filters of a list, by name."""
    return db.session.scalars(
        select(SavedFilter)
        .where(SavedFilter.person_id == actor.person_id, SavedFilter.list_name == list_name)
        .order_by(SavedFilter.name)
    ).all()


def own_filter(actor: Actor, filter_id: int) -> SavedFilter:
    """A filter of the actor. Raises NotFound."""
    own = select(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.person_id == actor.person_id)
    found = db.session.scalars(own).one_or_none()
    if found is None:
        raise NotFound
    return found


def save_filter(actor: Actor, *, list_name: str, name: str, query: str) -> SavedFilter:
    """Keep the query of a list under a name; the same name is given to the newer query.

    Raises Invalid (`name`) when the list has as many saved filters as it may have.
    """
    mine = (SavedFilter.person_id == actor.person_id, SavedFilter.list_name == list_name)
    db.session.execute(delete(SavedFilter).where(*mine, SavedFilter.name == name))
    if (db.session.scalar(select(func.count()).select_from(SavedFilter).where(*mine)) or 0) >= MOST:
        raise Invalid(_l("A list can have %(num)d saved filters. Delete one first.", num=MOST), "name")
    assert actor.person_id is not None
    saved = SavedFilter(person_id=actor.person_id, list_name=list_name, name=name, query=query, created_at=actor.now)
    db.session.add(saved)
    db.session.flush()
    return saved


def delete_filter(saved: SavedFilter) -> None:
    """Forget a filter."""
    db.session.delete(saved)
    db.session.flush()
