"""Why a minimum was not reached: what binds, and how far it would have to be relaxed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lms.allocation.instance import Instance, Quota
from lms.allocation.messages import Code
from lms.allocation.result import Result, Unmet


class Binding(StrEnum):
    """What keeps a minimum from being reached."""

    CAPACITY = "capacity"
    DEMAND = "demand"
    FULL = "full"
    WISHES = "wishes"


_ENGLISH = {
    Binding.CAPACITY: "{where} has places for {reach} only. Give it more, or lower the minimum to {reach}.",
    Binding.DEMAND: "Only {reach} people who ask for it are accepted there. Lower the minimum to {reach}.",
    Binding.FULL: "People who count towards it found {where} full. Give it more places.",
    Binding.WISHES: "Enough people would be accepted, but they got a post that they like better.",
}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An unmet minimum with what binds: the most that could be reached (`reach`), the node or quota (`where`)."""

    unmet: Unmet
    binding: Binding
    reach: int
    where: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The line of the figures file."""
        because = _ENGLISH[self.binding].format(where=self.where, reach=self.reach)
        return {
            "what": self.unmet.what,
            "needed": self.unmet.needed,
            "got": self.unmet.got,
            "binding": self.binding.value,
            "where": self.where,
            "because": because,
        }


def shortfalls(instance: Instance, result: Result) -> Iterator[Shortfall]:
    """What binds each unmet minimum of a result, in its order."""
    quotas = {quota.name: quota for quota in instance.quotas}
    for unmet in result.certificate.unmet:
        unit = unmet.what.removeprefix("minimum:")
        posts = _posts_of(instance, unit) if unmet.what not in quotas else set(instance.posts)
        people = _people_of(instance, quotas.get(unmet.what))
        yield _shortfall(instance, result, unmet, posts, people, None if unmet.what in quotas else unit)


def _posts_of(instance: Instance, unit: str) -> set[str]:
    return {post for post in instance.posts if unit in instance.path(post)}


def _people_of(instance: Instance, quota: Quota | None) -> set[str]:
    return {name for name, who in instance.applicants.items() if quota is None or who.is_in(quota)}


def _shortfall(
    instance: Instance, result: Result, unmet: Unmet, posts: set[str], people: set[str], unit: str | None
) -> Shortfall:
    if unit is not None:
        narrow, places = min(_capacities(instance, unit, posts), key=lambda found: found[1])
        if places < unmet.needed:
            return Shortfall(unmet, Binding.CAPACITY, places, narrow)
    refusals: Counter[str] = Counter()
    reach = 0
    for name in people:
        lines = [line for line in result.explanations[name] if line.post in posts]
        open_lines = [line for line in lines if line.code not in (Code.UNACCEPTABLE, Code.FORBIDDEN)]
        reach += bool(open_lines)
        if not any(line.got for line in lines):
            refusals.update({line.node or line.quota or "" for line in open_lines if line.node or line.quota})
    if reach < unmet.needed:
        return Shortfall(unmet, Binding.DEMAND, reach)
    if refusals:
        return Shortfall(unmet, Binding.FULL, reach, min(refusals, key=lambda where: (-refusals[where], where)))
    return Shortfall(unmet, Binding.WISHES, reach)


def _capacities(instance: Instance, unit: str, posts: set[str]) -> Iterator[tuple[str, int]]:
    """The places in the posts of a unit together, and the limit of the unit and of each one around it."""
    yield unit, sum(instance.posts[post].capacity or 0 for post in posts)
    name: str | None = unit
    while name is not None:
        node = instance.node(name)
        if node.capacity is not None:
            yield name, node.capacity
        name = node.within
