"""Search over everything: what was found, as far as this actor may see it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.core import search
from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.courses.queries import front as courses
from lms.exchange.indexing import STAFF
from lms.exchange.queries import front as exchange
from lms.institutions import queries as institutions
from lms.mentoring.queries import front as mentoring
from lms.programmes.queries import programmes

FIRST = 5
PAGE = 20
COUNTED = 100  # Counting further costs more than it tells.
LAST_PAGE = 10


@dataclass(frozen=True)
class Found:
    """Something that was found, called by its `field`; `place` has a name, `within` a title in both languages."""

    thing: Any
    field: str
    endpoint: str
    url_values: Mapping[str, Any]
    place: Any = None
    within: Any = None


@dataclass(frozen=True)
class Kind:
    """A kind of thing that can be found, and how its ids become what the actor may see of them."""

    name: str
    label: Text
    load: Callable[[Actor, Collection[int]], Mapping[int, Found]]


@dataclass(frozen=True)
class Group:
    """What was found of one kind, best first, whether there is more, and how many there are up to COUNTED."""

    kind: Kind
    items: Sequence[Found]
    has_more: bool = False
    count: int = 0


def _courses(actor: Actor, ids: Collection[int]) -> dict[int, Found]:
    return {
        one.id: Found(one, "title", "courses.course", {"code": one.code}, one.institution)
        for one in courses.courses_found(actor, ids).values()
    }


def _posts(actor: Actor, ids: Collection[int]) -> dict[int, Found]:
    return {
        one.id: Found(one, "title", "exchange.post", {"ref": one.ref}, one.institution, one.call)
        for one in exchange.posts_found(actor, ids).values()
    }


def _calls(actor: Actor, ids: Collection[int]) -> dict[int, Found]:
    return {
        one.id: Found(one, "title", "exchange.call", {"ref": one.ref})
        for one in exchange.calls_found(actor, ids).values()
    }


def _schemes(actor: Actor, ids: Collection[int]) -> dict[int, Found]:
    return {
        one.id: Found(one, "title", "mentoring.scheme", {"ref": one.ref}, one.sub_centre)
        for one in mentoring.schemes_found(actor, ids).values()
    }


def _programmes(actor: Actor, ids: Collection[int]) -> dict[int, Found]:
    return {
        one.id: Found(one, "title", "programmes.programme", {"ref": one.ref}, one.coordinating)
        for one in programmes.programmes_found(actor, ids).values()
    }


def _institutions(_actor: Actor, ids: Collection[int]) -> dict[int, Found]:
    return {
        one.id: Found(one, "name", "institutions.show", {"slug": one.slug}, one.country)
        for one in institutions.institutions(ids).values()
        if one.state == "confirmed"
    }


KINDS = (
    Kind("course", _l("Short courses"), _courses),
    Kind("programme", _l("Programmes"), _programmes),
    Kind("call", _l("Calls"), _calls),
    Kind("post", _l("Posts"), _posts),
    Kind("mentoring_scheme", _l("Mentoring schemes"), _schemes),
    Kind("institution", _l("Institutions"), _institutions),
)


def find(actor: Actor, q: str) -> list[Group]:
    """The best of each kind."""
    return [group for kind in KINDS if (group := _group(actor, q, kind, 0, FIRST)).items]


def find_kind(actor: Actor, q: str, name: str, page: int) -> Group | None:
    """One page of one kind, counted from 1. None for an unknown kind."""
    kind = next((kind for kind in KINDS if kind.name == name), None)
    return _group(actor, q, kind, (page - 1) * PAGE, PAGE) if kind else None


def _group(actor: Actor, q: str, kind: Kind, start: int, size: int) -> Group:
    audiences = (search.PUBLIC, STAFF) if actor.is_secretariat else (search.PUBLIC,)
    hits = search.search_all(q, kinds=(kind.name,), limit=max(start + size, COUNTED) + 1, audiences=audiences)
    if not hits:
        return Group(kind, ())
    things = kind.load(actor, {hit.subject_id for hit in hits})
    found = [things[hit.subject_id] for hit in hits if hit.subject_id in things]
    return Group(kind, found[start : start + size], has_more=len(found) > start + size, count=len(found))
