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

        got = solve_total(instance)
        at = {name: node for node, name in enumerate(market.nodes)}
        return review(instance, market, [-1 if (post := got[name]) is None else at[post] for name in market.people])
    got, cuts = _settle(market)
    return review(instance, market, got, cuts)


def _settle(market: Market) -> tuple[list[int], Cuts | None]:
    if market.by_order:
        return settle_serially(market), None
    if market.limits:
        return settle_by_cutoffs(market, lambda excluded: deferred.settle(market, excluded))
    return deferred.settle(market), None
