"""What the steps of mentoring share: whom they tell, and how a pair is called."""

from collections.abc import Mapping
from typing import Any

from lms.core.actor import Actor
from lms.core.waiting import Office
from lms.notifications.messages import Message
from lms.notifications.services import notify

SCOPE = "mentoring_scheme"


def office_of(scheme_id: int) -> Office:
    """The coordinators of a scheme."""
    return Office("coordinator", SCOPE, scheme_id)


def other_side(pair: Any, person_id: int | None) -> Any:
    """The participant of a pair who is not this person."""
    return pair.mentee if pair.mentor.person_id == person_id else pair.mentor


def values_of(scheme: Any, path: str) -> dict[str, object]:
    """What every message names: the scheme in both languages, and the page."""
    return {"scheme_en": scheme.title_en, "scheme_zh": scheme.title_zh, "path": path}


def tell_both(actor: Actor, pair: Any, message: Message, path: str, **values: object) -> None:
    """Write to mentor and mentee, each with the name of the other."""
    for one in (pair.mentor, pair.mentee):
        tell_one(actor, pair, one.person_id, message, path, values)


def tell_other(actor: Actor, pair: Any, message: Message, path: str, **values: object) -> None:
    """Write to the side that did not act; to both when the platform or the office acted."""
    for one in (pair.mentor, pair.mentee):
        if one.person_id != actor.person_id:
            tell_one(actor, pair, one.person_id, message, path, values)


def tell_one(
    actor: Actor, pair: Any, person_id: int, message: Message, path: str, values: Mapping[str, object]
) -> None:
    """Write to one side of a pair."""
    other = other_side(pair, person_id)
    known = {**values_of(pair.scheme, path), "other": other.person.name}
    notify(actor, person_id=person_id, message=message, values={**known, **values})
