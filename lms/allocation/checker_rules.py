"""The instance as the checker understands it. Nothing here is shared with the solver: it reads the document,
breaks the ties and compares people by itself.
"""

import hashlib
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

Standing = tuple[int, int, str]
"""Number of the reserve, or of none; place in the list over the places behind it, times what makes that whole for
every list; lottery. Small is good.
"""

_OPEN = 10**9
"""In place of the number of a reserve, of which no post has so many."""


class Quota(NamedTuple):
    """Whose places are limited over the whole call."""

    attribute: str
    value: str

    def __str__(self) -> str:
        return f"quota:{self.attribute}={self.value}"


class Rules:
    """The document of an instance that `Instance.from_bytes` accepts, turned into answers."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._seed = document.get("tie_break", {}).get("seed", 0)
        self._nodes: dict[str, Mapping[str, Any]] = {**document["posts"], **document.get("units", {})}
        self._people: dict[str, Mapping[str, Any]] = document["applicants"]
        self.order: list[str] = document.get("order", [])
        self.turn = {name: place for place, name in enumerate(self.order)}
        self.by_scores = document.get("objective", "stable") != "stable"
        self.fixed: dict[str, str] = {pair[0]: pair[1] for pair in document.get("fixed", [])}
        self.scores = {(line[0], line[1]): line[2] for line in document.get("scores", [])}
        self._floor: int | None = document.get("floor")
        self._forbidden = {(pair[0], pair[1]) for pair in document.get("forbidden", [])}
        self.capacity: dict[str, int | None] = {name: node["capacity"] for name, node in self._nodes.items()}
        self.path = {post: list(self._climb(post)) for post in document["posts"]}
        self._ticket = {name: self._draw(name) for name in self._people}
        self.choices = {name: list(self._flat(who["choices"])) for name, who in self._people.items()}
        self.quotas = {
            Quota(quota["attribute"], quota["value"]): (quota["max"], self._group(quota))
            for quota in document.get("quotas", [])
            if "max" in quota
        }
        self.rule: str | None = document.get("quota_rule", "serial") if self.quotas and not self.by_scores else None
        self.reserves = {
            name: [(reserve["seats"], self._group(reserve)) for reserve in post["reserves"]]
            for name, post in document["posts"].items()
            if post.get("reserves") and not self.by_scores and self.rule != "serial"
        }
        self._source = {post: self._source_of(path) for post, path in self.path.items()}
        self._rank = {source: self._ranks(source) for source in set(self._source.values())}
        places = {source: self._places_behind(source) for source in self._rank}
        whole = math.lcm(*places.values())
        self._scale = {source: whole // behind for source, behind in places.items()}

    def _climb(self, post: str) -> Iterator[str]:
        name: str | None = post
        while name is not None:
            yield name
            name = self._nodes[name].get("within")

    def _draw(self, name: str) -> str:
        return hashlib.sha256(f"{self._seed}:{name}".encode()).hexdigest()

    def _flat(self, ranking: list[Any]) -> Iterator[str]:
        for entry in ranking:
            yield from sorted(entry, key=self._draw) if isinstance(entry, list) else [entry]

    def _group(self, group: Mapping[str, Any]) -> set[str]:
        return {
            name
            for name, who in self._people.items()
            if who.get("attributes", {}).get(group["attribute"]) == group["value"]
        }

    def _source_of(self, path: list[str]) -> str | None:
        """The node with the list for a post; None for the order of the call."""
        for name in path:
            if "priority" in self._nodes[name]:
                return name
        return None

    def _ranks(self, source: str | None) -> dict[str, int]:
        ranking = self.order if source is None else self._flat(self._nodes[source]["priority"])
        return {name: place for place, name in enumerate(ranking, start=1)}

    def _places_behind(self, source: str | None) -> int:
        own = None if source is None else self.capacity[source]
        if own is None:
            own = sum(self.capacity[post] or 0 for post, used in self._source.items() if used == source)
        return max(own, 1)

    def refused(self, applicant: str, post: str) -> str | None:
        """Why the pair may not be, whoever else is placed; None when it may."""
        score = self.scores.get((applicant, post))
        if (applicant, post) in self._forbidden or (
            score is not None and self._floor is not None and score < self._floor
        ):
            return f"excluded from {post}"
        if self.by_scores and score is None:
            return f"has no score with {post}"
        if applicant not in self._rank[self._source[post]] and (self._source[post] is not None or not self.by_scores):
            return f"not ranked at {post}"
        return None

    def standing(self, applicant: str, post: str, row: int = _OPEN) -> Standing:
        """How the applicant stands at the post, perhaps on a place of reserve number `row`."""
        if self.rule == "serial":
            return _OPEN, self.turn[applicant], ""
        source = self._source[post]
        return row, self._rank[source][applicant] * self._scale[source], self._ticket[applicant]

    def chosen_by(self, post: str, people: Collection[str]) -> dict[str, Standing]:
        """Whom the post takes out of `people`, who all are acceptable or fixed there, and how they stand.

        Fixed people have their places before anybody else is looked at, and are not among those returned.
        """
        free, standings = self.capacity[post] or 0, dict[str, Standing]()
        reserves = list(self.reserves.get(post, ()))
        fixed = sorted(one for one in people if one in self.fixed)
        asking = sorted((one for one in people if one not in self.fixed), key=lambda one: self.standing(one, post))
        for left in (fixed, asking):
            open_to = left
            for number, (seats, group) in enumerate(reserves):
                kept = [one for one in open_to if one in group][: max(0, min(seats, free))]
                standings |= {one: self.standing(one, post, number) for one in kept if left is asking}
                open_to = [one for one in open_to if one not in kept]
                free -= len(kept)
                reserves[number] = seats - len(kept), group
            kept = open_to[: max(0, free)]
            standings |= {one: self.standing(one, post) for one in kept if left is asking}
            free -= len(kept)
        return standings
