"""Where a person's own matters stand: one shape for enrolments, applications and placements.

Each domain answers what is the actor's; who must act next is read from what waits about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.core import waiting
from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.waiting import WaitingItem
from lms.core.workflow import State


@dataclass(frozen=True)
class Standing:
    """One matter of the actor: what it is, where it stands, and the page that tells its whole story.

    `subjects` are the matter itself and its parts (an application and its endorsement), as
    (kind, id), about which something may wait for somebody. `progress` is (done, of how many).
    """

    kind: Text
    title_en: str
    title_zh: str
    endpoint: str
    url_values: Mapping[str, Any]
    state: State
    subjects: Sequence[tuple[str, int]]
    action: Text = ""
    progress: tuple[int, int] | None = None


def waits_about(actor: Actor, things: Sequence[Standing]) -> dict[tuple[str, int], list[WaitingItem]]:
    """What waits for whom about these matters, as far as the person concerned may know, by the first subject."""
    owner = {subject: thing.subjects[0] for thing in things for subject in thing.subjects}
    found: dict[tuple[str, int], list[WaitingItem]] = {}
    for item in waiting.items_about_all(list(owner)):
        if waiting.kind_named(item.kind).is_public or item.person_id == actor.person_id:
            found.setdefault(owner[item.subject_kind, item.subject_id], []).append(item)
    return found
