"""A nearly greatest total in a fraction of the time, with a proof of how much may be missing.

Every post (and every unit with a limit) has a price. All people ask at once for the pair that is worth most after
the price; where more ask than there is room the price rises, where fewer ask it falls. Whatever the prices, no
assignment is worth more than what people would gain at them plus what the room costs (weak duality of linear
programming): that is the proof. In the end the posts take those who would lose most elsewhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.allocation.totals_flow import Limits, Pairs, ScoreRangeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lms.allocation.totals_flow import Ints

    Column = tuple[Ints, Ints, Ints]

SAMPLE = 50_000
SAMPLE_ROUNDS = 30
ROUNDS = 5
# How far a price moves when e times as many ask as there is room, as a share of the range of scores: at first, and how
# soon it moves less. Found by trying on markets of 100,000 and 1,000,000 people.
_STEP_SAMPLE, _SLOWER_SAMPLE = 0.3, 0.35
_STEP, _SLOWER = 0.15, 1.0
_LARGEST, _NEVER = 1 << 28, 1 << 30


@dataclass(frozen=True, slots=True)
class Approximation:
    """An assignment with a proof: `chosen` as in `best_total`, and no assignment at all has a total above `bound`."""

    chosen: "Ints"
    total: int
    bound: int
    rounds: int


def approximate(
    pairs: Pairs, *, rounds: int = ROUNDS, keep_going: Callable[[int], bool] = lambda _: True
) -> Approximation:
    """A good total after `rounds` of prices, or fewer when `keep_going(rounds so far)` says stop.

    The pairs must stand person by person, without limits on groups. The same pairs and the same number of rounds
    give the same answer. Raises ScoreRangeError for scores beyond 28 bits.
    """
    import numpy as np

    if pairs.group is not None:
        raise ValueError("limits on kinds of people need the exact objective")
    if not len(pairs.score):
        return Approximation(np.full(pairs.people, -1, np.int64), 0, 0, 0)
    if max(abs(int(pairs.score.max())), abs(int(pairs.score.min()))) > _LARGEST:
        raise ScoreRangeError("the quick way needs scores within 28 bits")
    market = _Market(pairs)
    price = np.zeros(len(pairs.places.room))
    reach = float(pairs.score.max() - min(0, pairs.score.min()))
    share = max(1, pairs.people // SAMPLE)
    sample = market if share == 1 else _Market(pairs, slice(None, None, share))
    for step in range(SAMPLE_ROUNDS):
        sample.move(price, _STEP_SAMPLE * reach / (1 + _SLOWER_SAMPLE * step), share)
    done = 0
    while done < rounds and keep_going(done):
        market.move(price, _STEP * reach / (1 + _SLOWER * done))
        done += 1
    whole = price.astype(np.int32)
    chosen = market.settle(whole)
    total = int(pairs.score[chosen[chosen >= 0]].sum())
    return Approximation(chosen, total, max(total, market.bound(whole)), done)


class _Market:
    """The pairs as columns: the first pair of everybody, the second of everybody who has one, and so on."""

    def __init__(self, pairs: Pairs, people: slice = slice(None)) -> None:
        import numpy as np

        self._pairs = pairs
        self._levels = list(_levels(pairs.places))
        self._room = np.minimum(pairs.places.room, pairs.people)
        self._is_post = np.bincount(pairs.post, minlength=len(self._room)) > 0
        lengths = np.bincount(pairs.person, minlength=pairs.people)
        starts = np.cumsum(lengths) - lengths
        chosen = np.arange(pairs.people)[people]
        # Longest lists first, so that whoever has a pair in a column stands in front.
        self._people = chosen[np.argsort(-lengths[chosen], kind="stable")]
        counts = lengths[self._people]
        self._columns: list[Column] = []
        for place in range(int(counts.max(initial=0))):
            entries = starts[self._people[: int(np.searchsorted(-counts, -place))]] + place
            self._columns.append((entries, pairs.post[entries].astype(np.int32), pairs.score[entries].astype(np.int32)))

    def move(self, price: "NDArray[np.float64]", step: float, share: int = 1) -> None:
        """One round on the prices, in place; a sample of one in `share` people meets one in `share` places."""
        import numpy as np

        path_price = self._path_price(price)
        gain, asked = self.best(path_price)
        demand = np.zeros(len(price))
        posts = np.bincount(asked + 1, minlength=len(price) + 1)[1:]
        for nodes in self._levels:
            np.add.at(demand, nodes[nodes >= 0], posts[nodes >= 0])
        price += step * np.log((demand + 1) / (self._room / share + 1))
        # What is scarce everywhere rises everywhere, by as much as those would gain for whom there is no room.
        scarce = path_price > 0
        bidders = gain[scarce[asked] & (asked >= 0)]
        excess = len(bidders) - int(self._room[scarce].sum() / share)
        if excess > 0:
            price[scarce & self._is_post] += np.partition(bidders, excess - 1)[excess - 1]
        np.clip(price, 0, _LARGEST, out=price)

    def best(self, price: "Ints") -> "tuple[Ints, Ints]":
        """What each person gains at best at these prices of posts (0 when nothing does), and at which post or -1."""
        import numpy as np

        gain, post = np.zeros(len(self._people), np.int32), np.full(len(self._people), -1, np.int32)
        for _, posts, scores in self._columns:
            value = scores - price[posts]
            better = value > gain[: len(value)]
            np.copyto(gain[: len(value)], value, where=better)
            np.copyto(post[: len(value)], posts, where=better)
        return gain, post

    def bound(self, price: "Ints") -> int:
        """No assignment has a greater total, whatever the prices of posts and units."""
        gain, _ = self.best(self._path_price(price))
        return int(gain.sum(dtype="int64")) + int((price.astype("int64") * self._room).sum())

    def settle(self, price: "Ints") -> "Ints":
        """Let people ask for what is best at these prices, and then whoever is left for what there still is room for.

        The full take those who would lose most elsewhere.
        """
        import numpy as np

        chosen = np.full(self._pairs.people, -1, np.int64)
        path_price = self._path_price(price)
        room = self._room.copy()
        self._seat(chosen, room, path_price, least=0)
        self._seat(chosen, room, np.zeros_like(path_price), least=1 - _NEVER)
        return chosen

    def _seat(self, chosen: "Ints", room: "Ints", price: "Ints", *, least: int) -> None:
        """Fill `chosen` and use up `room`; nobody asks for a pair that is worth less than `least` after the price."""
        import numpy as np

        asking = np.flatnonzero(chosen[self._people] < 0)
        while len(asking):
            is_open = np.all([(room[nodes] > 0) | (nodes < 0) for nodes in self._levels], axis=0)
            entry, margin = self._wishes(asking, price, is_open, least)
            asking, entry, margin = (each[entry >= 0] for each in (asking, entry, margin))
            kept = self._fitting(self._pairs.post[entry], margin, room)
            chosen[self._people[asking[kept]]] = entry[kept]
            self._fill(room, self._pairs.post[entry[kept]])
            asking = np.delete(asking, kept)

    def _wishes(self, asking: "Ints", price: "Ints", is_open: "NDArray[np.bool_]", least: int) -> "tuple[Ints, Ints]":
        """The best open pair of each of them (-1: none), and how much is lost by taking the next best instead."""
        import numpy as np

        entry = np.full(len(asking), -1, np.int64)
        best, second = np.full(len(asking), least - 1, np.int32), np.zeros(len(asking), np.int32)
        for entries, posts, scores in self._columns:
            here = asking[: int(np.searchsorted(asking, len(posts)))]
            part = slice(len(here))
            post = posts[here]
            value = np.where(is_open[post], scores[here] - price[post], -_NEVER)
            better = value > best[part]
            np.maximum(second[part], np.where(better, best[part], value), out=second[part])
            np.copyto(best[part], value, where=better)
            np.copyto(entry[part], entries[here], where=better)
        return entry, best - second

    def _fitting(self, post: "Ints", margin: "Ints", room: "Ints") -> "Ints":
        """Which of those who ask fit into post and units, the largest margins first."""
        import numpy as np

        kept = np.argsort(-margin, kind="stable")
        for nodes in self._levels:
            node = nodes[post[kept]]
            order = np.argsort(node, kind="stable")
            sorted_nodes = node[order]
            place = np.arange(len(order)) - np.searchsorted(sorted_nodes, sorted_nodes)
            kept = kept[np.sort(order[(sorted_nodes < 0) | (place < room[sorted_nodes])])]
        return kept

    def _fill(self, room: "Ints", post: "Ints") -> None:
        import numpy as np

        for nodes in self._levels:
            node = nodes[post]
            room -= np.bincount(node[node >= 0], minlength=len(room))

    def _path_price(self, price: "NDArray[np.generic]") -> "Ints":
        """The whole price of each post: its own and those of the units around it."""
        import numpy as np

        around = [np.where(nodes < 0, 0, price[nodes]) for nodes in self._levels]
        return np.minimum(sum(around), _LARGEST).astype(np.int32)


def _levels(places: Limits) -> "Iterator[Ints]":
    """For every node the one on its way out, itself included, at the greatest depth; then one less deep; -1: none.

    By depth below the top, so that no node stands in two levels.
    """
    import numpy as np

    depth, above = np.zeros(len(places.room), np.int64), places.within
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above < 0, -1, places.within[above])
    nodes = np.arange(len(places.room))
    for level in range(int(depth.max(initial=0)), -1, -1):
        here = depth[nodes] == level
        yield np.where(here, nodes, -1)
        nodes = np.where(here & (level > 0), places.within[nodes], nodes)
