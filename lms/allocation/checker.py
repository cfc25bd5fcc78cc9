"""An independent check of a result, in time linear in the choices.

It shares no code with the solver. The instance must be one that `Instance.from_bytes` accepts; the result needs
only `assignments`. Under the quota rule `cutoffs` the check has to find the cut-offs by itself, which takes longer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.allocation.checker_cutoffs import found_by_cutoffs
from lms.allocation.checker_rules import Quota, Rules, Standing
from lms.allocation.checker_totals import not_best


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found: broken rules, and pairs that would both rather have each other."""

    violations: tuple[dict[str, str], ...]
    blocking: tuple[dict[str, str], ...]

    @property
    def ok(self) -> bool:
        """Whether the result keeps every rule and no pair blocks but where a quota stands between the two."""
        return not self.violations and all(pair["because"].startswith("quota:") for pair in self.blocking)

    def to_dict(self) -> dict[str, object]:
        """The object that the command line prints."""
        return {"ok": self.ok, "violations": list(self.violations), "blocking": list(self.blocking)}


def check(instance: Mapping[str, Any], assignments: Mapping[str, object]) -> Verdict:
    """Check who got what in `assignments` (applicant: post or None) against the document of the instance."""
    rules = Rules(instance)
    violations = list(_wrong_lines(rules, assignments))
    counted = {
        applicant: post
        for applicant, post in assignments.items()
        if applicant in rules.choices and isinstance(post, str) and post in rules.path
    }
    tally = _Tally(rules, counted)
    violations += [*tally.overfull(), *tally.over_quota()]
    if rules.by_scores:
        better = None if violations else not_best(rules, counted, fair=instance["objective"] == "fair")
        violations += [] if better is None else [_violation("objective", better)]
        return Verdict(tuple(violations), ())
    cuts: dict[Quota, int] = {}
    if rules.rule == "cutoffs":
        expected, cuts = found_by_cutoffs(rules)
        violations += _differing(expected, assignments)
    return Verdict(tuple(violations), tuple(_blocking(rules, tally, counted, cuts)))


class _Tally:
    """Heads and the worst standing per node; people placed beforehand count, and are never the worst."""

    def __init__(self, rules: Rules, counted: Mapping[str, str]) -> None:
        self._rules = rules
        self._heads = dict.fromkeys(rules.capacity, 0)
        self._worst: dict[str, Standing] = {}
        self._at: dict[str, list[str]] = {post: [] for post in rules.path}
        for applicant, post in counted.items():
            for node in rules.path[post]:
                self._heads[node] += 1
            if rules.refused(applicant, post) is None or applicant in rules.fixed:
                self._at[post].append(applicant)
        for post, people in self._at.items() if not rules.by_scores else ():
            for standing in self._standings(post, people):
                for node in rules.path[post]:
                    self._worst[node] = max(self._worst.get(node, standing), standing)
        # The turns of everybody placed in each group, early ones first; fixed people came before the first turn.
        self._turns = {
            quota: sorted(rules.turn.get(one, 0) if one not in rules.fixed else -1 for one in group if one in counted)
            for quota, (_, group) in rules.quotas.items()
        }

    def _standings(self, post: str, people: list[str]) -> Iterator[Standing]:
        if post in self._rules.reserves:
            yield from self._rules.chosen_by(post, people).values()
            return
        for one in people:
            if one not in self._rules.fixed:
                yield self._rules.standing(one, post)

    def overfull(self) -> Iterator[dict[str, str]]:
        """The nodes with more people than places."""
        for node, capacity in sorted(self._rules.capacity.items()):
            if capacity is not None and self._heads[node] > capacity:
                yield _violation(f"capacity:{node}", f"{self._heads[node]} people on {capacity} places")

    def over_quota(self) -> Iterator[dict[str, str]]:
        """The groups with more people than their quota allows."""
        for quota, (most, _) in self._rules.quotas.items():
            if len(self._turns[quota]) > most:
                yield _violation(str(quota), f"{len(self._turns[quota])} people where {most} are allowed")

    def apart(self, applicant: str, post: str) -> bool:
        """Whether a node around the post is full of people who all stand better than the applicant would."""
        standing = self._rules.standing(applicant, post)
        if post in self._rules.reserves:
            chosen = self._rules.chosen_by(post, [*self._at[post], applicant])
            if applicant not in chosen:
                return True
            standing = chosen[applicant]
        return any(
            self.full(node) and (node not in self._worst or self._worst[node] < standing)
            for node in self._rules.path[post]
            if node not in self._rules.reserves
        )

    def full(self, node: str) -> bool:
        """Whether no place is left."""
        capacity = self._rules.capacity[node]
        return capacity is not None and self._heads[node] >= capacity

    def used_up(self, quota: Quota, applicant: str) -> bool:
        """Whether people with earlier turns, or fixed ones, have all places of the quota (rule `serial`)."""
        most, turns = self._rules.quotas[quota][0], self._turns[quota]
        return most == 0 or (len(turns) >= most and turns[most - 1] < self._rules.turn[applicant])


def _wrong_lines(rules: Rules, assignments: Mapping[str, object]) -> Iterator[dict[str, str]]:
    """Lines of the result that break a rule by themselves."""
    for applicant in sorted(rules.choices.keys() - assignments.keys()):
        yield _violation(f"applicant:{applicant}", "missing from the result")
    for applicant in sorted(assignments.keys() - rules.choices.keys()):
        yield _violation(f"applicant:{applicant}", "unknown in the instance")
    for applicant in sorted(rules.choices.keys() & assignments.keys()):
        because = _wrong(rules, applicant, assignments[applicant])
        if because is not None:
            yield _violation(f"applicant:{applicant}", because)


def _wrong(rules: Rules, applicant: str, post: object) -> str | None:
    if applicant in rules.fixed:
        return None if post == rules.fixed[applicant] else f"must stay at {rules.fixed[applicant]}"
    if post is None:
        return None
    if not isinstance(post, str) or post not in rules.path:
        return "placed at an unknown post"
    because = rules.refused(applicant, post)
    if because is not None:
        return because
    return None if post in rules.choices[applicant] else f"did not choose {post}"


def _differing(expected: Mapping[str, str], assignments: Mapping[str, object]) -> Iterator[dict[str, str]]:
    for applicant in sorted(assignments):
        if assignments[applicant] != expected.get(applicant):
            yield _violation(f"applicant:{applicant}", f"the cut-offs lead to {expected.get(applicant, 'no post')}")


def _blocking(
    rules: Rules, tally: _Tally, counted: Mapping[str, str], cuts: Mapping[Quota, int]
) -> Iterator[dict[str, str]]:
    """The pairs that would both rather have each other."""
    for applicant in sorted(rules.choices.keys() - rules.fixed.keys()):
        for post in rules.choices[applicant]:
            if post == counted.get(applicant):
                break
            if rules.refused(applicant, post) is None and not tally.apart(applicant, post):
                because = _because(rules, tally, applicant, post, cuts)
                yield {"applicant": applicant, "post": post, "because": because}


def _because(rules: Rules, tally: _Tally, applicant: str, post: str, cuts: Mapping[Quota, int]) -> str:
    """The quota that stands between the two; else the full node (the innermost) with somebody worse, or room."""
    for quota, (_, group) in rules.quotas.items():
        if applicant in group and (
            rules.turn[applicant] >= cuts[quota] if quota in cuts else tally.used_up(quota, applicant)
        ):
            return str(quota)
    return next((f"priority:{node}" for node in rules.path[post] if tally.full(node)), "room")


def _violation(what: str, because: str) -> dict[str, str]:
    return {"what": what, "because": because}
