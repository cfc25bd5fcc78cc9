"""Deferred acceptance in rounds over whole arrays: everybody who holds nothing asks at once. Needs NumPy.

It ends where `deferred` ends, since the order in which people ask does not matter; it is for markets that are too
large for one person after the other. A cut per post spares requests without hope.
"""

from collections.abc import Collection

import numpy as np

from lms.allocation.arrays import NEVER, Arrays, Ints
from lms.allocation.market import NOWHERE, Market, start
from lms.allocation.watch import Watch


def settle_in_rounds(
    market: Market, arrays: Arrays, excluded: Collection[int] = (), watch: Watch | None = None
) -> Ints:
    """The post of each person; for markets without reserves. `excluded` people do not take part."""
    held = _Held(market, arrays)
    asks = np.ones(len(market.choices), bool)
    asks[list(excluded)] = False
    waiting = np.flatnonzero(asks)
    upto = arrays.start[:-1].copy()
    watch = watch or Watch()
    while len(waiting):
        watch.at(1 - len(waiting) / len(asks))
        waiting = held.take(*_requests(arrays, held.cut, upto, waiting))
    got = np.asarray(start(market), np.int32)
    people, posts = held.placed()
    got[people] = posts
    return got


def _requests(arrays: Arrays, cut: Ints, upto: Ints, people: Ints) -> tuple[Ints, Ints]:
    """The next post of each person where there is hope, and the standing there. People without one drop out.

    `upto` says how far down their wishes people are, and is moved on.
    """
    posts, standings = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    end = arrays.start[1:]
    while len(people):
        people = people[upto[people] < end[people]]
        wish = upto[people]
        upto[people] += 1
        post, standing = arrays.post[wish], arrays.standing[wish]
        hope = standing < cut[post]
        posts.append(post[hope])
        standings.append(standing[hope])
        people = people[~hope]
    return np.concatenate(posts), np.concatenate(standings)


class _Held:
    """Who holds what for now: for each post as many slots as it has room, filled from the best standing."""

    def __init__(self, market: Market, arrays: Arrays) -> None:
        posts = len(market.posts)
        self._owner = arrays.owner
        self._room = np.maximum(np.asarray(market.room[:posts], np.int64), 0)
        lengths = np.bincount(arrays.post[arrays.standing != NEVER], minlength=posts)
        self._room = np.minimum(self._room, lengths)  # no slots for which nobody may ask
        self._first = np.concatenate(([0], np.cumsum(self._room)[:-1])) if posts else np.zeros(0, np.int64)
        self._slots = np.full(int(self._room.sum()), NEVER, np.int32)
        self._count = np.zeros(posts, np.int64)
        self.cut = np.where(self._room > 0, NEVER, 0).astype(np.int32)
        self._levels = _levels(market)

    def take(self, post: Ints, standing: Ints) -> Ints:
        """Let the posts choose among those who ask and those whom they hold; returns who is turned away."""
        asked = np.flatnonzero(np.bincount(post, minlength=len(self._count)))
        held_post, slot = self._filled(asked)
        posts = np.concatenate((held_post, post))
        standings = np.concatenate((self._slots[slot], standing))
        packed = (posts.astype(np.int64) << 32) | standings
        packed.sort()
        posts, standings = packed >> 32, (packed & 0xFFFFFFFF).astype(np.int32)
        heads = np.bincount(posts, minlength=len(self._count))[asked]
        first = np.cumsum(heads) - heads
        place = np.arange(len(posts)) - np.repeat(first, heads)
        kept = place < self._room[posts]
        self._slots[self._first[posts[kept]] + place[kept]] = standings[kept]
        self._count[asked] = np.minimum(heads, self._room[asked])
        full = asked[(self._count[asked] == self._room[asked]) & (self._room[asked] > 0)]
        self._lower(full, self._slots[self._first[full] + self._room[full] - 1])
        away = [standings[~kept], *[self._trim(*level) for level in self._levels]]
        return self._owner[np.concatenate(away)]

    def _lower(self, posts: Ints, standing: Ints) -> None:
        """Only who stands better than the worst one at a full post has hope there."""
        self.cut[posts] = np.minimum(self.cut[posts], standing)

    def _filled(self, posts: Ints) -> tuple[Ints, Ints]:
        """The filled slots of some posts: which post, which slot."""
        counts = self._count[posts]
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(posts, counts), np.repeat(self._first[posts], counts) + within

    def _trim(self, unit_of: Ints, room: Ints) -> Ints:
        """Let the units of one depth turn away whom they have no room for; returns the standings of those."""
        inside = unit_of >= 0
        heads = np.bincount(unit_of[inside], self._count[inside], len(room)).astype(np.int64)
        if not (heads > room).any():
            return np.zeros(0, np.int32)
        crowded = np.flatnonzero(inside & (heads > room)[unit_of])
        posts, slot = self._filled(crowded)
        standings = self._slots[slot]
        packed = np.sort((unit_of[posts].astype(np.int64) << 32) | standings)
        units, ordered = packed >> 32, (packed & 0xFFFFFFFF).astype(np.int32)
        first = np.concatenate(([0], np.cumsum(np.bincount(units, minlength=len(room)))[:-1]))
        leave = np.arange(len(units)) - first[units] >= room[units]
        # Whoever stands as well as the best one who leaves, or worse, has no hope anywhere in the unit.
        bound = np.full(len(room), NEVER, np.int32)
        np.minimum.at(bound, units[leave], ordered[leave])
        stays = standings < bound[unit_of[posts]]
        self._count[crowded] = np.bincount(posts[stays], minlength=len(self._count))[crowded]
        self._lower(crowded, bound[unit_of[crowded]])
        return ordered[leave]

    def placed(self) -> tuple[Ints, Ints]:
        """Everybody who holds a post, and which."""
        posts, slot = self._filled(np.arange(len(self._count)))
        return self._owner[self._slots[slot]], posts


def _levels(market: Market) -> list[tuple[Ints, Ints]]:
    """The units that can be full, inner ones first: for each post the unit of that depth or -1, and their rooms."""
    paths = [path[1:] for path in market.narrow_paths]
    room = np.maximum(np.asarray(market.room, np.int64), 0)
    levels = []
    # Counted from outside, so that no unit lies inside another one of its level.
    for depth in range(max(map(len, paths), default=0), 0, -1):
        units = [path[-depth] if len(path) >= depth else NOWHERE for path in paths]
        levels.append((np.asarray(units, np.int64), room))
    return levels
