"""The objectives by scores, `best-total` and `fair`: from a market to arrays, to a solver, and back.

Among equally good assignments the seed decides: people and posts enter the arrays in the order of the lottery.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lms.allocation import totals_crossing, totals_flow
from lms.allocation.instance import Instance
from lms.allocation.market import Market, lottery_places, start
from lms.allocation.reading import InstanceError
from lms.allocation.totals_crossing import Cap, UnprovenError
from lms.allocation.totals_flow import Limits, Pairs, ScoreRangeError
from lms.allocation.watch import Watch

if TYPE_CHECKING:
    from lms.allocation.totals_flow import Ints


def solve_total(instance: Instance, market: Market, watch: Watch | None = None) -> list[int]:
    """The post of each person, fixed people included: most people, then what the objective of the instance says.

    A pair needs a score. The worst score of `fair` is the one of pairs that are not fixed. Raises InstanceError
    where scores are too far apart for exact arithmetic or too many quotas cross, and OutOfTime; a single flow is not
    interrupted.
    """
    watch = watch or Watch()
    people = sorted(range(len(market.choices)), key=market.lottery.__getitem__)
    pairs = _pairs(instance, market, people)
    try:
        chosen = _solve(pairs, _caps(market, people, pairs), watch, is_fair=instance.objective == "fair")
        watch.at(1)
    except ScoreRangeError as error:
        reason = f"the scores lie too far apart to be summed exactly for {len(people)} applicants"
        raise InstanceError(reason, ("scores",)) from error
    except UnprovenError as error:
        reason = "these quotas cross, and no best assignment was proven in the time allowed; leave out one attribute"
        raise InstanceError(reason, ("quotas",)) from error
    got = start(market)
    posts = _drawn_posts(market)
    for place, entry in enumerate(chosen.tolist()):
        if entry >= 0:
            got[people[place]] = posts[int(pairs.post[entry])]
    return got


def held_back(instance: Instance, market: Market, got: Sequence[int]) -> tuple[list[str], list[str]]:
    """Who stands in the way of a better worst score in a finished `fair` assignment, and at which posts.

    At any better worst score these people would have these posts only, with room for too few of them: it takes more
    room there, or pairs of these people with other posts that score better. Quotas are left out of account. Both are
    empty when nobody movable is placed.
    """
    people = sorted(range(len(market.choices)), key=market.lottery.__getitem__)
    pairs = _pairs(instance, market, people)
    free = [
        instance.scores[market.people[person], market.nodes[post]]
        for person, post in enumerate(got)
        if post >= 0 and person not in market.fixed
    ]
    if not free:
        return [], []
    who, where = totals_flow.held_back(pairs, min(free))
    posts = _drawn_posts(market)
    names = sorted(market.people[people[int(index)]] for index in who)
    return names, sorted(market.nodes[posts[int(index)]] for index in where)


def _solve(pairs: Pairs, caps: Sequence[Cap], watch: Watch, *, is_fair: bool) -> "Ints":
    """By a flow where the caps nest, by integer programming where they cross."""
    nested = nest(pairs, caps)
    if nested is None:
        solve = totals_crossing.fair if is_fair else totals_crossing.best_total
        return solve(pairs, caps, watch)
    return totals_flow.fair(nested, watch) if is_fair else totals_flow.best_total(nested)


def nest(pairs: Pairs, caps: Sequence[Cap]) -> Pairs | None:
    """The pairs with the caps, widest first, as nested groups of people; None when two overlap without nesting.

    From the widest group of a person inwards, each group must lie directly within the same one for all its members.
    """
    import numpy as np

    if not caps:
        return pairs
    group, within = np.full(pairs.people, -1, np.int64), np.full(len(caps), -1, np.int64)
    for index, (members, _) in enumerate(caps):
        around = {int(group[person]) for person in members}
        if len(around) > 1:
            return None
        within[index] = around.pop() if around else -1
        group[list(members)] = index
    return replace(pairs, group=group, groups=Limits(np.array([room for _, room in caps], np.int64), within))


def _pairs(instance: Instance, market: Market, people: Sequence[int]) -> Pairs:
    """The acceptable pairs with a score, people and posts numbered by the lottery; fixed people have their places."""
    import numpy as np

    posts = _drawn_posts(market)
    number = {post: index for index, post in enumerate(posts)}
    found = [
        (index, number[post], score)
        for index, person in enumerate(people)
        if person not in market.fixed
        for post in market.wishes(person)
        if (score := instance.scores.get((market.people[person], market.nodes[post]))) is not None
    ]
    person, post, score = np.array(found, np.int64).reshape(-1, 3).T
    room = [market.room[node] for node in posts]
    within = [-1 if (around := market.parent[node]) < 0 else number[around] for node in posts]
    return Pairs(len(people), person, post, score, Limits(np.array(room, np.int64), np.array(within, np.int64)))


def _drawn_posts(market: Market) -> list[int]:
    """The posts in the order of the lottery, then the units."""
    drawn = lottery_places(market.seed, market.nodes[: len(market.posts)])
    return [*sorted(market.posts, key=drawn.__getitem__), *range(len(market.posts), len(market.nodes))]


def _caps(market: Market, people: Sequence[int], pairs: Pairs) -> list[Cap]:
    """The quotas that can bind, less the fixed people in them; widest first, in an order of their own."""
    number = {person: index for index, person in enumerate(people)}
    asking = set(pairs.person.tolist())
    caps: list[Cap] = []
    for limit in market.limits:
        members = frozenset(number[person] for person in limit.members) & asking
        room = limit.places - len(limit.members & market.fixed.keys())
        if len(members) > room:
            caps.append((members, room))
    return sorted(caps, key=lambda cap: (-len(cap[0]), sorted(cap[0]), cap[1]))
