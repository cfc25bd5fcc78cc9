"""Made-up calls of two families, written as arrays that every engine's environment can read.

U: posts of very unequal popularity that rank their applicants independently of each other.
C: like a real call: popularity is milder, applicants have a merit that all posts see with some noise, and three in a
hundred pairs are not eligible. Both have places for nine in ten people and, for nested runs, 40 regions that may
take 60 to 105 per cent of their places. Only wishes that both sides accept are listed, since the peers need that.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FAMILIES = ("U", "C")
REGIONS = 40
_POPULARITY = {"U": 0.9, "C": 0.6}
_INELIGIBLE = {"U": 0.0, "C": 0.03}
TOP_SCORE = 1001


@dataclass(frozen=True)
class Size:
    """People, posts, and how many posts each person wishes for."""

    people: int
    posts: int
    wishes: int

    @property
    def entries(self) -> int:
        return self.people * self.wishes


SIZES = {
    "1k": Size(1_000, 100, 10),
    "10k": Size(10_000, 1_000, 10),
    "100k": Size(100_000, 5_000, 10),
    "1M": Size(1_000_000, 20_000, 10),
}
DENSE = Size(500, 500, 500)


def write(folder: Path, family: str, size: Size, seed: int = 1) -> Path:
    """Make an instance, unless it is there already, and return its file."""
    target = folder / f"{family}-{size.people}-{size.posts}-{size.wishes}-{seed}.npz"
    if not target.exists():
        np.savez(target, **make(family, size, seed))
    return target


def make(family: str, size: Size, seed: int) -> dict[str, NDArray[np.int64]]:
    """The rows of wishes and of priorities behind each other, where each row starts, scores, capacities, regions."""
    rng = np.random.default_rng(seed)
    post = _wishes(rng, size, _POPULARITY[family])
    person = np.repeat(np.arange(size.people), size.wishes)
    eligible = rng.random(len(post)) >= _INELIGIBLE[family]
    person, post = person[eligible], post[eligible]
    worth = rng.random(len(person))
    if family == "C":
        worth = 0.7 * rng.random(size.people)[person] + 0.3 * worth
    ranked = np.lexsort((-worth, post))
    seats = size.people * 9 // 10
    capacity = np.full(size.posts, seats // size.posts)
    capacity[: seats % size.posts] += 1
    region = np.arange(size.posts) % min(REGIONS, size.posts)
    share = rng.uniform(0.6, 1.05, region.max() + 1)
    return {
        "wish_start": _starts(person, size.people),
        "wish": post,
        "list_start": _starts(post, size.posts),
        "list": person[ranked],
        "score": 1 + (worth * TOP_SCORE).astype(np.int64),
        "capacity": capacity,
        "region": region,
        "region_capacity": (np.bincount(region, capacity) * share).astype(np.int64),
    }


def _wishes(rng: np.random.Generator, size: Size, exponent: float) -> NDArray[np.int64]:
    """Different posts for each person, drawn by popularity, in a random order of preference."""
    if size.wishes == size.posts:
        return np.concatenate([rng.permutation(size.posts) for _ in range(size.people)])
    weight = rng.permutation(np.arange(1, size.posts + 1) ** -exponent)
    upto = np.cumsum(weight / weight.sum())
    drawn = np.searchsorted(upto, rng.random((size.people, size.wishes))).clip(max=size.posts - 1)
    while True:
        order = np.argsort(drawn, axis=1, kind="stable")
        ordered = np.take_along_axis(drawn, order, 1)
        repeated = np.zeros(drawn.shape, bool)
        np.put_along_axis(repeated, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], 1)
        if not repeated.any():
            return drawn.ravel()
        drawn[repeated] = np.searchsorted(upto, rng.random(int(repeated.sum()))).clip(max=size.posts - 1)


def _starts(row: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(np.bincount(row, minlength=rows))))
