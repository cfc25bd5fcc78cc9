"""Pure rules of reviews: totals, how many are needed, and who gets which application to review."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

LOWEST, HIGHEST = 1, 5
# The states of a call in which its reviewers read and score.
REVIEWING = ("closed", "ranking", "deciding", "releasing")
REVIEW_DAYS = 14
# Two reviewers who differ by more than one whole step of the scale disagree about the level, not the nuance.
DISAGREEMENT = Decimal("1.00")


def missing_scores(criteria: Sequence[Mapping[str, Any]], scores: Mapping[str, Any]) -> list[str]:
    """The keys of the criteria that have no score from 1 to 5 yet."""
    return [c["key"] for c in criteria if scores.get(c["key"]) not in range(LOWEST, HIGHEST + 1)]


def total(criteria: Sequence[Mapping[str, Any]], scores: Mapping[str, Any]) -> Decimal:
    """The weighted mean on the scale from 1 to 5, to two decimals. Every criterion must be scored."""
    weights = sum(int(c.get("weight", 1)) for c in criteria)
    points = sum(int(c.get("weight", 1)) * int(scores[c["key"]]) for c in criteria)
    return (Decimal(points) / weights).quantize(Decimal("0.01"), ROUND_HALF_UP)


def spread(totals: Sequence[Decimal]) -> Decimal:
    """How far the totals lie apart."""
    return max(totals) - min(totals) if totals else Decimal(0)


def reviews_wanted(needed: int, totals: Sequence[Decimal]) -> int:
    """How many reviews an application must have: one more than the call asks for when the first ones disagree.

    `totals` are those of the submitted reviews in the order of their submission.
    """
    first = totals[:needed]
    return needed + 1 if len(first) == needed and spread(first) > DISAGREEMENT else needed


def spread_work(
    wanted: Mapping[int, int], allowed: Mapping[int, Sequence[int]], load: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Share out reviews so that nobody has many more than others: (application id, reviewer id) pairs.

    `wanted`: how many more reviewers each application needs; `allowed`: who may review it; `load`: how many
    reviews everybody has already. Applications with the fewest possible reviewers choose first; among
    reviewers the least loaded, then the lower id, so that the result does not depend on any order of rows.
    """
    loads = dict(load)
    pairs: list[tuple[int, int]] = []
    scarce_first = sorted(
        wanted, key=lambda application: (len(allowed[application]) - wanted[application], application)
    )
    for application in scarce_first:
        chosen = sorted(allowed[application], key=lambda reviewer: (loads.get(reviewer, 0), reviewer))
        for reviewer in chosen[: wanted[application]]:
            pairs.append((application, reviewer))
            loads[reviewer] = loads.get(reviewer, 0) + 1
    return pairs
