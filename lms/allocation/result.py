"""The outcome of an allocation, as data, and its form in the format `allocation-result/1`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

FORMAT = "allocation-result/1"


class Code(StrEnum):
    """What became of one choice."""

    ASSIGNED = "assigned"
    POST_FULL = "post_full"
    UNIT_FULL = "unit_full"
    UNACCEPTABLE = "unacceptable"
    FORBIDDEN = "forbidden"
    NOT_NEEDED = "not_needed"


# Reasons only, never a position: nothing here tells where a named person stands.
_TAKEN = "Every place {where} went to people who stand higher in its order or were placed beforehand."
_BECAUSE = {
    Code.ASSIGNED: "This is the best choice that could be given.",
    Code.POST_FULL: _TAKEN.format(where="of this post"),
    Code.UNIT_FULL: _TAKEN.format(where="within {node}"),
    Code.UNACCEPTABLE: "This post did not rank the applicant.",
    Code.FORBIDDEN: "This pair is excluded by the rules of the call.",
    Code.NOT_NEEDED: "A better choice was given.",
}
_BECAUSE_FIXED = {
    Code.ASSIGNED: "This place was fixed beforehand.",
    Code.NOT_NEEDED: "The place of this applicant was fixed beforehand.",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one choice was or was not obtained. `node` names the post or unit that was full, where one was."""

    post: str
    code: Code
    node: str | None = None
    fixed: bool = False

    @property
    def got(self) -> bool:
        """Whether this is the post obtained."""
        return self.code is Code.ASSIGNED

    @property
    def because(self) -> str:
        """The reason in plain English, for the result file; pages make their own from the data."""
        text = _BECAUSE_FIXED[self.code] if self.fixed else _BECAUSE[self.code]
        return text.format(node=self.node)

    def to_dict(self) -> dict[str, object]:
        """The line of the result file."""
        return {"post": self.post, "got": self.got, "code": self.code.value, "because": self.because}


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
    """A person and a post that would both rather have each other than what they got."""

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
    """What a recount of the finished allocation found."""

    feasible: bool
    stable: bool
    blocking: tuple[BlockingPair, ...]
    unmet: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The allocation with its proof and its reasons; mappings are in the order of the ids."""

    input_sha256: str
    seed: int
    assignments: Mapping[str, str | None]
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
            "total": None,
            "certificate": asdict(self.certificate),
            "cutoffs": {name: asdict(cutoff) for name, cutoff in self.cutoffs.items()},
            "explanations": {name: [line.to_dict() for line in lines] for name, lines in self.explanations.items()},
        }

    def to_bytes(self) -> bytes:
        """The result file: the same bytes for the same input on every machine."""
        return (json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n").encode("utf-8")
