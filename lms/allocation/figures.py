"""What a call looks like after its allocation, as data for tables and plots. For whoever runs the call."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lms.allocation.instance import Instance, Quota
from lms.allocation.result import Result
from lms.allocation.solver import solve
from lms.allocation.watch import Watch


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all."""

    some: int
    all: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a quota cost: the same call without it.

    `placed` and `first_choices` are how many more people would have a post, and their first choice, without the
    quota; `gain` and `lose` are who would get a post they like better, or one they like less or none.
    """

    quota: str
    places: int
    used: int
    placed: int
    first_choices: int
    gain: tuple[str, ...]
    lose: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a result. `choices[0]` people got their first choice, `choices[1]` their second, and so on; people
    whose post was none of their choices (fixed beforehand) are in `placed` alone.
    """

    placed: Share
    choices: tuple[int, ...]
    groups: Mapping[str, Mapping[str, Share]]
    nodes: Mapping[str, Share]


def figures(instance: Instance, result: Result) -> Figures:
    """Filled places by post and unit, placed people by each value of each attribute, and shares by choice."""
    placed = {name for name, post in result.assignments.items() if post is not None}
    longest = max((len(who.choices) for who in instance.applicants.values()), default=0)
    counted = Counter(rank_of(instance, name, result.assignments[name]) for name in placed)
    groups: dict[str, dict[str, Share]] = {}
    for name, who in sorted(instance.applicants.items()):
        for attribute, value in sorted(who.attributes.items()):
            values = groups.setdefault(attribute, {})
            before = values.get(value, Share(0, 0))
            values[value] = Share(before.some + (name in placed), before.all + 1)
    heads = Counter(node for post in result.assignments.values() if post is not None for node in instance.path(post))
    return Figures(
        placed=Share(len(placed), len(instance.applicants)),
        choices=tuple(counted[rank] for rank in range(1, longest + 1)),
        groups={attribute: dict(sorted(values.items())) for attribute, values in sorted(groups.items())},
        nodes={
            name: Share(heads[name], _places(instance, name)) for name in sorted({*instance.posts, *instance.units})
        },
    )


def _places(instance: Instance, name: str) -> int:
    """The places of a node; of a unit without a limit those of the posts in it."""
    capacity = instance.node(name).capacity
    if capacity is not None:
        return capacity
    return sum(node.capacity or 0 for post, node in instance.posts.items() if name in instance.path(post))


def rank_of(instance: Instance, applicant: str, post: str | None) -> int | None:
    """Which choice of the applicant a post is, 1 for the first; tied posts share a rank. None: no choice of hers."""
    for rank, tied in enumerate(instance.applicants[applicant].choices, start=1):
        if post in tied:
            return rank
    return None


def costs(instance: Instance, result: Result, watch: Watch | None = None) -> tuple[Cost, ...]:
    """For each quota with a max, what the result would be without it. Raises OutOfTime."""
    return tuple(_cost(instance, result, quota, watch) for quota in instance.limits)


def _cost(instance: Instance, result: Result, quota: Quota, watch: Watch | None) -> Cost:
    others = tuple(other if other != quota else replace(quota, most=None) for other in instance.quotas)
    free = solve(replace(instance, quotas=others), watch)
    gain, lose = movers(instance, result, free)
    return Cost(
        quota=quota.name,
        places=quota.most or 0,
        used=sum(
            post is not None and instance.applicants[name].is_in(quota) for name, post in result.assignments.items()
        ),
        placed=free.matched - result.matched,
        first_choices=_first_choices(instance, free) - _first_choices(instance, result),
        gain=gain,
        lose=lose,
    )


def movers(instance: Instance, before: Result, after: Result) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who likes the result `after` better than `before`, and who likes it less; both in the order of the ids."""
    better: list[str] = []
    worse: list[str] = []
    for name in sorted(instance.applicants):
        now, then = _liking(instance, name, before), _liking(instance, name, after)
        if then != now:
            (better if then < now else worse).append(name)
    return tuple(better), tuple(worse)


def _liking(instance: Instance, name: str, result: Result) -> float:
    post = result.assignments.get(name)
    if post is None:
        return float("inf")
    return rank_of(instance, name, post) or len(instance.applicants[name].choices) + 1


def _first_choices(instance: Instance, result: Result) -> int:
    return sum(rank_of(instance, name, post) == 1 for name, post in result.assignments.items())
