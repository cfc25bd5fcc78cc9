"""From the wishes of students and supervisors to an instance of `allocation/1`, and the words for its reasons. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

REASONS: dict[str, Text] = {
    "assigned": _l("This supervisor is proposed to you."),
    "post_full": _l("Every place with this supervisor went to students who stand higher in their order."),
    "unacceptable": _l("This supervisor cannot take you."),
    "forbidden": _l("A tie between you and this supervisor excludes it."),
    "not_needed": _l("A supervisor whom you wanted more is proposed to you."),
}
MOST_STUDENTS = 20


@dataclass(frozen=True)
class Offered:
    """A supervisor in a round: places, students in the own order, and those whom they cannot take."""

    ref: str
    capacity: int
    order: Sequence[str] = ()
    refused: Collection[str] = ()


def build_instance(
    wishes: Mapping[str, Sequence[str]],
    supervisors: Sequence[Offered],
    *,
    kept: Mapping[str, str],
    tied: Collection[tuple[str, str]],
    seed: int,
) -> dict[str, Any]:
    """The instance: students are its applicants, supervisors its posts.

    `wishes` are the supervisors of each student, the most wanted first; `kept` who supervises whom already. Students
    whom a supervisor neither ranked nor refused come after the ranked ones, and are equal: the lottery decides.
    """
    held = list(kept.values())
    return {
        "format": "allocation/1",
        "applicants": {
            **{student: {"choices": list(wanted)} for student, wanted in sorted(wishes.items())},
            **{student: {"choices": []} for student in sorted(kept)},
        },
        "posts": {
            one.ref: {
                "capacity": max(one.capacity, held.count(one.ref)),
                "priority": _priority(one, [student for student in sorted(wishes) if one.ref in wishes[student]]),
            }
            for one in sorted(supervisors, key=lambda one: one.ref)
        },
        "forbidden": sorted([student, one] for student, one in tied if student in wishes),
        "fixed": sorted([student, one] for student, one in kept.items()),
        "tie_break": {"seed": seed},
    }


def _priority(supervisor: Offered, asking: Sequence[str]) -> list[Any]:
    ranked = [student for student in supervisor.order if student in asking]
    rest = [student for student in asking if student not in ranked and student not in supervisor.refused]
    return [*ranked, rest] if rest else ranked
