"""What is measured: each engine as a function from lists of numbers to a result.

A worker runs one of them in the environment that has what it imports; nothing here imports at the top what only one
environment has. A result is a list with the post of each person (-1: none), or a number.
"""

import sys
from collections.abc import Callable
from itertools import chain
from typing import Any

Lists = dict[str, Any]
"""`wishes`, `lists` and `scores` as lists of lists, `capacity`, `region` and `region_capacity` as lists."""

Result = list[int] | int


def matching(lists: Lists) -> Result:
    """`matching`, whose deep copies need a recursion limit far above the default."""
    from matching.games import HospitalResident

    sys.setrecursionlimit(10**8)
    game = HospitalResident.create_from_dictionaries(
        dict(enumerate(lists["wishes"])), dict(enumerate(lists["lists"])), dict(enumerate(lists["capacity"]))
    )
    got = [-1] * len(lists["wishes"])
    for post, people in game.solve(optimal="resident").items():
        for person in people:
            got[person.name] = post.name
    return got


def algmatch(lists: Lists) -> Result:
    """`algmatch`, which counts from 1."""
    from algmatch import HospitalResidentsProblem

    problem = HospitalResidentsProblem(
        dictionary={
            "residents": {who: [post + 1 for post in row] for who, row in enumerate(lists["wishes"], 1)},
            "hospitals": {
                post: {"capacity": room, "preferences": [person + 1 for person in row]}
                for post, (row, room) in enumerate(zip(lists["lists"], lists["capacity"], strict=True), 1)
            },
        }
    )
    found = problem.get_stable_matching()["resident_sided"]
    return [int(str(found[who]).lstrip("h")) - 1 if found[who] else -1 for who in found]


def _market(lists: Lists, *, nested: bool = False) -> Any:
    from lms.allocation.market import Market

    posts = len(lists["capacity"])
    parent = [posts + region for region in lists["region"]] + [-1] * len(lists["region_capacity"])
    return Market(
        choices=lists["wishes"],
        lists=lists["lists"],
        list_of=range(posts),
        capacity=[*lists["capacity"], *lists["region_capacity"]] if nested else lists["capacity"],
        parent=parent if nested else (),
    )


def _settle(market: Any) -> Result:
    """The match alone, as `solver.match` makes it before it counts it anew."""
    from lms.allocation import deferred, solver
    from lms.allocation.arrays import arrays_of
    from lms.allocation.rounds import settle_in_rounds

    if not solver.is_large(market):
        return deferred.settle(market)
    return list(settle_in_rounds(market, arrays_of(market, deferred.proposals(market))))


def stable(lists: Lists) -> Result:
    return _settle(_market(lists))


def nested(lists: Lists) -> Result:
    """With a cap for each region."""
    return _settle(_market(lists, nested=True))


def checked(lists: Lists) -> Result:
    """With cut-offs, and with a certificate that looks at every pair."""
    return _checked(_market(lists))


def nested_checked(lists: Lists) -> Result:
    return _checked(_market(lists, nested=True))


def _checked(market: Any) -> Result:
    from lms.allocation.solver import match

    books = match(market)
    if not books.is_feasible() or any(True for _ in books.blocking()):
        raise AssertionError("the certificate does not hold")
    return list(books.got)


def flatten(lists: Lists) -> Result:
    """Nothing but the way from lists to arrays."""
    import numpy as np

    for rows in (lists["wishes"], lists["lists"]):
        total = sum(map(len, rows))
        np.fromiter(chain.from_iterable(rows), np.int32, total)
    return 0


def _pairs(lists: Lists) -> Any:
    from lms.allocation.totals_flow import flat_pairs

    return flat_pairs(lists["wishes"], lists["scores"], lists["capacity"])


def _posts(pairs: Any, chosen: Any) -> Result:
    return [int(pairs.post[entry]) if entry >= 0 else -1 for entry in chosen.tolist()]


def best_total(lists: Lists) -> Result:
    from lms.allocation.totals_flow import best_total as solve

    pairs = _pairs(lists)
    return _posts(pairs, solve(pairs))


def fair(lists: Lists) -> Result:
    from lms.allocation.totals_flow import fair as solve

    pairs = _pairs(lists)
    return _posts(pairs, solve(pairs))


def quick(lists: Lists) -> Result:
    from lms.allocation.totals_quick import approximate

    pairs = _pairs(lists)
    return _posts(pairs, approximate(pairs).chosen)


def _arrays(lists: Lists) -> tuple[Any, Any, Any]:
    import numpy as np

    lengths = [len(row) for row in lists["wishes"]]
    person = np.repeat(np.arange(len(lengths)), lengths)
    post = np.fromiter(chain.from_iterable(lists["wishes"]), np.int64, len(person))
    return person, post, np.fromiter(chain.from_iterable(lists["scores"]), np.int64, len(person))


def ortools(lists: Lists) -> Result:
    """OR-tools called directly, as its guide to assignment by minimum cost flow does it."""
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    person, post, score = _arrays(lists)
    people, posts = len(lists["wishes"]), len(lists["capacity"])
    flow = SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(person, people + post, np.ones_like(post), -score)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(people, people + posts),
        np.full(posts, people + posts),
        np.array(lists["capacity"]),
        np.zeros(posts, np.int64),
    )
    flow.set_nodes_supplies(np.arange(people), np.ones(people, np.int64))
    flow.set_nodes_supplies(np.array([people + posts]), np.array([-people]))
    flow.solve_max_flow_with_min_cost()
    return _taken(people, person, post, flow.flows(pairs))


def highs(lists: Lists) -> Result:
    """SciPy's linear programs by HiGHS; a hundred top scores for each person put more people before better scores."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, vstack

    person, post, score = _arrays(lists)
    people, posts = len(lists["wishes"]), len(lists["capacity"])
    ones, entries = np.ones(len(post)), np.arange(len(post))
    limits = vstack(
        [
            coo_array((ones, (person, entries)), shape=(people, len(post))),
            coo_array((ones, (post, entries)), shape=(posts, len(post))),
        ]
    ).tocsr()
    room = np.concatenate([np.ones(people), np.array(lists["capacity"])])
    found = linprog(-(score + 100.0 * score.max()), A_ub=limits, b_ub=room, bounds=(0, 1), method="highs")
    return _taken(people, person, post, found.x > 0.5)


def _taken(people: int, person: Any, post: Any, taken: Any) -> Result:
    import numpy as np

    got = np.full(people, -1)
    entries = np.flatnonzero(taken)
    got[person[entries]] = post[entries]
    return got.tolist()


def recount(lists: Lists) -> Callable[[], Any]:
    """From a finished match: count it anew, with cut-offs, and look at every pair; returns the books."""
    from lms.allocation import deferred
    from lms.allocation.arrays import arrays_of
    from lms.allocation.bulk import BulkBooks
    from lms.allocation.rounds import settle_in_rounds

    market = _market(lists)
    arrays = arrays_of(market, deferred.proposals(market))
    got = settle_in_rounds(market, arrays)

    def count_anew() -> Any:
        books = BulkBooks(market, got, arrays)
        if not books.is_feasible() or any(True for _ in books.blocking()):
            raise AssertionError("the certificate does not hold")
        return books

    return count_anew


def explain(lists: Lists, books: Any, person: int) -> None:
    """What stands between a person and every wish above the one obtained."""
    for post in lists["wishes"][person]:
        if post == books.got[person]:
            break
        if books.refusal(person, post) is None:
            raise AssertionError("nothing stands in the way")


ENGINES: dict[str, Callable[[Lists], Result]] = {
    engine.__name__: engine
    for engine in (
        *(matching, algmatch, stable, nested, checked, nested_checked, flatten),
        *(best_total, fair, quick, ortools, highs),
    )
}
BY_SCORE = ("best_total", "fair", "quick", "ortools", "highs")
HOME = {"matching": "matching", "algmatch": "algmatch", "highs": "scipy"}
"""The environment of each engine that needs one of its own."""
