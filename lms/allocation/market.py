"""An instance with every tie broken and every path walked: what the solver works on."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.allocation.instance import Instance
from lms.allocation.reading import Ranking

Standing = tuple[int, int]
"""How an applicant stands at a post; comparable within one tree of units, smaller is better."""


@dataclass(frozen=True, slots=True)
class Market:
    """Strict orders on both sides. `positions` are 1-based; posts that share a list share the mapping."""

    choices: Mapping[str, tuple[str, ...]]
    paths: Mapping[str, tuple[str, ...]]
    capacity: Mapping[str, int | None]
    carrier: Mapping[str, str | None]
    positions: Mapping[str, Mapping[str, int]]
    scale: Mapping[str, int]
    lottery: Mapping[str, int]

    def standing(self, applicant: str, post: str) -> Standing:
        """Position in the post's list over the capacity behind that list, then the lottery."""
        return self.positions[post][applicant] * self.scale[post], self.lottery[applicant]


def build(instance: Instance) -> Market:
    """Break the ties by the lottery of the instance's seed and prepare the orders."""
    lottery = lottery_ranks(instance.seed, instance.applicants)
    draw = lottery_ranks(instance.seed, instance.posts)
    paths = {post: tuple(instance.path(post)) for post in instance.posts}
    carrier = {post: _carrier(instance, path) for post, path in paths.items()}
    lists = {name: _positions(_list(instance, name), lottery) for name in set(carrier.values())}
    return Market(
        choices={name: _strict(who.choices, draw) for name, who in instance.applicants.items()},
        paths=paths,
        capacity={name: instance.node(name).capacity for name in [*instance.posts, *instance.units]},
        carrier=carrier,
        positions={post: lists[name] for post, name in carrier.items()},
        scale=_scales(instance, paths, carrier),
        lottery=lottery,
    )


def lottery_ranks(seed: int, names: Iterable[str]) -> dict[str, int]:
    """The place of each id in the published lottery: SHA-256 of `seed:id`, smallest first."""
    drawn = sorted((hashlib.sha256(f"{seed}:{name}".encode()).digest(), name) for name in names)
    return {name: rank for rank, (_, name) in enumerate(drawn)}


def _strict(ranking: Ranking, lottery: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for tied in ranking for name in sorted(tied, key=lottery.__getitem__))


def _carrier(instance: Instance, path: tuple[str, ...]) -> str | None:
    """The node whose list speaks for the post at the start of the path; None stands for the call's order."""
    return next((name for name in path if instance.node(name).priority is not None), None)


def _list(instance: Instance, carrier: str | None) -> Ranking:
    if carrier is None:
        return tuple((name,) for name in instance.order or ())
    return instance.node(carrier).priority or ()


def _positions(ranking: Ranking, lottery: Mapping[str, int]) -> dict[str, int]:
    return {name: place for place, name in enumerate(_strict(ranking, lottery), start=1)}


def _scales(
    instance: Instance, paths: Mapping[str, tuple[str, ...]], carrier: Mapping[str, str | None]
) -> dict[str, int]:
    """Whole factors that put positions of several lists under one unit on the scale position ÷ capacity.

    A list whose carrier has no capacity of its own (a unit without a limit, the call's order) counts with the
    capacities of the posts that use it. A list with no places counts as one; nobody is admitted through it.
    """
    weight: dict[str | None, int] = {}
    for post, name in carrier.items():
        own = None if name is None else instance.node(name).capacity
        weight[name] = weight.get(name, 0) + (instance.posts[post].capacity or 0) if own is None else own
    weight = {name: max(1, places) for name, places in weight.items()}
    common: dict[str, int] = {}
    for post, path in paths.items():
        common[path[-1]] = math.lcm(common.get(path[-1], 1), weight[carrier[post]])
    return {post: common[path[-1]] // weight[carrier[post]] for post, path in paths.items()}
