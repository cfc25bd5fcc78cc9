"""A market in whole numbers: every tie broken, every id replaced by its index. What the solvers work on.

People are numbered in the order of their ids. Nodes are numbered posts first, then units, each in the order of
their ids, so that nothing depends on the order of rows in a file.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lms.allocation.instance import Instance, Quota, Reserve
from lms.allocation.reading import Ranking

NOWHERE = -1
"""In place of a post: not placed. In place of a person: nobody."""

Pairs = frozenset[tuple[int, int]]


class Group(NamedTuple):
    """People whom a reserve or a quota speaks of, and how many places that means."""

    members: frozenset[int]
    places: int


class Limit(NamedTuple):
    """At most `places` of the `members` may be placed in the whole call."""

    quota: Quota
    members: frozenset[int]
    places: int


@dataclass(kw_only=True)
class Market:
    """Strict orders on both sides, and a forest of capacities.

    `choices[person]` are posts, best first. `lists[list_of[post]]` are the people whom the post accepts, best first.
    `parent[node]` is the node around it, -1 at the top; `capacity[node]` is above the number of people where there
    is no limit. Posts without a list (possible for the objectives by scores) have -1 and accept everybody.
    `weights[list]` is the capacity behind a list, by which positions of different lists are compared.
    """

    choices: Sequence[Sequence[int]]
    lists: Sequence[Sequence[int]]
    list_of: Sequence[int]
    capacity: Sequence[int]
    parent: Sequence[int] = ()
    people: Sequence[str] = ()
    nodes: Sequence[str] = ()
    forbidden: Pairs = frozenset()
    fixed: Mapping[int, int] = field(default_factory=dict[int, int])
    reserves: Mapping[int, Sequence[Group]] = field(default_factory=dict[int, Sequence[Group]])
    limits: Sequence[Limit] = ()
    order: Sequence[int] | None = None
    by_order: bool = False
    weights: Sequence[int] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        self.parent = self.parent or [-1] * len(self.capacity)
        self.weights = self.weights or _weights(self.list_of, self.capacity, {})

    @property
    def posts(self) -> range:
        """The nodes that are posts."""
        return range(len(self.list_of))

    @cached_property
    def paths(self) -> list[tuple[int, ...]]:
        """For each post: itself and every unit around it, innermost first."""
        return [self._path(post) for post in self.posts]

    @cached_property
    def room(self) -> list[int]:
        """What is left of each capacity when the fixed people have their places."""
        room = list(self.capacity)
        for post in self.fixed.values():
            for node in self.paths[post]:
                room[node] -= 1
        return room

    @cached_property
    def narrow_paths(self) -> list[tuple[int, ...]]:
        """The paths without the units that can never be full before everything inside them is."""
        inside = [0] * len(self.capacity)  # places that the nodes directly inside have together
        narrow = [False] * len(self.capacity)
        for node in sorted(range(len(self.capacity)), key=self._depth.__getitem__, reverse=True):
            narrow[node] = node in self.posts or self.room[node] < inside[node]
            if self.parent[node] >= 0:
                inside[self.parent[node]] += self.room[node] if narrow[node] else inside[node]
        return [tuple(node for node in path if narrow[node]) for path in self.paths]

    @cached_property
    def _depth(self) -> list[int]:
        depth = [-1] * len(self.capacity)
        for start in range(len(self.capacity)):
            walk, node = [], start
            while node >= 0 and depth[node] < 0:
                walk.append(node)
                node = self.parent[node]
            base = depth[node] if node >= 0 else -1
            for steps, passed in enumerate(reversed(walk), start=1):
                depth[passed] = base + steps
        return depth

    @cached_property
    def ranks(self) -> list[dict[int, int]]:
        """For each list: the place of everybody on it, from 0."""
        return [dict(zip(people, range(len(people)), strict=True)) for people in self.lists]

    @cached_property
    def lottery(self) -> list[int]:
        """The place of each person in the published lottery."""
        return lottery_places(self.seed, self.people or map(str, range(len(self.choices))))

    @cached_property
    def order_places(self) -> list[int]:
        """The place of each person in the call's order, from 0."""
        places = [0] * len(self.choices)
        for place, person in enumerate(self.order or ()):
            places[person] = place
        return places

    @cached_property
    def lists_under(self) -> list[set[int]]:
        """For each node: the lists that speak for the posts under it."""
        lists: list[set[int]] = [set() for _ in self.capacity]
        for post, path in enumerate(self.paths):
            for node in path:
                lists[node].add(self.list_of[post])
        return lists

    @property
    def lists_meet(self) -> bool:
        """Whether people of several lists are compared in some tree."""
        return any(len(self.lists_under[path[-1]]) > 1 for path in self.paths)

    @cached_property
    def scale(self) -> list[int]:
        """For each post the factor that brings its list to the scale of its tree; 0 where a tree has one list."""
        tops = {path[-1]: self.lists_under[path[-1]] for path in self.paths}
        common = {top: math.lcm(*(self.weights[one] for one in used)) for top, used in tops.items() if len(used) > 1}
        return [
            common[path[-1]] // self.weights[self.list_of[post]] if path[-1] in common else 0
            for post, path in enumerate(self.paths)
        ]

    def standing(self, person: int, post: int) -> int | None:
        """How a person stands at a post, smaller is better; comparable within a tree. None: not acceptable.

        Where lists meet it is position ÷ capacity behind the list in exact whole numbers, then the lottery.
        """
        place = self.ranks[self.list_of[post]].get(person)
        if place is None or (self.forbidden and (person, post) in self.forbidden):
            return None
        if self.by_order:
            return self.order_places[person]
        scale = self.scale[post]
        return place if not scale else (place + 1) * scale * len(self.choices) + self.lottery[person]

    def is_ranked(self, person: int, post: int) -> bool:
        """Whether a list speaks for the post and names the person."""
        return self.list_of[post] >= 0 and person in self.ranks[self.list_of[post]]

    def accepts(self, person: int, post: int) -> bool:
        """Whether the post may take the person: ranked, where there is a list, and not excluded."""
        return (self.list_of[post] < 0 or self.is_ranked(person, post)) and (person, post) not in self.forbidden

    def wishes(self, person: int) -> list[int]:
        """The choices that may take the person, best first."""
        return [post for post in self.choices[person] if self.accepts(person, post)]

    def _path(self, post: int) -> tuple[int, ...]:
        path = [post]
        while self.parent[path[-1]] >= 0:
            path.append(self.parent[path[-1]])
        return tuple(path)


def start(market: Market) -> list[int]:
    """Nobody placed but the fixed people."""
    got = [NOWHERE] * len(market.choices)
    for person, post in market.fixed.items():
        got[person] = post
    return got


def lottery_places(seed: int, names: Iterable[str]) -> list[int]:
    """The place of each name in the published lottery: SHA-256 of `seed:id`, smallest first."""
    numbers = [hashlib.sha256(f"{seed}:{name}".encode()).digest() for name in names]
    places = [0] * len(numbers)
    for place, index in enumerate(sorted(range(len(numbers)), key=numbers.__getitem__)):
        places[index] = place
    return places


def build(instance: Instance) -> Market:
    """The market of an instance: ties broken by its lottery, ids replaced by their indices."""
    people, posts = sorted(instance.applicants), sorted(instance.posts)
    nodes = [*posts, *sorted(instance.units)]
    person_at = {name: index for index, name in enumerate(people)}
    node_at = {name: index for index, name in enumerate(nodes)}
    lottery = dict(zip(people, lottery_places(instance.seed, people), strict=True))
    draw = dict(zip(posts, lottery_places(instance.seed, posts), strict=True))
    carriers = [_carrier(instance, post) for post in posts]
    sources = {name: index for index, name in enumerate(dict.fromkeys(name for name in carriers if name != _NOBODY))}
    list_of = [sources.get(name, -1) for name in carriers]
    own = {sources[name]: instance.node(name).capacity for name in sources if name}
    by_order = instance.objective == "stable" and bool(instance.limits) and instance.quota_rule == "serial"
    limits = [Limit(quota, _members(instance, person_at, quota), quota.most or 0) for quota in instance.limits]
    return Market(
        choices=[_strict(instance.applicants[name].choices, draw, node_at) for name in people],
        lists=[_strict(_list(instance, name), lottery, person_at) for name in sources],
        list_of=list_of,
        weights=_weights(list_of, [instance.posts[name].capacity or 0 for name in posts], own),
        capacity=[_places(instance.node(name).capacity, len(people)) for name in nodes],
        parent=[-1 if (around := instance.node(name).within) is None else node_at[around] for name in nodes],
        people=people,
        nodes=nodes,
        forbidden=frozenset((person_at[a], node_at[p]) for a, p in _excluded(instance)),
        fixed={person_at[a]: node_at[p] for a, p in instance.fixed.items()},
        reserves={
            node_at[name]: [Group(_members(instance, person_at, one), one.seats) for one in post.reserves]
            for name, post in instance.posts.items()
            if post.reserves and instance.objective == "stable" and not by_order
        },
        limits=limits,
        order=None if instance.order is None else [person_at[name] for name in instance.order],
        by_order=by_order,
        seed=instance.seed,
    )


# How the call's order and the absence of any list are told from the id of a node, which is never empty.
_ORDER = ""
_NOBODY = None


def _carrier(instance: Instance, post: str) -> str | None:
    """The node whose list speaks for the post."""
    for name in instance.path(post):
        if instance.node(name).priority is not None:
            return name
    return _ORDER if instance.order is not None else _NOBODY


def _list(instance: Instance, carrier: str | None) -> Ranking:
    if not carrier:
        return tuple((name,) for name in instance.order or ())
    return instance.node(carrier).priority or ()


def _strict(ranking: Ranking, lottery: Mapping[str, int], index: Mapping[str, int]) -> list[int]:
    return [index[name] for tied in ranking for name in sorted(tied, key=lottery.__getitem__)]


def _weights(list_of: Sequence[int], places: Sequence[int], own: Mapping[int, int | None]) -> list[int]:
    """The capacity behind each list: the one of the node that carries it, else of the posts that use it."""
    weights = [0] * (max(list_of, default=-1) + 1)
    for post, used in enumerate(list_of):
        if used >= 0:
            weights[used] += places[post]
    return [max(1, weight if (given := own.get(used)) is None else given) for used, weight in enumerate(weights)]


def _places(capacity: int | None, people: int) -> int:
    """The capacity, or one that is never reached."""
    return people + 1 if capacity is None else min(capacity, people + 1)


def _members(instance: Instance, person_at: Mapping[str, int], group: "Quota | Reserve") -> frozenset[int]:
    return frozenset(person_at[name] for name, who in instance.applicants.items() if who.is_in(group))


def _excluded(instance: Instance) -> Iterable[tuple[str, str]]:
    """The forbidden pairs, by name or by the floor."""
    yield from instance.forbidden
    if instance.floor is not None:
        yield from (pair for pair in instance.scores if instance.is_below_floor(*pair))
