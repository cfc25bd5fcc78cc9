"""Limits on groups over the whole call, which cut across posts and units.

No allocation under such limits is stable in general. The call chooses one of two rules:

- `serial`: in the call's order, each takes the best choice that has room under every capacity and limit. Fair by
  that order, no place is wasted, nobody gains by misreporting.
- `cutoffs`: deferred acceptance, where a cut-off in the call's order shuts out the last of each group that has too
  many. Posts keep their own orders; a place may stay empty because of a cut-off.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lms.allocation.market import NOWHERE, Market, start

Settle = Callable[[frozenset[int]], list[int]]


def settle_serially(market: Market) -> list[int]:
    """The post of each person under the rule `serial`."""
    got, room = start(market), list(market.room)
    limits_of = _limits_of(market)
    left = limits_left(market)
    for person in market.order or ():
        if got[person] != NOWHERE or any(left[limit] <= 0 for limit in limits_of[person]):
            continue
        for post in market.wishes(person):
            if all(room[node] > 0 for node in market.narrow_paths[post]):
                got[person] = post
                for node in market.narrow_paths[post]:
                    room[node] -= 1
                for limit in limits_of[person]:
                    left[limit] -= 1
                break
    return got


@dataclass(frozen=True, slots=True)
class Cuts:
    """For each limit: the first place in the call's order that is shut out."""

    places: tuple[int, ...]

    def shut_out(self, market: Market) -> frozenset[int]:
        """Everybody whom a limit shuts out."""
        places = market.order_places
        return frozenset(
            person
            for cut, limit in zip(self.places, market.limits, strict=True)
            for person in limit.members
            if places[person] >= cut and person not in market.fixed
        )


def settle_by_cutoffs(market: Market, settle: Settle) -> tuple[list[int], Cuts]:
    """The post of each person under the rule `cutoffs`, and where the cut-offs ended.

    `settle` runs deferred acceptance without the people it is given. In each round the first limit that is broken
    shuts out its members from the first one too many in the call's order onwards, and with it every broken limit
    of the same attribute, whose groups have nobody in common. A cut-off never rises further than it must: those
    who stay can only gain when others are shut out, so that as many would be there under any lower one.
    """
    cuts = Cuts((len(market.choices),) * len(market.limits))
    left = limits_left(market)
    while True:
        got = settle(cuts.shut_out(market))
        places = list(cuts.places)
        attribute = None
        for number, limit in enumerate(market.limits):
            if attribute in (None, limit.quota.attribute):
                here = [market.order_places[one] for one in limit.members if got[one] >= 0 and one not in market.fixed]
                if len(here) > left[number]:
                    attribute = limit.quota.attribute
                    places[number] = sorted(here)[left[number]]
        if attribute is None:
            return got, cuts
        cuts = Cuts(tuple(places))


def limits_left(market: Market) -> list[int]:
    """What is left of each limit when the fixed people have their places."""
    return [limit.places - sum(person in limit.members for person in market.fixed) for limit in market.limits]


def _limits_of(market: Market) -> list[list[int]]:
    limits: list[list[int]] = [[] for _ in market.choices]
    for number, limit in enumerate(market.limits):
        for person in limit.members:
            limits[person].append(number)
    return limits
