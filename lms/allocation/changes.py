"""What would be if: another capacity or quota, a run after declines, the next in line for a place."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lms.allocation.figures import movers
from lms.allocation.instance import Instance
from lms.allocation.market import build
from lms.allocation.reading import InstanceError
from lms.allocation.result import Result
from lms.allocation.solver import match, solve
from lms.allocation.watch import Watch

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody who ends elsewhere; `better` by the applicant's own order."""

    applicant: str
    before: str | None
    after: str | None
    better: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A changed call beside the call as it is."""

    document: Document
    result: Result
    moves: tuple[Move, ...]


def with_capacity(document: Mapping[str, Any], node: str, places: int | None) -> Document:
    """The instance with another capacity of a post or unit (None: a unit without a limit).

    Raises InstanceError for a node that is not there.
    """
    changed = deepcopy(dict(document))
    for part in ("posts", "units"):
        if node in changed.get(part, {}):
            changed[part][node]["capacity"] = places
            return changed
    raise InstanceError(f"there is no post or unit {node}", ("posts", node))


def with_quota(document: Mapping[str, Any], attribute: str, value: str, most: int | None) -> Document:
    """The instance with another max of the quota on a group, also where there was none; None takes it away."""
    changed = deepcopy(dict(document))
    quotas: list[dict[str, Any]] = changed.setdefault("quotas", [])
    quota: dict[str, Any] | None = next(
        (one for one in quotas if (one["attribute"], one["value"]) == (attribute, value)), None
    )
    if quota is None:
        quota = {"attribute": attribute, "value": value}
        quotas.append(quota)
    quota.pop("max", None)
    if most is not None:
        quota["max"] = most
    return changed


def what_if(before: Result, instance: Instance, changed: Document, watch: Watch | None = None) -> WhatIf:
    """Solve the changed document and say who moves. Raises InstanceError when it cannot be solved, OutOfTime."""
    after = solve(Instance.from_dict(changed), watch)
    better = set(movers(instance, before, after)[0])
    moves = tuple(
        Move(name, was, after.assignments[name], name in better)
        for name, was in before.assignments.items()
        if after.assignments[name] != was
    )
    return WhatIf(changed, after, moves)


def after_declines(
    document: Mapping[str, Any], assignments: Mapping[str, str | None], declined: Mapping[str, bool]
) -> Document:
    """The instance of a second run when some of those who got a post have declined it.

    `declined` names them; True: she would still take another post, False: she has left the call. Everybody else
    with a post keeps it: as fixed pairs the accepted places can neither be lost nor move.
    """
    changed = deepcopy(dict(document))
    kept = {name: post for name, post in assignments.items() if post is not None and name not in declined}
    changed["fixed"] = [[name, post] for name, post in sorted(kept.items())]
    forbidden = {tuple(pair) for pair in changed.get("forbidden", [])}
    for name, stays in declined.items():
        if stays:
            forbidden.add((name, str(assignments[name])))
        else:
            changed["applicants"][name]["choices"] = []
    changed["forbidden"] = sorted(list(pair) for pair in forbidden)
    return changed


def next_in_line(
    document: Mapping[str, Any], assignments: Mapping[str, str | None], post: str, *, leaving: str | None = None
) -> tuple[str, ...]:
    """The cascade order of a post: who is asked, one after the other, when one place of it falls free.

    `leaving` is who gives it up. Only people without a post are asked, since an accepted place is not taken away
    again. The order is the one in which the rules of the call give the place: reserves, capacities around the post
    and quotas included; whoever cannot have it under these is not in line. Raises InstanceError.
    """
    placed = {name: where for name, where in assignments.items() if where is not None and name != leaving}
    changed = deepcopy(dict(document))
    changed["fixed"] = [[name, where] for name, where in sorted(placed.items())]
    changed["posts"][post]["capacity"] = min(
        changed["posts"][post]["capacity"], sum(where == post for where in placed.values()) + 1
    )
    market = build(Instance.from_dict(changed))
    at = market.nodes.index(post)
    asking: list[Sequence[int]] = [
        [at] if at in choices and name not in placed and name != leaving else []
        for name, choices in zip(market.people, market.choices, strict=True)
    ]
    market.choices = asking
    line: list[str] = []
    while True:
        got = match(market).got
        first = next((person for person, where in enumerate(got) if where == at and person not in market.fixed), None)
        if first is None:
            return tuple(line)
        line.append(market.people[first])
        asking[first] = []
