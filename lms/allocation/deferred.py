"""Deferred acceptance, applicants proposing, where units take people greedily under nested capacities.

The capacities form a tree, so that the sets which fit are the independent sets of a laminar matroid, and
taking the best that fit is a choice under which deferred acceptance ends in the one stable allocation that
every applicant likes best among all stable ones, whoever proposes first; no applicant gains by stating other
preferences than the true ones (Fleiner 2003; Kamada and Kojima 2015; Kojima, Tamura and Yokoo 2018).
"""

from collections.abc import Collection, Sequence
from heapq import heappop, heappush

from lms.allocation.market import NOWHERE, Market, start
from lms.allocation.reserved import PIECE, settle_reserved
from lms.allocation.watch import Watch


def settle(market: Market, excluded: Collection[int] = (), watch: Watch | None = None) -> list[int]:
    """The post of each person. `excluded` people do not take part; fixed people stay where they are."""
    watch = watch or Watch()
    wishes = proposals(market, excluded)
    if market.reserves:
        return settle_reserved(market, wishes, watch)
    return _settle_nested(market, wishes, watch)


def proposals(market: Market, excluded: Collection[int] = ()) -> Sequence[Sequence[int]]:
    """What each person may still ask for, best first; posts that do not rank the person are left in."""
    silent = {*excluded, *market.fixed}
    if not silent and not market.forbidden:
        return market.choices
    return [
        [] if person in silent else [post for post in choices if (person, post) not in market.forbidden]
        for person, choices in enumerate(market.choices)
    ]


def _settle_nested(market: Market, wishes: Sequence[Sequence[int]], watch: Watch) -> list[int]:
    """Posts inside units, one person after the other."""
    held = _Held(market)
    factors = [scale * len(wishes) for scale in market.scale]
    ranks = [market.ranks[used] for used in market.list_of]
    remaining = [iter(posts) for posts in wishes]
    for first in range(len(wishes)):
        if first % PIECE == 0:
            watch.at(first / len(wishes))
        person = first
        while person >= 0:
            for post in remaining[person]:
                rank = ranks[post].get(person)
                if rank is None:
                    continue
                if factors[post]:  # the same as market.standing, without a call for each proposal
                    rank = (rank + 1) * factors[post] + market.lottery[person]
                leaving = held.take(person, post, rank)
                if leaving != person:
                    person = leaving
                    break
            else:
                person = NOWHERE
    return held.got


class _Held:
    """Who holds which post for now: a heap per node with everybody below it, the worst on top.

    Entries of people who have left stay until they surface.
    """

    def __init__(self, market: Market) -> None:
        self.got = start(market)
        self._paths = market.narrow_paths
        self._room = list(market.room)
        self._heaps: list[list[tuple[int, int, int]]] = [[] for _ in self._room]
        # Whoever does not stand better than the last one turned away at a node has no hope there.
        self._cut: list[float] = [_NO_CUT if room > 0 else -1 for room in self._room]

    def take(self, person: int, post: int, standing: int) -> int:
        """Hold the person at the post; returns who has to leave for it, perhaps the same one, or NOWHERE."""
        path = self._paths[post]
        for node in path:
            if standing > self._cut[node]:
                return person
        self.got[person] = post
        overfull = NOWHERE
        for node in path:
            heappush(self._heaps[node], (-standing, person, post))
            self._room[node] -= 1
            if self._room[node] < 0 and overfull < 0:
                # The innermost overfull node decides: one fewer there also relieves every node around it.
                overfull = node
        return NOWHERE if overfull < 0 else self._turn_away(overfull)

    def _turn_away(self, node: int) -> int:
        heap = self._heaps[node]
        while True:
            negated, person, post = heappop(heap)
            if self.got[person] == post:
                break
        self._cut[node] = -negated
        for around in self._paths[post]:
            self._room[around] += 1
        self.got[person] = NOWHERE
        return person


_NO_CUT = float("inf")
