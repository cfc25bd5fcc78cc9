"""The greatest total and the fairest assignment over arrays, by flows of OR-tools; exact in whole numbers.

One unit of flow is one person: from the groups that a quota limits, through the person and a pair, to the post and
the units around it. OR-tools and NumPy are imported only when something is solved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from lms.allocation.watch import Watch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Nested limits: how many people each node holds, and the index of the node around it (-1 at a top)."""

    room: "Ints"
    within: "Ints"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair that may come about, as three parallel arrays: person, post, score.

    The first nodes of `places` are the posts, the others units. `group` names for each person the innermost node of
    `groups`, the limits on kinds of people, or -1; without quotas it is None. Which of several equally good
    assignments is found depends on the order of the arrays, so that whoever fills them has to fix it.
    """

    people: int
    person: "Ints"
    post: "Ints"
    score: "Ints"
    places: Limits
    group: "Ints | None" = None
    groups: Limits | None = None

    def keep(self, entries: "Ints") -> "Pairs":
        """The same, with these pairs only."""
        return replace(self, person=self.person[entries], post=self.post[entries], score=self.score[entries])


def flat_pairs(wishes: Sequence[Sequence[int]], scores: Sequence[Sequence[int]], room: Sequence[int]) -> Pairs:
    """The pairs of lists of posts and lists of scores beside them, one of each per person; posts without units."""
    import numpy as np

    lengths = np.fromiter(map(len, wishes), np.int64, len(wishes))
    entries = int(lengths.sum())
    return Pairs(
        people=len(wishes),
        person=np.repeat(np.arange(len(wishes), dtype=np.int32), lengths),
        post=np.fromiter(chain.from_iterable(wishes), np.int32, entries),
        score=np.fromiter(chain.from_iterable(scores), np.int64, entries),
        places=Limits(np.asarray(room, np.int64), np.full(len(room), -1)),
    )


class ScoreRangeError(ValueError):
    """The scores lie too far apart for exact arithmetic in 64 bits with so many people."""


def best_total(pairs: Pairs) -> "Ints":
    """For each person the index of the pair that comes about, or -1: most people, then the greatest total.

    Raises ScoreRangeError.
    """
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    chosen = np.full(pairs.people, -1, np.int64)
    if not len(pairs.score):
        return chosen
    tails, heads, room, supply = _network(pairs)
    costs = np.zeros(len(tails), np.int64)
    # Nobody is worth less than nothing: with the number of people fixed, only differences of scores count.
    costs[: len(pairs.score)] = pairs.score.max() - pairs.score
    solver: Any = SimpleMinCostFlow()  # its stubs take arrays for something else
    solver.add_arcs_with_capacity_and_unit_cost(tails, heads, room, costs)
    solver.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = solver.solve_max_flow_with_min_cost()
    if status != solver.OPTIMAL:
        raise ScoreRangeError(f"the flow was not solved: {status}")
    taken = np.flatnonzero(solver.flows(np.arange(len(pairs.score), dtype=np.int32)))
    chosen[pairs.person[taken]] = taken
    return chosen


def fair(pairs: Pairs, watch: Watch | None = None) -> "Ints":
    """As `best_total`, for: most people, then the greatest worst score, then the greatest total.

    Raises ScoreRangeError and OutOfTime.
    """
    most = count(pairs)
    return within_best_level(pairs, lambda some: count(some) == most, best_total, watch or Watch())


def within_best_level(
    pairs: Pairs, is_enough: Callable[[Pairs], bool], solve: Callable[[Pairs], "Ints"], watch: Watch
) -> "Ints":
    """Solve among the pairs at or above the greatest score at which these alone are enough; all together are."""
    import numpy as np

    levels = np.unique(pairs.score)
    low, high = 0, len(levels) - 1
    while low < high:
        watch.at(1 - (high - low) / len(levels))
        middle = (low + high + 1) // 2
        if is_enough(pairs.keep(np.flatnonzero(pairs.score >= levels[middle]))):
            low = middle
        else:
            high = middle - 1
    kept = np.flatnonzero(pairs.score >= levels[low]) if len(levels) else np.zeros(0, np.int64)
    chosen = solve(pairs.keep(kept))
    return np.append(kept, -1)[chosen]  # -1, nobody, is the last one


def count(pairs: Pairs) -> int:
    """How many people can be placed at once."""
    return _max_flow(pairs).optimal_flow() if len(pairs.score) else 0


def held_back(pairs: Pairs, worst: int) -> "tuple[Ints, Ints]":
    """Why `fair` ends with the worst score `worst`: people, and every post that a better one would leave them.

    Those posts (or units around them) have room for fewer of these people than are placed now: a minimum cut.
    """
    import numpy as np

    better = pairs.keep(np.flatnonzero(pairs.score > worst))
    cut = np.asarray(_max_flow(better).get_source_side_min_cut())
    posts = cut[(cut >= pairs.people) & (cut < pairs.people + len(pairs.places.room))] - pairs.people
    return np.sort(cut[cut < pairs.people]), np.sort(posts[np.isin(posts, pairs.post)])


def _max_flow(pairs: Pairs) -> Any:
    import numpy as np
    from ortools.graph.python.max_flow import SimpleMaxFlow

    tails, heads, room, supply = _network(pairs)
    sources = np.flatnonzero(supply > 0).astype(np.int32)
    origin, sink = len(supply), len(supply) - 1
    solver: Any = SimpleMaxFlow()  # as above
    solver.add_arcs_with_capacity(tails, heads, room)
    solver.add_arcs_with_capacity(np.full(len(sources), origin, np.int32), sources, supply[sources])
    solver.solve(origin, sink)
    return solver


def _network(pairs: Pairs) -> "tuple[Ints, Ints, Ints, Ints]":
    """Tails, heads and room of the arcs, those of the pairs first; and the supply of the nodes, the sink last."""
    import numpy as np

    people, places = pairs.people, len(pairs.places.room)
    groups = 0 if pairs.groups is None else len(pairs.groups.room)
    first_group, source = people + places, people + places + groups
    sink = source + 1
    supply = np.zeros(sink + 1, np.int64)
    supply[:people], supply[sink] = 1, -people
    around = np.where(pairs.places.within < 0, sink, people + pairs.places.within)
    tails = [pairs.person, np.arange(people, first_group)]
    heads = [people + pairs.post, around]
    room = [np.ones(len(pairs.person), np.int64), np.minimum(pairs.places.room, people)]
    if pairs.group is not None and pairs.groups is not None:
        members = np.flatnonzero(pairs.group >= 0)
        supply[members], supply[source] = 0, len(members)
        tails += [first_group + pairs.group[members]]
        heads += [members]
        room += [np.ones(len(members), np.int64)]
        tails += [np.where(pairs.groups.within < 0, source, first_group + pairs.groups.within)]
        heads += [np.arange(first_group, source)]
        room += [np.minimum(pairs.groups.room, people)]
    return (
        np.concatenate(tails).astype(np.int32),
        np.concatenate(heads).astype(np.int32),
        np.concatenate(room),
        supply,
    )
