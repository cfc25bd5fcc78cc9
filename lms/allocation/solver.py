"""Deferred acceptance, applicants proposing, where units take people greedily under nested capacities.

The capacities form a tree, so that the sets which fit are the independent sets of a laminar matroid, and
taking the best that fit is a choice under which deferred acceptance ends in the one stable allocation that
every applicant likes best among all stable ones, whoever proposes first; no applicant gains by stating other
preferences than the true ones (Fleiner 2003; Kamada and Kojima 2015; Kojima, Tamura and Yokoo 2018).
"""

from heapq import heappop, heappush

from lms.allocation import market as markets
from lms.allocation.instance import Instance
from lms.allocation.market import Market
from lms.allocation.reading import InstanceError
from lms.allocation.result import Result
from lms.allocation.review import review


def solve(instance: Instance) -> Result:
    """The stable allocation that is best for the applicants, with certificate, cut-offs and reasons."""
    if instance.objective != "stable" or instance.limits or any(post.reserves for post in instance.posts.values()):
        raise InstanceError("not supported yet")
    market = markets.build(instance)
    return review(instance, market, _propose(instance, market))


def _propose(instance: Instance, market: Market) -> dict[str, str | None]:
    """Let everybody propose down their choices until nobody who is turned away has a choice left."""
    holdings = _Holdings(instance, market)
    proposals = {
        applicant: iter(
            [
                post
                for post in choices
                if applicant in market.positions[post] and (applicant, post) not in instance.forbidden
            ]
        )
        for applicant, choices in market.choices.items()
        if applicant not in instance.fixed
    }
    waiting = list(proposals)
    while waiting:
        applicant = waiting.pop()
        post = next(proposals[applicant], None)
        if post is not None:
            turned_away = holdings.take(applicant, post)
            if turned_away is not None:
                waiting.append(turned_away)
    return {applicant: holdings.post_of.get(applicant) for applicant in instance.applicants}


class _Holdings:
    """Who holds which post for now."""

    def __init__(self, instance: Instance, market: Market) -> None:
        self._market = market
        self.post_of: dict[str, str] = dict(instance.fixed)
        # People placed beforehand take up room and are never compared with anybody.
        self._count = dict.fromkeys(market.capacity, 0)
        for post in instance.fixed.values():
            for node in market.paths[post]:
                self._count[node] += 1
        # Worst first. Entries of people who have left stay until they surface.
        self._held: dict[str, list[tuple[int, int, str, str]]] = {node: [] for node in market.capacity}

    def take(self, applicant: str, post: str) -> str | None:
        """Hold the applicant at the post; name whoever has to leave for it, perhaps the same one."""
        position, lottery = self._market.standing(applicant, post)
        path = self._market.paths[post]
        self.post_of[applicant] = post
        for node in path:
            heappush(self._held[node], (-position, -lottery, applicant, post))
            self._count[node] += 1
        # The innermost overfull node decides: one person fewer there also relieves every node around it.
        for node in path:
            capacity = self._market.capacity[node]
            if capacity is not None and self._count[node] > capacity:
                return self._turn_away(node)
        return None

    def _turn_away(self, node: str) -> str:
        held = self._held[node]
        while True:
            _, _, applicant, post = heappop(held)
            if self.post_of.get(applicant) == post:
                del self.post_of[applicant]
                for around in self._market.paths[post]:
                    self._count[around] -= 1
                return applicant
