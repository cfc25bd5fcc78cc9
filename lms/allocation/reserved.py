"""Posts that keep some of their places for a group.

A post fills its reserved places first, reserve after reserve, each with the best people of its group who are not
in an earlier one, and gives the rest of its places to the best of all others. A full unit around it does the same:
holders of a first reserve before those of a second one, all of them before the others, the better before the worse.
Adding a person to such a choice never lets in somebody who was turned away before, so deferred acceptance keeps its
promises (Hafalir, Yenmez and Yildirim 2013; Kominers and Sönmez 2016).
"""

import sys
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from lms.allocation.market import NOWHERE, Group, Market, start
from lms.allocation.watch import Watch

Standing = tuple[int, int]
"""The number of the reserve from 0, or OPEN, then the standing of the person; smaller is better."""

OPEN = sys.maxsize
"""In place of the number of a reserve: a place that is open to everybody."""

PIECE = 256
"""After so many people a run says how far it is."""


class Seats:
    """The places of one post and who sits on them; also of posts without reserves, whose places are all open."""

    def __init__(self, reserves: Sequence[Group], room: int) -> None:
        self._groups = reserves
        self._room = room
        self._rows: list[list[tuple[int, int]]] = [[] for _ in range(len(reserves) + 1)]  # the last row is open

    def enter(self, person: int, standing: int) -> int | None:
        """Seat a person; returns who is left without a place, perhaps the same one, or None."""
        carried = (standing, person)
        for row, group in zip(self._rows, self._groups, strict=False):
            if carried[1] in group.members:
                insort(row, carried)
                if len(row) <= group.places:
                    break
                carried = row.pop()
        else:
            insort(self._rows[-1], carried)
        if sum(map(len, self._rows)) <= self._room:
            return None
        # Fixed people stand below zero: they came first and never leave.
        return next(row for row in reversed(self._rows) if row and row[-1][0] >= 0).pop()[1]

    def leave(self, person: int, standing: int) -> None:
        """Free the place of a person."""
        for row in self._rows:
            at = bisect_left(row, (standing, person))
            if row[at : at + 1] == [(standing, person)]:
                del row[at]
                return

    def seated(self) -> Iterator[tuple[int, Standing]]:
        """Everybody here, but for the fixed people, with the standing that units around the post go by."""
        for number, row in enumerate(self._rows):
            for standing, person in row:
                if standing >= 0:
                    yield person, (number if number < len(self._groups) else OPEN, standing)

    def would_take(self, person: int, standing: int) -> Standing | None:
        """How the person would stand if she asked now; None when she would be left without a place."""
        trial = Seats(self._groups, self._room)
        trial._rows = [list(row) for row in self._rows]
        return None if trial.enter(person, standing) == person else dict(trial.seated())[person]


def seats_of(market: Market, post: int) -> Seats:
    """The empty places of a post, but for the fixed people, who are seated first and never leave."""
    seats = Seats(market.reserves.get(post, ()), market.capacity[post])
    for person in sorted(person for person, where in market.fixed.items() if where == post):
        seats.enter(person, person - len(market.choices))
    return seats


def settle_reserved(market: Market, wishes: Sequence[Sequence[int]], watch: Watch) -> list[int]:
    """Deferred acceptance for a market with reserves; the post of each person."""
    held = _Held(market)
    remaining = [iter(posts) for posts in wishes]
    for first in range(len(wishes)):
        if first % PIECE == 0:
            watch.at(first / len(wishes))
        person: int | None = first
        while person is not None:
            post = next(remaining[person], None)
            if post is None:
                break
            standing = market.standing(person, post)
            if standing is not None:
                person = held.take(person, post, standing)
    return held.got


class _Held:
    """Who holds which post for now. Each unit has a heap of everybody below it, the worst on top; entries of
    people who have left or changed places stay until they surface.
    """

    def __init__(self, market: Market) -> None:
        self.got = start(market)
        self._seats = [seats_of(market, post) for post in market.posts]
        self._units = [path[1:] for path in market.narrow_paths]
        self._room = list(market.room)
        self._heaps: list[list[tuple[int, int, int, int]]] = [[] for _ in self._room]
        self._sits: dict[int, Standing] = {}

    def take(self, person: int, post: int, standing: int) -> int | None:
        """Hold the person at the post; returns who has to leave for it, perhaps the same one, or None."""
        leaving = self._seats[post].enter(person, standing)
        if leaving == person:
            return person
        self.got[person] = post
        for unit in self._units[post]:
            self._room[unit] -= 1
        if leaving is not None:
            self._forget(leaving)
        self._note_changes(post)
        for unit in self._units[post]:
            if self._room[unit] < 0:
                return self._turn_away(unit)
        return leaving

    def _note_changes(self, post: int) -> None:
        for person, standing in self._seats[post].seated():
            if self._sits.get(person) != standing:
                self._sits[person] = standing
                for unit in self._units[post]:
                    heappush(self._heaps[unit], (-standing[0], -standing[1], person, post))

    def _turn_away(self, unit: int) -> int:
        heap = self._heaps[unit]
        while True:
            sort, standing, person, post = heappop(heap)
            if self.got[person] == post and self._sits.get(person) == (-sort, -standing):
                break
        self._seats[post].leave(person, -standing)
        self._forget(person)
        return person

    def _forget(self, person: int) -> None:
        for unit in self._units[self.got[person]]:
            self._room[unit] += 1
        self.got[person] = NOWHERE
        del self._sits[person]
