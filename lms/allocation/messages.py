"""What is said about a choice: a code, the facts behind it, and plain English for the result file.

Pages make sentences of their own, in the language of the reader, from the code and the facts.
"""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """What became of one choice."""

    ASSIGNED = "assigned"
    POST_FULL = "post_full"
    UNIT_FULL = "unit_full"
    QUOTA_FULL = "quota_full"
    UNACCEPTABLE = "unacceptable"
    FORBIDDEN = "forbidden"
    NOT_NEEDED = "not_needed"


class Disclosure(StrEnum):
    """What the parties of a call are told; published with the call. Whoever runs or audits it sees everything."""

    FULL = "full"
    REASONS = "reasons"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one choice was or was not obtained.

    `node` is the id of the post or unit that was full, `quota` the name of the limit that was, as in
    `quota:country=KH`. `position` is where the applicant stands in the order that decided there, `last_position`
    where the last person admitted stands; both from 1, and None where they are not comparable or where one place
    would make them point at a person. `by_total`: places went by scores, not by anybody's order.
    """

    post: str
    code: Code
    node: str | None = None
    quota: str | None = None
    fixed: bool = False
    position: int | None = None
    last_position: int | None = None
    by_total: bool = False

    @property
    def got(self) -> bool:
        """Whether this is the post obtained."""
        return self.code is Code.ASSIGNED

    @property
    def because(self) -> str:
        """The reason without any position: it tells nothing about other people but that they stand higher."""
        return because(self, Disclosure.REASONS)

    def to_dict(self) -> dict[str, object]:
        """The line of the result file."""
        return {"post": self.post, "got": self.got, "code": self.code.value, "because": self.because}


def because(line: Explanation, disclosure: Disclosure) -> str:
    """The reason in plain English, as far as the setting tells it; empty when only outcomes are told."""
    if disclosure is Disclosure.OUTCOME:
        return ""
    text = (line.fixed and _FIXED.get(line.code)) or (line.by_total and _BY_TOTAL.get(line.code)) or _TEXTS[line.code]
    text = text.format(node=line.node, quota=(line.quota or "").removeprefix("quota:"))
    if disclosure is Disclosure.FULL and line.position is not None and line.last_position is not None:
        text += _POSITIONS.format(position=line.position, last=line.last_position)
    return text


_TAKEN = "Every place {where} went to people who stand higher in its order or were placed beforehand."
_TEXTS = {
    Code.ASSIGNED: "This is the best choice that could be given.",
    Code.POST_FULL: _TAKEN.format(where="of this post"),
    Code.UNIT_FULL: _TAKEN.format(where="within {node}"),
    Code.QUOTA_FULL: "There was room, but the call's places for {quota} went to people earlier in its order.",
    Code.UNACCEPTABLE: "This post did not rank the applicant.",
    Code.FORBIDDEN: "This pair is excluded by the rules of the call.",
    Code.NOT_NEEDED: "A better choice was given.",
}
_FIXED = {
    Code.ASSIGNED: "This place was fixed beforehand.",
    Code.NOT_NEEDED: "The place of this applicant was fixed beforehand.",
}
_TAKEN_BY_TOTAL = "Every place {where} went to pairs that together place more people or score higher."
_BY_TOTAL = {
    Code.ASSIGNED: "This pair belongs to the best allocation as a whole.",
    Code.POST_FULL: _TAKEN_BY_TOTAL.format(where="of this post"),
    Code.UNIT_FULL: _TAKEN_BY_TOTAL.format(where="within {node}"),
    Code.QUOTA_FULL: "There was room, but the places of the call for {quota} went to other people.",
    Code.UNACCEPTABLE: "This pair has no score, or the post did not rank the applicant.",
    Code.NOT_NEEDED: "Another pair serves the allocation as a whole better.",
}
_POSITIONS = " The applicant stands at {position}, the last person admitted at {last}."
