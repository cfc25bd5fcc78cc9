"""From an instance to a result: which rule decides, and which engine carries it out."""

from collections.abc import Collection

from lms.allocation import deferred
from lms.allocation.books import Books
from lms.allocation.instance import Instance
from lms.allocation.market import Market, build
from lms.allocation.quotas import settle_by_cutoffs, settle_serially
from lms.allocation.result import Result
from lms.allocation.review import review
from lms.allocation.watch import Watch

ARRAYS_FROM = 10_000
"""From so many wishes on whole arrays are faster than one person after the other, the import of NumPy included."""


def solve(instance: Instance, watch: Watch | None = None) -> Result:
    """The allocation that the instance asks for, with certificate, cut-offs and reasons.

    `watch` hears of the progress and may bound the time. Raises OutOfTime when that is over.
    """
    market = build(instance)
    if instance.objective == "stable":
        return review(instance, match(market, watch))
    from lms.allocation.totals import solve_total

    return review(instance, Books(market, solve_total(instance, market, watch)))


def is_large(market: Market) -> bool:
    """Whether whole arrays pay; they know no reserves."""
    return not market.reserves and sum(map(len, market.choices)) >= ARRAYS_FROM


def match(market: Market, watch: Watch | None = None) -> Books:
    """The allocation of a market by the preferences of both sides, counted anew. Raises OutOfTime."""
    watch = watch or Watch()
    if market.by_order:
        return Books(market, settle_serially(market))
    if is_large(market):
        return _match_in_arrays(market, watch)
    if not market.limits:
        return Books(market, deferred.settle(market, watch=watch))
    return Books(market, *settle_by_cutoffs(market, lambda excluded: deferred.settle(market, excluded, watch)))


def _match_in_arrays(market: Market, watch: Watch) -> Books:
    from lms.allocation.arrays import arrays_of
    from lms.allocation.bulk import BulkBooks
    from lms.allocation.rounds import settle_in_rounds

    arrays = arrays_of(market, deferred.proposals(market))
    if not market.limits:
        return BulkBooks(market, settle_in_rounds(market, arrays, watch=watch), arrays)

    def settle(excluded: Collection[int]) -> list[int]:
        return settle_in_rounds(market, arrays, excluded, watch).tolist()

    return Books(market, *settle_by_cutoffs(market, settle))
