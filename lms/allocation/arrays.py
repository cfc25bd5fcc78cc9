"""A market as flat arrays (compressed rows), for hundreds of thousands of people. Needs NumPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lms.allocation.market import Market

Ints = NDArray[Any]

NEVER = np.iinfo(np.int32).max
"""The standing of a pair that may not be, worse than any other."""


@dataclass(slots=True)
class Arrays:
    """Wishes and standings in the order of the people.

    The wishes of `person` are `post[start[person]:start[person + 1]]`, best first. `place` is where the person stands
    in the list that speaks for the post, counted from 0 through all lists behind each other; `NEVER` where the pair
    may not be. `standing` is the same where each list is by itself, else comparable within a tree of units. A
    standing belongs to one person: `owner[standing]`.
    """

    start: Ints
    post: Ints
    place: Ints
    standing: Ints
    owner: Ints
    list_start: Ints


def flatten(rows: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Where each row begins (with the end of the last), and all rows behind each other."""
    start = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)), out=start[1:])
    return start, np.fromiter(chain.from_iterable(rows), np.int32, int(start[-1]))


def arrays_of(market: Market, wishes: Sequence[Sequence[int]]) -> Arrays:
    """The arrays of a market without reserves."""
    start, post = flatten(wishes)
    list_start, owner = flatten(market.lists)
    place = _places(start, np.asarray(market.list_of, np.int32)[post], list_start, owner)
    if not market.lists_meet:
        return Arrays(start, post, place, place, owner, list_start)
    standing, owner = _merge(market, place, list_start, owner)
    return Arrays(start, post, place, standing, owner, list_start)


def _places(start: Ints, used: Ints, list_start: Ints, owner: Ints) -> Ints:
    """For each wish the place of the person in the list that speaks for the post, counted through all lists.

    Both sides are sorted by person and list, each packed with where it came from into one whole number, and met.
    """
    lists = len(list_start)
    wish_key, wish_from = _sorted_with_origin(_row_numbers(start) * lists + used)
    list_key, list_from = _sorted_with_origin(owner.astype(np.int64) * lists + _row_numbers(list_start))
    found = np.full(len(used), NEVER, np.int32)
    if np.array_equal(wish_key, list_key):
        found[wish_from] = list_from
    elif len(list_key):
        at = np.minimum(np.searchsorted(list_key, wish_key), len(list_key) - 1)
        met = list_key[at] == wish_key
        found[wish_from[met]] = list_from[at[met]]
    return found


def _row_numbers(start: Ints) -> Ints:
    """For each entry of the rows behind each other: the number of its row."""
    return np.repeat(np.arange(len(start) - 1), np.diff(start))


def _sorted_with_origin(keys: Ints) -> tuple[Ints, Ints]:
    """The keys in order, and where each stood; equal ones as they stood. Overwrites `keys`.

    Packed with their origin into one number they sort several times as fast as by their indices.
    """
    bits = len(keys).bit_length()
    if not len(keys) or int(keys.max()).bit_length() + bits > 62:
        stood = np.argsort(keys, kind="stable").astype(np.int32)
        return keys[stood], stood
    keys <<= bits
    keys |= np.arange(len(keys))
    keys.sort()
    stood = (keys & ((1 << bits) - 1)).astype(np.int32)
    keys >>= bits
    return keys, stood


def _merge(market: Market, place: Ints, list_start: Ints, owner: Ints) -> tuple[Ints, Ints]:
    """Put the lists that meet in a tree into one order: position ÷ capacity behind the list, then the lottery.

    Divisions are exact enough: two different fractions p/w and q/v are at least 1/(w·v) apart, and rounding moves
    neither by more than its 2^53rd part. Beyond that the same is done in whole numbers of any size.
    """
    sizes = np.diff(list_start)
    position = np.arange(len(owner)) - np.repeat(list_start[:-1], sizes) + 1
    if int(sizes.max(initial=0)) * max(market.weights) < 2**50:
        fraction = position / np.repeat(np.asarray(market.weights, np.float64), sizes)
    else:
        fraction = _exact(market, position, sizes)
    _, drawn = _sorted_with_origin(np.asarray(market.lottery, np.int64)[owner])
    order = drawn[np.argsort(fraction[drawn], kind="stable")]
    rank = np.empty(len(order) + 1, np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    rank[-1] = NEVER
    return rank[np.minimum(place, len(order))], owner[order]


def _exact(market: Market, position: Ints, sizes: Ints) -> Ints:
    from fractions import Fraction

    source = np.repeat(np.arange(len(sizes)), sizes)
    values = [Fraction(p, market.weights[s]) for p, s in zip(position.tolist(), source.tolist(), strict=True)]
    ranks = {value: rank for rank, value in enumerate(sorted(set(values)))}
    return np.array([ranks[value] for value in values])
