"""Whether an assignment by scores is the best one, judged by the checker in its own way.

People, posts and units are the nodes of a network through which the assignment flows. It is the best one exactly
when no way round in what is left of the network gains anything (Klein 1967); nothing is solved anew for that.
"""

from collections import deque
from collections.abc import Mapping

from lms.allocation.checker_rules import Rules

Pair = tuple[str, str]


def not_best(rules: Rules, counted: Mapping[str, str], *, fair: bool) -> str | None:
    """What another assignment would do better; None when nothing does, or when quotas of several attributes cross,
    where no such proof exists. The assignment must be feasible.
    """
    if len({quota.attribute for quota in rules.quotas}) > 1:
        return None
    pairs = {
        (name, post): rules.scores[name, post]
        for name, posts in rules.choices.items()
        for post in posts
        if name not in rules.fixed and rules.refused(name, post) is None
    }
    mine = {(name, post) for name, post in counted.items() if name not in rules.fixed}
    if _Network(rules, dict.fromkeys(pairs, 1), mine).can_gain():
        return "another assignment places more people"
    if not fair or not mine:
        return "another one has a greater total" if _can_grow(rules, pairs, mine) else None
    worst = min(pairs[pair] for pair in mine)
    if _can_spare(rules, pairs, mine, worst):
        return "another one has a greater worst score"
    pairs = {pair: score for pair, score in pairs.items() if score >= worst}
    return "another one has a greater total over the same worst score" if _can_grow(rules, pairs, mine) else None


def _can_grow(rules: Rules, pairs: Mapping[Pair, int], mine: set[Pair]) -> bool:
    """Whether as many people can have a greater total."""
    # So much that no sum of scores outweighs one person more or less.
    person = 1 + 2 * sum(abs(score) for score in pairs.values())
    return _Network(rules, {pair: person + score for pair, score in pairs.items()}, mine).can_gain()


def _can_spare(rules: Rules, pairs: Mapping[Pair, int], mine: set[Pair], worst: int) -> bool:
    """Whether as many people can be placed without any pair of the worst score."""
    better = {pair: 1 for pair, score in pairs.items() if score > worst}
    rest = {pair for pair in mine if pair in better}
    network = _Network(rules, better, rest)
    return all(network.place_one_more() for _ in range(len(mine) - len(rest)))


class _Network:
    """Source → group of a quota → person → post → units → sink → source, with an assignment flowing through."""

    def __init__(self, rules: Rules, gains: Mapping[Pair, int], mine: set[Pair]) -> None:
        self._to: list[int] = []
        self._room: list[int] = []
        self._gain: list[int] = []
        self._out: list[list[int]] = []
        self._number: dict[object, int] = {}
        self._source, self._sink = self._node("source"), self._node("sink")
        self._rules = rules
        self._arcs: dict[object, int] = {}
        everybody = len(rules.choices)
        self._return = self._arc(self._sink, self._source, everybody, 0)
        for (name, post), gain in gains.items():
            self._climb(name)
            self._arcs[name, post] = self._arc(self._node(("person", name)), self._node(("node", post)), 1, gain)
        for post in sorted({post for _, post in gains}):
            path = rules.path[post]
            for inner, outer in zip(path, [*path[1:], None], strict=True):
                if ("node", inner) not in self._arcs:
                    places = rules.capacity[inner]
                    taken = sum(inner in rules.path[at] for at in rules.fixed.values())
                    room = everybody if places is None else places - taken
                    above = self._sink if outer is None else self._node(("node", outer))
                    self._arcs["node", inner] = self._arc(self._node(("node", inner)), above, room, 0)
        for name, post in mine:
            self._send(name, post)

    def _climb(self, name: str) -> None:
        """The way from the source to a person, through the group of a quota if there is one."""
        if ("person", name) in self._arcs:
            return
        start = self._source
        for quota, (most, group) in self._rules.quotas.items():
            if name in group:
                start = self._node(quota)
                if quota not in self._arcs:
                    left = most - len(group & self._rules.fixed.keys())
                    self._arcs[quota] = self._arc(self._source, start, left, 0)
                self._arcs["group", name] = self._arcs[quota]
        self._arcs["person", name] = self._arc(start, self._node(("person", name)), 1, 0)

    def _send(self, name: str, post: str) -> None:
        arcs = [self._arcs["person", name], self._arcs[name, post], self._return]
        arcs += [self._arcs["node", node] for node in self._rules.path[post]]
        if ("group", name) in self._arcs:
            arcs.append(self._arcs["group", name])
        for arc in arcs:
            self._push(arc)

    def _push(self, arc: int) -> None:
        self._room[arc] -= 1
        self._room[arc ^ 1] += 1

    def _node(self, name: object) -> int:
        if name not in self._number:
            self._number[name] = len(self._out)
            self._out.append([])
        return self._number[name]

    def _arc(self, start: int, end: int, room: int, gain: int) -> int:
        """An arc and, under the next number, its way back."""
        for at, to, some, worth in ((start, end, room, gain), (end, start, 0, -gain)):
            self._out[at].append(len(self._to))
            self._to.append(to)
            self._room.append(some)
            self._gain.append(worth)
        return len(self._to) - 2

    def can_gain(self) -> bool:
        """Whether a way round gains: found when a best way to a node has as many steps as there are nodes."""
        best, steps = [0] * len(self._out), [0] * len(self._out)
        waiting, queued = deque(range(len(self._out))), [True] * len(self._out)
        while waiting:
            node = waiting.popleft()
            queued[node] = False
            for arc in self._out[node]:
                to = self._to[arc]
                if self._room[arc] > 0 and best[node] + self._gain[arc] > best[to]:
                    best[to], steps[to] = best[node] + self._gain[arc], steps[node] + 1
                    if steps[to] >= len(self._out):
                        return True
                    if not queued[to]:
                        waiting.append(to)
                        queued[to] = True
        return False

    def place_one_more(self) -> bool:
        """Send one more person from the source to the sink, moving others where that helps; False if none can go."""
        came: dict[int, int] = {self._source: -1}
        waiting = deque([self._source])
        while waiting:
            node = waiting.popleft()
            if node == self._sink:
                while (arc := came[node]) >= 0:
                    self._push(arc)
                    node = self._to[arc ^ 1]
                return True
            for arc in self._out[node]:
                if arc | 1 != self._return | 1 and self._room[arc] > 0 and self._to[arc] not in came:
                    came[self._to[arc]] = arc
                    waiting.append(self._to[arc])
        return False
