"""The outcome of an allocation, as data, and its form in the format `allocation-result/1`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from lms.allocation.messages import Explanation

FORMAT = "allocation-result/1"


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Where a post or unit stopped: the last position admitted, and whether no place is left.

    `last_position` is 1-based in the list that speaks there, people placed beforehand apart; it is None when
    nobody was admitted or when several lists meet in the unit, so that no single position says it.
    """

    last_position: int | None
    full: bool


@dataclass(frozen=True, slots=True)
class BlockingPair:
    """A person and a post that would both rather have each other than what they got, and what keeps them apart."""

    applicant: str
    post: str
    because: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """A minimum that the allocation does not reach, in people."""

    what: str
    needed: int
    got: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a recount of the finished allocation found. `stable` is None where preferences do not decide."""

    feasible: bool
    stable: bool | None
    blocking: tuple[BlockingPair, ...]
    unmet: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The allocation with its proof and its reasons; mappings are in the order of the ids.

    `explanations` are worked out when they are asked for: a line per choice, best first.
    """

    input_sha256: str
    seed: int
    assignments: Mapping[str, str | None]
    total: int | None
    certificate: Certificate
    cutoffs: Mapping[str, Cutoff]
    explanations: Mapping[str, tuple[Explanation, ...]]

    @property
    def matched(self) -> int:
        """How many applicants have a post."""
        return sum(post is not None for post in self.assignments.values())

    def to_dict(self) -> dict[str, object]:
        """The result as a document of the format `allocation-result/1`."""
        return {
            "format": FORMAT,
            "input_sha256": self.input_sha256,
            "seed": self.seed,
            "assignments": dict(self.assignments),
            "matched": self.matched,
            "total": self.total,
            "certificate": asdict(self.certificate),
            "cutoffs": {name: asdict(cutoff) for name, cutoff in self.cutoffs.items()},
            "explanations": {name: [line.to_dict() for line in lines] for name, lines in self.explanations.items()},
        }

    def to_bytes(self) -> bytes:
        """The result file: the same bytes for the same input on every machine."""
        return (json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n").encode("utf-8")
