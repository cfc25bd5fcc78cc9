"""The log of who has read somebody's file.

Each package says in its `privacy.py` which of its subjects are part of a person's file (`Readable`). Whenever a
page was loaded with such a subject by somebody else, that is kept for the person, whatever the page then says.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lms.accounts import services
from lms.core.access import Permission
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.i18n import Text
from lms.core.waiting.kinds import Titled
from lms.core.web import afterwards


@dataclass(frozen=True)
class Readable:
    """A subject that is part of a person's file.

    `kind` is stored, `label` names it to the person, `owner` finds whose it is. `why` says for each permission what
    the file was opened for. `titles` name several subjects by their ids, in one query, such as by their call.
    Readers under one of the `unnamed` permissions are shown by their office only: reviewers stay independent.
    """

    model: type[Any]
    kind: str
    label: Text
    owner: Callable[[Any], int]
    why: Mapping[str, Text]
    titles: Callable[[Collection[int]], Mapping[int, Titled]]
    unnamed: frozenset[str] = frozenset()


_by_model: dict[type[Any], Readable] = {}
_by_kind: dict[str, Readable] = {}


def register(*readables: Readable) -> None:
    """Make subjects known as parts of people's files."""
    for readable in readables:
        _by_model[readable.model] = _by_kind[readable.kind] = readable


def readable_model(model: type[Any]) -> Readable | None:
    """What was said of a model, if anything."""
    return _by_model.get(model)


def readable_kind(kind: str) -> Readable:
    """What was said of a stored kind. Raises NotFound when no package knows it any more."""
    if kind not in _by_kind:
        raise NotFound
    return _by_kind[kind]


def unnamed_permissions() -> frozenset[str]:
    """Every permission under which readers stay unnamed."""
    return frozenset(name for one in _by_kind.values() for name in one.unnamed)


def note(actor: Actor, subject: Any, permission: Permission) -> None:
    """Keep that the actor was shown a subject, unless it is their own or no part of anybody's file."""
    if type(subject) in _by_model:
        note_under(actor, subject, permission.name)


def note_under(actor: Actor, subject: Any, permission: str) -> None:
    """The same for a page that finds its subject itself, under the name of a permission in `why`."""
    readable = _by_model[type(subject)]
    person_id, subject_id = readable.owner(subject), subject.id
    if person_id == actor.person_id:
        return
    about = (readable.kind, subject_id)
    afterwards(
        lambda session: services.record_disclosure(
            session, actor, person_id=person_id, subject=about, permission=permission
        )
    )
