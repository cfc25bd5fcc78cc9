"""From an instance to a result: which rule decides, and what a run may cost."""

from lms.allocation import deferred
from lms.allocation.instance import Instance
from lms.allocation.market import Market, build
from lms.allocation.quotas import Cuts, settle_by_cutoffs, settle_serially
from lms.allocation.result import Result
from lms.allocation.review import review


def solve(instance: Instance) -> Result:
    """The allocation that the instance asks for, with certificate, cut-offs and reasons."""
    market = build(instance)
    if instance.objective != "stable":
        from lms.allocation.totals import solve_total

        return review(instance, market, solve_total(instance, market))
    got, cuts = _settle(market)
    return review(instance, market, got, cuts)


def _settle(market: Market) -> tuple[list[int], Cuts | None]:
    if market.by_order:
        return settle_serially(market), None
    if market.limits:
        return settle_by_cutoffs(market, lambda excluded: deferred.settle(market, excluded))
    return deferred.settle(market), None
