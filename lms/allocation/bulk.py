"""The counting anew of `books` over whole arrays, for large markets without reserves and limits. Needs NumPy."""

from collections.abc import Iterator

import numpy as np

from lms.allocation.arrays import NEVER, Arrays, Ints
from lms.allocation.books import Books, Refusal
from lms.allocation.market import NOWHERE, Market

_PIECE = 1 << 14


class BulkBooks(Books):
    """The same answers as `Books`, from arrays; a position or standing of -1 stands for nobody."""

    def __init__(self, market: Market, got: Ints, arrays: Arrays) -> None:
        self.market, self.got, self.cuts = market, got.tolist(), None
        self._placed = got
        self._arrays = arrays
        self._wish = self._obtained(got)
        fixed = np.zeros(len(got), bool)
        fixed[list(market.fixed)] = True
        self._upto = np.where(self._wish >= 0, self._wish, arrays.start[1:])
        self._upto[fixed] = arrays.start[:-1][fixed]
        self._first = arrays.list_start[np.asarray(market.list_of, np.int64)]
        mine = self._wish[~fixed & (self._wish >= 0)]
        self._count_up(mine[arrays.standing[mine] != NEVER])

    def _obtained(self, got: Ints) -> Ints:
        """For each person the wish that was granted, or -1."""
        wish = np.full(len(got), NOWHERE, np.int64)
        for people, wishes in self._slices():
            granted = np.flatnonzero(self._arrays.post[wishes] == self._spread(got, people))
            wish[self._whose(people, granted + wishes.start)] = granted + wishes.start
        return wish

    def _slices(self) -> Iterator[tuple[slice, slice]]:
        """People and their wishes in pieces that stay in the processor's cache."""
        for first in range(0, len(self.got), _PIECE):
            end = min(first + _PIECE, len(self.got))
            yield slice(first, end), slice(int(self._arrays.start[first]), int(self._arrays.start[end]))

    def _spread(self, values: Ints, people: slice) -> Ints:
        """The value of each person, once for each wish."""
        return np.repeat(values[people], np.diff(self._arrays.start[people.start : people.stop + 1]))

    def _whose(self, people: slice, wishes: Ints) -> Ints:
        """Who made each of some wishes."""
        return np.searchsorted(self._arrays.start[people.start : people.stop + 1], wishes, "right") - 1 + people.start

    def _count_up(self, wishes: Ints) -> None:
        """Heads, the worst standing and the last position at each post, and carried up to the units."""
        posts, nodes = self._arrays.post[wishes], len(self.market.capacity)
        worst, last = np.full(nodes, -1, np.int64), np.full(nodes, -1, np.int64)
        np.maximum.at(worst, posts, self._arrays.standing[wishes])
        np.maximum.at(last, posts, self._arrays.place[wishes] - self._first[posts])
        self.count = np.bincount(self._placed[self._placed >= 0], minlength=nodes).tolist()
        bound, place = worst.tolist(), last.tolist()
        for post, path in enumerate(self.market.paths):
            for unit in path[1:]:
                self.count[unit] += self.count[post]
                bound[unit] = max(bound[unit], bound[post])
                place[unit] = max(place[unit], place[post])
        self.last = [one + 1 if one >= 0 else None for one in place]
        # A full node has room only for who stands no worse than the worst one there.
        self._bar = [bound[node] if self.is_full(node) else NEVER for node in range(nodes)]

    def blocking(self) -> Iterator[tuple[int, int, Refusal | None]]:
        """The pairs whom no node keeps apart."""
        bars = np.array([min(self._bar[node] for node in path) for path in self.market.paths], np.int64)
        bars = np.minimum(bars, NEVER - 1).astype(np.int32)
        for people, wishes in self._slices():
            pairs = self._arrays.standing[wishes] <= bars[self._arrays.post[wishes]]
            pairs &= np.arange(wishes.start, wishes.stop) < self._spread(self._upto, people)
            found = np.flatnonzero(pairs) + wishes.start
            for person, post in zip(self._whose(people, found), self._arrays.post[found], strict=True):
                yield int(person), int(post), None

    def refusal(self, person: int, post: int) -> Refusal | None:
        """The innermost node around the post that is full of people who all stand better."""
        standing = self._arrays.standing[self._find(person, post)]
        return next((Refusal(node=node) for node in self.market.paths[post] if standing > self._bar[node]), None)

    def position(self, person: int, post: int) -> int:
        """Where the person stands, from 1, in the list that speaks for the post."""
        return int(self._arrays.place[self._find(person, post)] - self._first[post]) + 1

    def accepts(self, person: int, post: int) -> bool:
        """Whether the pair may be."""
        return bool(self._arrays.standing[self._find(person, post)] != NEVER)

    def _find(self, person: int, post: int) -> int:
        first, end = self._arrays.start[person : person + 2].tolist()
        return first + int(np.flatnonzero(self._arrays.post[first:end] == post)[0])

    def is_feasible(self) -> bool:
        """Whether capacities hold, fixed people stay and everybody else has an acceptable choice or none."""
        fits = all(count <= room for count, room in zip(self.count, self.market.capacity, strict=True))
        stay = all(self.got[person] == post for person, post in self.market.fixed.items())
        rest = np.ones(len(self.got), bool)
        rest[list(self.market.fixed)] = False
        placed = rest & (self._placed != NOWHERE)
        wish = self._wish[placed]
        return fits and stay and bool((wish >= 0).all() and (self._arrays.standing[wish] != NEVER).all())
