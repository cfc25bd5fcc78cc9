"""What a call limits, reserves and aims at over all its posts, and in which order that is kept. Pure.

A quota is a share of the whole call: at most so many people of a group, or as a target at least so many. A reserve
keeps places of one post for a group; a minimum is the target of a host. Groups are named by what an application says
on the day of its submission.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from lms.allocation import Instance, InstanceError, solve
from lms.allocation.shortfalls import Binding, shortfalls
from lms.core.i18n import Text, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l

GROUP_KINDS: dict[str, Text] = {
    "country": _l("Nationality"),
    "home": _l("Home institution"),
    "field": _l("Field"),
    "level": _l("Highest degree"),
}
LEVELS: dict[str, Text] = {
    "bachelor": _l("Bachelor"),
    "master": _l("Master"),
    "doctorate": _l("Doctorate"),
}
RULES: dict[str, Text] = {
    "cutoffs": _l("By the orders of the hosts. Where a quota is exceeded, the last in the order of the call give way."),
    "serial": _l("By the order of the call alone. Hosts say whom they accept, but not in which order."),
}
TIE_BREAKS: dict[str, Text] = {
    "lottery": _l("By lottery, with the seed that is published with the call"),
    "submitted": _l("By the time of submission, the earlier first, then by lottery"),
}
MOST_ROWS = 40
MOST_PEOPLE = 999

Group = tuple[str, str]
"""A kind of group and one value of it, such as ("country", "KH")."""


@dataclass(frozen=True)
class Quota:
    """At most `most` people of a group in the whole call (None: no limit), and `least` as a target."""

    kind: str
    value: str
    most: int | None = None
    least: int = 0

    @property
    def group(self) -> Group:
        """Of whom it speaks."""
        return self.kind, self.value


@dataclass(frozen=True)
class Reserve:
    """Places of a post that go to a group first; what it leaves goes to anybody. `post` is a reference."""

    post: str
    kind: str
    value: str
    places: int

    @property
    def group(self) -> Group:
        """For whom the places are kept."""
        return self.kind, self.value


@dataclass(frozen=True)
class Minimum:
    """How many people a host should get at least, as a target. `host` is the short name of an institution."""

    host: str
    least: int


@dataclass(frozen=True)
class Guarantees:
    """All of it, each list in the order in which it is kept; `rule` of quotas and `tie_break` as published."""

    rule: str = "cutoffs"
    tie_break: str = "lottery"
    quotas: tuple[Quota, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    minimums: tuple[Minimum, ...] = ()

    @property
    def limits(self) -> tuple[Quota, ...]:
        """The quotas that cap a group."""
        return tuple(quota for quota in self.quotas if quota.most is not None)

    @property
    def kinds(self) -> frozenset[str]:
        """What must be known of applicants, and no more."""
        return frozenset(one.kind for one in (*self.quotas, *self.reserves))

    @property
    def count(self) -> int:
        """How many things are limited, reserved or aimed at."""
        return len(self.quotas) + len(self.reserves) + len(self.minimums)

    def renamed(self, merged: Mapping[str, str]) -> "Guarantees":
        """With the new short names of institutions that were merged; of rows that become one the first is kept."""
        if not merged:
            return self
        quotas = {one.group: one for one in reversed([_renamed(quota, merged) for quota in self.quotas])}
        reserves = {(one.post, *one.group): one for one in reversed([_renamed(row, merged) for row in self.reserves])}
        hosts = [replace(one, host=merged.get(one.host, one.host)) for one in self.minimums]
        minimums = {one.host: one for one in reversed(hosts)}
        return replace(
            self,
            quotas=tuple(reversed(quotas.values())),
            reserves=tuple(reversed(reserves.values())),
            minimums=tuple(reversed(minimums.values())),
        )

    def as_json(self) -> dict[str, Any]:
        """As a call keeps it."""
        return {name: list(part) if isinstance(part, tuple) else part for name, part in asdict(self).items()}


_Row = TypeVar("_Row", Quota, Reserve)


def _renamed(row: _Row, merged: Mapping[str, str]) -> _Row:
    return replace(row, value=merged.get(row.value, row.value)) if row.kind == "home" else row


def guarantees_from(kept: Mapping[str, Any]) -> Guarantees:
    """What a call keeps, as data."""
    return Guarantees(
        rule=kept["rule"],
        tie_break=kept["tie_break"],
        quotas=tuple(Quota(**row) for row in kept["quotas"]),
        reserves=tuple(Reserve(**row) for row in kept["reserves"]),
        minimums=tuple(Minimum(**row) for row in kept["minimums"]),
    )


# --- in an instance of the allocation ----------------------------------------------------------------


def attribute_of(group: Group) -> tuple[str, str]:
    """How an instance names a group. Somebody may work in several fields, so each is an attribute of its own."""
    kind, value = group
    return (f"field:{value}", "yes") if kind == "field" else (kind, value)


def group_of(name: str) -> Group:
    """The group of a quota by the name that results give it, such as `quota:country=KH`."""
    attribute, _, value = name.removeprefix("quota:").partition("=")
    kind, _, field = attribute.partition(":")
    return (kind, field) if kind == "field" else (kind, value)


def host_key(slug: str) -> str:
    """How an instance names the unit of a host."""
    return f"host:{slug}"


def quotas_in_instance(guarantees: Guarantees) -> list[dict[str, Any]]:
    """The quotas as an instance has them, in their order."""
    rows: list[dict[str, Any]] = []
    for quota in guarantees.quotas:
        attribute, value = attribute_of(quota.group)
        row: dict[str, Any] = {"attribute": attribute, "value": value, "min": quota.least}
        rows.append(row if quota.most is None else {**row, "max": quota.most})
    return rows


def reserves_in_instance(guarantees: Guarantees, post: str) -> list[dict[str, Any]]:
    """The reserves of one post as an instance has them, in their order."""
    return [
        {"attribute": attribute, "value": value, "seats": one.places}
        for one in guarantees.reserves
        if one.post == post
        for attribute, value in [attribute_of(one.group)]
    ]


# --- what cannot be kept together --------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: a JSON Pointer into the guarantees, such as `/quotas/1/least`."""

    pointer: str
    message: Text


def problem_in(
    guarantees: Guarantees, places: Mapping[str, int], hosts: Mapping[str, str], seats: Mapping[str, int]
) -> Problem | None:
    """The first thing that cannot be kept, or None.

    `places` of each post by its reference, `hosts` the host of each post, `seats` what a host takes at most.
    """
    return (
        _refused(guarantees)
        or _beyond_posts(guarantees, places)
        or _beyond_hosts(guarantees, places, hosts, seats)
        or _beyond_call(guarantees, sum(places.values()))
    )


_REFUSED: dict[str, tuple[str, Text]] = {
    "min": ("least", _l("The target is above the quota of the same group.")),
    "": ("value", _l("There is a row for this group already. Change that one.")),
}


def _refused(guarantees: Guarantees) -> Problem | None:
    """What the format of the allocation refuses in the quotas."""
    document = {
        "format": "allocation/1",
        "applicants": {},
        "posts": {},
        "quotas": quotas_in_instance(guarantees),
        "order": [],
    }
    try:
        Instance.from_dict(document)
    except InstanceError as error:
        _, _, number, *key = error.path.split("/")
        field, message = _REFUSED["".join(key)]
        return Problem(f"/quotas/{number}/{field}", message)
    return None


def _beyond_posts(guarantees: Guarantees, places: Mapping[str, int]) -> Problem | None:
    kept: Counter[str] = Counter()
    seen: set[tuple[str, Group]] = set()
    for number, one in enumerate(guarantees.reserves):
        if one.post not in places:
            return Problem(f"/reserves/{number}/post", _l("This post is not part of the call any more."))
        if (one.post, one.group) in seen:
            return Problem(f"/reserves/{number}/value", _REFUSED[""][1])
        seen.add((one.post, one.group))
        kept[one.post] += one.places
        if kept[one.post] > places[one.post]:
            message = lazy_ngettext(
                "The post has %(num)d place only.", "The post has %(num)d places only.", places[one.post]
            )
            return Problem(f"/reserves/{number}/places", message)
    if guarantees.reserves and guarantees.limits and guarantees.rule == "serial":
        message = _l("Under this rule reserved places have no effect. Choose the other rule, or remove them.")
        return Problem("/rule", message)
    return None


def _beyond_hosts(
    guarantees: Guarantees, places: Mapping[str, int], hosts: Mapping[str, str], seats: Mapping[str, int]
) -> Problem | None:
    """A minimum above what the posts and the limit of its host can give, as an allocation of nobody shows."""
    numbers = {host_key(one.host): number for number, one in enumerate(guarantees.minimums)}
    if len(numbers) < len(guarantees.minimums):
        names = [one.host for one in guarantees.minimums]
        second = next(number for number, name in enumerate(names) if name in names[:number])
        return Problem(f"/minimums/{second}/host", _l("There is a row for this host already. Change that one."))
    within = {post: host_key(host) for post, host in hosts.items()}
    instance = Instance.from_dict(
        {
            "format": "allocation/1",
            "applicants": {},
            "posts": {
                post: {"capacity": count, "priority": [], "within": within[post] if within[post] in numbers else None}
                for post, count in places.items()
            },
            "units": {
                key: {"capacity": seats.get(key), "minimum": guarantees.minimums[number].least}
                for key, number in numbers.items()
            },
        }
    )
    for short in shortfalls(instance, solve(instance)):
        if short.binding is Binding.CAPACITY:
            number = numbers[short.unmet.what.removeprefix("minimum:")]
            message = lazy_ngettext(
                "This host can take %(num)d person only.", "This host can take %(num)d people only.", short.reach
            )
            return Problem(f"/minimums/{number}/least", message)
    return None


def _beyond_call(guarantees: Guarantees, places: int) -> Problem | None:
    """Targets of groups that have nobody in common, above all places of the call together."""
    wanted: Counter[str] = Counter()
    for number, quota in enumerate(guarantees.quotas):
        attribute, _ = attribute_of(quota.group)
        wanted[attribute] += quota.least
        if wanted[attribute] > places:
            message = lazy_ngettext(
                "The posts of the call have %(num)d place together. These targets ask for more.",
                "The posts of the call have %(num)d places together. These targets ask for more.",
                places,
            )
            return Problem(f"/quotas/{number}/least", message)
    return None


# --- counting ----------------------------------------------------------------------------------------


def full_quota(guarantees: Guarantees, groups: Iterable[Group], placed: Counter[Group]) -> Quota | None:
    """The first quota that leaves no room for somebody of these groups beside those who are placed."""
    members = set(groups)
    return next(
        (one for one in guarantees.limits if one.group in members and placed[one.group] >= (one.most or 0)), None
    )


def exceeded(guarantees: Guarantees, placed: Counter[Group]) -> list[Quota]:
    """The quotas that those who are placed go beyond."""
    return [one for one in guarantees.limits if placed[one.group] > (one.most or 0)]


def reserved_for_others(
    reserves: Sequence[Reserve], places: int, placed: Sequence[frozenset[Group]], groups: frozenset[Group]
) -> list[Group]:
    """For whom the place is kept that somebody of these groups would take beside those who are placed at a post."""
    left = dict.fromkeys((one.group for one in reserves), 0)
    holders = list(placed)
    for one in reserves:
        members = [holder for holder in holders if one.group in holder][: one.places]
        for holder in members:
            holders.remove(holder)
        left[one.group] = one.places - len(members)
    kept = [group for group, count in left.items() if count]
    if places - len(placed) > sum(left.values()) or any(group in groups for group in kept):
        return []
    return kept
