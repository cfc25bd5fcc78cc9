"""An independent check of a result, in time linear in the choices.

It shares no code with the solver: it reads the documents itself, breaks the ties itself and counts itself.
The instance must be one that `Instance.from_bytes` accepts; the result needs only `assignments`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Standing = tuple[Fraction, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found: broken rules, and pairs that would both rather have each other."""

    violations: tuple[dict[str, str], ...]
    blocking: tuple[dict[str, str], ...]

    @property
    def ok(self) -> bool:
        """Whether the result keeps every rule and no pair blocks."""
        return not self.violations and not self.blocking

    def to_dict(self) -> dict[str, object]:
        """The object that the command line prints."""
        return {"ok": self.ok, "violations": list(self.violations), "blocking": list(self.blocking)}


def check(instance: Mapping[str, Any], assignments: Mapping[str, object]) -> Verdict:
    """Check who got what in `assignments` (applicant: post or None) against the document of the instance."""
    rules = _Rules(instance)
    violations = list(_wrong_lines(rules, assignments))
    counted = {
        applicant: post
        for applicant, post in assignments.items()
        if applicant in rules.choices and isinstance(post, str) and post in rules.path
    }
    tally = _Tally(rules, counted)
    violations += tally.overfull()
    return Verdict(tuple(violations), tuple(_blocking(rules, tally, counted)))


class _Rules:
    """The instance as the checker understands it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._seed = document.get("tie_break", {}).get("seed", 0)
        self._nodes: dict[str, Mapping[str, Any]] = {**document["posts"], **document.get("units", {})}
        self._order: list[str] = document.get("order", [])
        self.fixed: dict[str, str] = {pair[0]: pair[1] for pair in document.get("fixed", [])}
        self.forbidden = {(pair[0], pair[1]) for pair in document.get("forbidden", [])}
        self.choices: dict[str, list[Any]] = {name: who["choices"] for name, who in document["applicants"].items()}
        self.capacity: dict[str, int | None] = {name: node["capacity"] for name, node in self._nodes.items()}
        self.path = {post: list(self._climb(post)) for post in document["posts"]}
        self._ticket = {name: self._draw(name) for name in self.choices}
        self._source = {post: self._source_of(path) for post, path in self.path.items()}
        self._rank = {source: self._ranks(source) for source in set(self._source.values())}
        self._places = {source: self._places_behind(source) for source in self._rank}

    def _climb(self, post: str) -> Iterator[str]:
        name: str | None = post
        while name is not None:
            yield name
            name = self._nodes[name].get("within")

    def _draw(self, name: str) -> str:
        return hashlib.sha256(f"{self._seed}:{name}".encode()).hexdigest()

    def _source_of(self, path: list[str]) -> str | None:
        """The node with the list for a post; None for the order of the call."""
        for name in path:
            if "priority" in self._nodes[name]:
                return name
        return None

    def _ranks(self, source: str | None) -> dict[str, int]:
        ranks: dict[str, int] = {}
        for entry in self._order if source is None else self._nodes[source]["priority"]:
            tied = sorted(entry, key=self._ticket.__getitem__) if isinstance(entry, list) else [entry]
            for name in tied:
                ranks[name] = len(ranks) + 1
        return ranks

    def _places_behind(self, source: str | None) -> int:
        own = None if source is None else self.capacity[source]
        if own is None:
            own = sum(self.capacity[post] or 0 for post, used in self._source.items() if used == source)
        return max(own, 1)

    def acceptable(self, applicant: str, post: str) -> bool:
        """Whether the post's list names the applicant and the pair is not forbidden."""
        return applicant in self._rank[self._source[post]] and (applicant, post) not in self.forbidden

    def standing(self, applicant: str, post: str) -> Standing:
        """How the applicant stands at the post; smaller is better."""
        source = self._source[post]
        return Fraction(self._rank[source][applicant], self._places[source]), self._ticket[applicant]

    def preferred(self, applicant: str, post: str | None) -> Iterator[str]:
        """The choices above `post`, all of them when the applicant has none."""
        for entry in self.choices[applicant]:
            for choice in sorted(entry, key=self._draw) if isinstance(entry, list) else [entry]:
                if choice == post:
                    return
                yield choice

    def chosen(self, applicant: str, post: str) -> bool:
        """Whether the post is among the applicant's choices."""
        return any(post in entry if isinstance(entry, list) else post == entry for entry in self.choices[applicant])


class _Tally:
    """Heads and the worst standing per node; people placed beforehand count, and are never the worst."""

    def __init__(self, rules: _Rules, counted: Mapping[str, str]) -> None:
        self._rules = rules
        self._heads = dict.fromkeys(rules.capacity, 0)
        self.worst: dict[str, tuple[Standing, str]] = {}
        for applicant, post in counted.items():
            movable = applicant not in rules.fixed and rules.acceptable(applicant, post)
            for node in rules.path[post]:
                self._heads[node] += 1
                if movable:
                    here = (rules.standing(applicant, post), applicant)
                    self.worst[node] = max(self.worst.get(node, here), here)

    def overfull(self) -> Iterator[dict[str, str]]:
        """The nodes with more people than places."""
        for node, capacity in sorted(self._rules.capacity.items()):
            if capacity is not None and self._heads[node] > capacity:
                yield _violation(f"capacity:{node}", f"{self._heads[node]} people on {capacity} places")

    def full(self, node: str) -> bool:
        """Whether no place is left."""
        capacity = self._rules.capacity[node]
        return capacity is not None and self._heads[node] >= capacity


def _wrong_lines(rules: _Rules, assignments: Mapping[str, object]) -> Iterator[dict[str, str]]:
    """Lines of the result that break a rule by themselves."""
    for applicant in sorted(rules.choices.keys() - assignments.keys()):
        yield _violation(f"applicant:{applicant}", "missing from the result")
    for applicant in sorted(assignments.keys() - rules.choices.keys()):
        yield _violation(f"applicant:{applicant}", "unknown in the instance")
    for applicant in sorted(rules.choices.keys() & assignments.keys()):
        because = _wrong(rules, applicant, assignments[applicant])
        if because is not None:
            yield _violation(f"applicant:{applicant}", because)


def _wrong(rules: _Rules, applicant: str, post: object) -> str | None:
    if applicant in rules.fixed:
        return None if post == rules.fixed[applicant] else f"must stay at {rules.fixed[applicant]}"
    if post is None:
        return None
    if not isinstance(post, str) or post not in rules.path:
        return "placed at an unknown post"
    if not rules.acceptable(applicant, post):
        return f"excluded from {post}" if (applicant, post) in rules.forbidden else f"not ranked at {post}"
    return None if rules.chosen(applicant, post) else f"did not choose {post}"


def _blocking(rules: _Rules, tally: _Tally, counted: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The pairs that would both rather have each other."""
    for applicant in sorted(rules.choices):
        if applicant in rules.fixed:
            continue
        for post in rules.preferred(applicant, counted.get(applicant)):
            if rules.acceptable(applicant, post):
                because = _because(rules, tally, applicant, post)
                if because is not None:
                    yield {"applicant": applicant, "post": post, "because": because}


def _because(rules: _Rules, tally: _Tally, applicant: str, post: str) -> str | None:
    """Why the pair blocks: there is room, or a full node (the innermost) holds somebody who stands worse.

    None when it does not block.
    """
    standing = rules.standing(applicant, post)
    because = None
    for node in rules.path[post]:
        if tally.full(node):
            if node not in tally.worst or tally.worst[node][0] < standing:
                return None
            because = because or f"priority:{node}"
    return because or "room"


def _violation(what: str, because: str) -> dict[str, str]:
    return {"what": what, "because": because}
