"""An instance of the format `allocation/1`, as data."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lms.allocation.reading import Ranking

Objective = Literal["stable", "best-total", "fair"]
QuotaRule = Literal["serial", "cutoffs"]


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies: choices best first (tied posts in one group), and attributes such as the country."""

    choices: Ranking
    attributes: Mapping[str, str]

    def is_in(self, group: "Reserve | Quota") -> bool:
        """Whether a reserve or a quota speaks of this applicant."""
        return self.attributes.get(group.attribute) == group.value


@dataclass(frozen=True, slots=True)
class Reserve:
    """Places of a post that are filled first with one group; what the group leaves goes to anybody."""

    attribute: str
    value: str
    seats: int


@dataclass(frozen=True, slots=True)
class Quota:
    """How many people of a group may be placed in the whole call (`most`), and how many are wished for (`least`)."""

    attribute: str
    value: str
    most: int | None
    least: int

    @property
    def name(self) -> str:
        """How results speak of the quota."""
        return f"quota:{self.attribute}={self.value}"


@dataclass(frozen=True, slots=True)
class Node:
    """A post, or a unit (lab, host, region) that holds posts or other units.

    `capacity` is the number of people that may be placed in everything under the node (None: no own limit);
    `priority` orders the applicants, best first, and leaves out whoever is unacceptable (None: no list here);
    `minimum` is a wish that is reported when unmet and moves nobody. Only posts have `reserves`.
    """

    capacity: int | None
    within: str | None
    priority: Ranking | None
    minimum: int = 0
    reserves: tuple[Reserve, ...] = ()


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything that decides an allocation. Made by `from_bytes` or `from_dict`, which check it all."""

    applicants: Mapping[str, Applicant]
    posts: Mapping[str, Node]
    units: Mapping[str, Node]
    sha256: str
    objective: Objective = "stable"
    quotas: tuple[Quota, ...] = ()
    quota_rule: QuotaRule = "serial"
    order: tuple[str, ...] | None = None
    forbidden: frozenset[tuple[str, str]] = frozenset()
    fixed: Mapping[str, str] = field(default_factory=dict[str, str])
    scores: Mapping[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    floor: int | None = None
    seed: int = 0

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Instance":
        """Read a file's bytes. Raises InstanceError with the reason and the JSON Pointer of the field."""
        from lms.allocation.document import read_bytes  # the reader makes instances: it stands above this file

        return read_bytes(raw)

    @classmethod
    def from_dict(cls, document: object) -> "Instance":
        """Read a document made in the program; its hash is the one of `canonical_bytes(document)`.

        Raises InstanceError with the reason and the JSON Pointer of the field.
        """
        from lms.allocation.document import read_document

        return read_document(document, None)

    def node(self, name: str) -> Node:
        """The post or unit with this id (both share one id space)."""
        return self.posts[name] if name in self.posts else self.units[name]

    def path(self, post: str) -> Iterator[str]:
        """The post and every unit around it, innermost first."""
        name: str | None = post
        while name is not None:
            yield name
            name = self.node(name).within

    @property
    def limits(self) -> tuple[Quota, ...]:
        """The quotas that cap a group."""
        return tuple(quota for quota in self.quotas if quota.most is not None)

    def is_forbidden(self, applicant: str, post: str) -> bool:
        """Whether the pair is excluded by name or scored below the floor."""
        return (applicant, post) in self.forbidden or self.is_below_floor(applicant, post)

    def is_below_floor(self, applicant: str, post: str) -> bool:
        """Whether the pair has a score and that is below the floor."""
        return self.floor is not None and self.scores.get((applicant, post), self.floor) < self.floor


def canonical_bytes(document: object) -> bytes:
    """One byte form for equal documents (sorted keys, no spaces, UTF-8), to publish and recompute from."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def sha256_of(raw: bytes) -> str:
    """The hash by which a result names its input."""
    return hashlib.sha256(raw).hexdigest()
