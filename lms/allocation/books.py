"""A finished allocation counted anew: who is where, where each node stopped, who is refused by what.

Nothing is taken over from a solver but who got which post, so that a fault of a solver would show as a blocking
pair or a broken capacity instead of being certified away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.allocation.market import Market
from lms.allocation.quotas import Cuts, limits_left
from lms.allocation.reserved import OPEN, Seats, Standing, seats_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """What stands between a person and a post: a full node, or a limit that has no place for the person."""

    node: int | None = None
    limit: int | None = None


class Books:
    """The allocation `got` (a post per person, or -1) of a market; with `cuts` under the rule `cutoffs`."""

    def __init__(self, market: Market, got: Sequence[int], cuts: Cuts | None = None) -> None:
        self.market, self.got, self.cuts = market, got, cuts
        self.count = [0] * len(market.capacity)
        self.last: list[int | None] = [None] * len(market.capacity)
        self._worst: list[Standing | None] = [None] * len(market.capacity)
        self._seats: dict[int, Seats] = {}
        for person, post in enumerate(got):
            if post >= 0:
                self._enter(person, post)
        self._left = limits_left(market)
        self._limit_last = [
            max((market.order_places[one] for one in limit.members if self._moves(one)), default=-1)
            for limit in market.limits
        ]
        self._limit_count = [sum(self._moves(one) for one in limit.members) for limit in market.limits]
        for post in market.reserves:
            self._seat(post)

    def _moves(self, person: int) -> bool:
        return self.got[person] >= 0 and person not in self.market.fixed

    def _enter(self, person: int, post: int) -> None:
        path = self.market.paths[post]
        for node in path:
            self.count[node] += 1
        if person in self.market.fixed or not self.market.is_ranked(person, post):
            return
        position = self.position(person, post)
        for node in path:
            self.last[node] = max(self.last[node] or 0, position)
        standing = self.market.standing(person, post)
        if standing is not None and post not in self.market.reserves:
            for node in path:
                self._admit(node, (OPEN, standing))

    def position(self, person: int, post: int) -> int:
        """Where the person stands, from 1, in the order that decides at the post, which must rank her."""
        market = self.market
        return 1 + (market.order_places[person] if market.by_order else market.ranks[market.list_of[post]][person])

    def _admit(self, node: int, standing: Standing) -> None:
        worst = self._worst[node]
        if worst is None or worst < standing:
            self._worst[node] = standing

    def _seat(self, post: int) -> None:
        """Seat the people of a post with reserves; who sits on which place does not depend on who comes first."""
        self._seats[post] = seats_of(self.market, post)
        for person, where in enumerate(self.got):
            if where == post and person not in self.market.fixed:
                standing = self.market.standing(person, post)
                if standing is not None:
                    self._seats[post].enter(person, standing)
        for _, standing in self._seats[post].seated():
            for node in self.market.paths[post][1:]:
                self._admit(node, standing)

    def accepts(self, person: int, post: int) -> bool:
        """Whether the pair may be."""
        return self.market.accepts(person, post)

    def refusal(self, person: int, post: int) -> Refusal | None:
        """The innermost node around the post that is full of people who all stand better, else the first limit
        that has no place for the person. None when nothing stands in the way. The post must accept the person.
        """
        standing = self._standing(person, post)
        if standing is None:
            return Refusal(node=post)
        for node in self.market.paths[post]:
            if node in self._seats:
                continue
            worst = self._worst[node]
            if self.is_full(node) and (worst is None or worst < standing):
                return Refusal(node=node)
        return next((Refusal(limit=limit) for limit in self._limits_against(person)), None)

    def _standing(self, person: int, post: int) -> Standing | None:
        """How the person would stand with the post; None when a post with reserves has no place for her."""
        standing = self.market.standing(person, post)
        if standing is None:
            return None
        return self._seats[post].would_take(person, standing) if post in self._seats else (OPEN, standing)

    def _limits_against(self, person: int) -> Iterator[int]:
        """The limits that shut the person out."""
        place = self.market.order_places[person] if self.market.limits else 0
        for number, limit in enumerate(self.market.limits):
            if person not in limit.members:
                continue
            if self.cuts is not None:
                if place >= self.cuts.places[number]:
                    yield number
            elif self._limit_count[number] >= self._left[number] and self._limit_last[number] < place:
                yield number

    def blocking(self) -> Iterator[tuple[int, int, Refusal | None]]:
        """The pairs whom no node keeps apart, with the limit that does, or None: then the allocation is wrong."""
        market, got = self.market, self.got
        for person, choices in enumerate(market.choices):
            if person in market.fixed:
                continue
            mine = got[person]
            for post in choices:
                if post == mine:
                    break
                if self.accepts(person, post):
                    refusal = self.refusal(person, post)
                    if refusal is None or refusal.limit is not None:
                        yield person, post, refusal

    def shortage(self, person: int, post: int) -> Refusal | None:
        """What has no place left for the person, whoever has the others: for objectives that compare no people."""
        for node in self.market.paths[post]:
            if self.is_full(node):
                return Refusal(node=node)
        for number, limit in enumerate(self.market.limits):
            if person in limit.members and self._limit_count[number] >= self._left[number]:
                return Refusal(limit=number)
        return None

    def is_full(self, node: int) -> bool:
        """Whether no place is left."""
        return self.count[node] >= self.market.capacity[node]

    def is_feasible(self) -> bool:
        """Whether capacities and limits hold, fixed people stay and everybody else has an acceptable choice or none."""
        market = self.market
        return (
            not any(count > capacity for count, capacity in zip(self.count, market.capacity, strict=True))
            and not any(count > left for count, left in zip(self._limit_count, self._left, strict=True))
            and all(self._is_allowed(person, post) for person, post in enumerate(self.got))
        )

    def _is_allowed(self, person: int, post: int) -> bool:
        if person in self.market.fixed:
            return post == self.market.fixed[person]
        return post < 0 or (post in self.market.choices[person] and self.accepts(person, post))
