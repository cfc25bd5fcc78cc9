"""The goals of the allocation, as ratios between engines of one interleaved run; the worse of the two families."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.allocation.families import FAMILIES, SIZES
from benchmarks.allocation.runs import Series, ratio
from benchmarks.report import Goal

Found = Mapping[tuple[str, str], Mapping[str, Series]]
"""Family and size: the runs of every engine there."""

PEERS = ("matching", "algmatch")
IDS_AND_RANKS = 8
"""Bytes for each entry: the id and the rank of a wish in 32 bits each."""


@dataclass(frozen=True)
class Facts:
    """Everything that was measured: the runs, and for each family what came after the match at 1M."""

    found: Found
    after: Mapping[str, Mapping[str, float]]

    def times(self, size: str, slower: str, faster: str) -> dict[str, float]:
        """For each family how many times as long the first engine takes, where both ran."""
        runs = {family: self.found.get((family, size), {}) for family in FAMILIES}
        return {
            family: ratio(some[slower], some[faster])
            for family, some in runs.items()
            if slower in some and faster in some
        }


def goals(facts: Facts) -> Iterator[Goal]:
    """All goals for whose sizes there are runs."""
    yield from _at_least("G1 match, 10k × 1k × 10, against the faster peer", _over_peers(facts, "stable"), 300)
    yield from _at_least("G1 the same with cut-offs and certificate", _over_peers(facts, "checked"), 150)
    yield from _at_most(
        "G2 match, 1M × 20k × 10, against flattening the lists", facts.times("1M", "stable", "flatten"), 16
    )
    memory = {
        family: facts.found[family, "1M"]["stable"].bytes / (SIZES["1M"].entries * IDS_AND_RANKS)
        for family in FAMILIES
        if (family, "1M") in facts.found
    }
    yield from _at_most("G3 memory at 1M, against ids and ranks", memory, 9)
    for size in SIZES:
        yield from _at_most(f"G4 caps for 40 regions, {size}, against none", facts.times(size, "nested", "stable"), 6)
    check = {family: one["certificate"] / one["match"] for family, one in facts.after.items()}
    yield from _at_most("G5 cut-offs and full check at 1M, share of the match", check, 0.1, "{:.1%}")
    why = {family: one["milliseconds"] for family, one in facts.after.items()}
    yield from _at_most("G5 slowest “why not” of one person at 1M, milliseconds", why, 1, "{:.2f}")
    yield from _at_most(
        "G6 best total at 100k, against OR-tools called directly", facts.times("100k", "best_total", "ortools"), 1.3
    )
    yield from _at_least("G6 best total at 100k, against SciPy HiGHS", facts.times("100k", "highs", "best_total"), 10)
    yield from _at_most("G6 fair at 500 × 500, against best total", facts.times("dense", "fair", "best_total"), 10)
    yield from _at_least("G7 quick at 1M, times faster than exact", facts.times("1M", "best_total", "quick"), 8)
    share = {
        family: runs["quick"].total / runs["best_total"].total
        for family in FAMILIES
        if (runs := facts.found.get((family, "1M")))
    }
    yield from _at_least("G7 quick at 1M, share of the greatest total", share, 0.96, "{:.1%}")


def _over_peers(facts: Facts, engine: str) -> dict[str, float]:
    each = [facts.times("10k", peer, engine) for peer in PEERS]
    return {family: min(found[family] for found in each) for family in FAMILIES if all(family in some for some in each)}


def _at_most(name: str, found: Mapping[str, float], limit: float, form: str = "{:.1f}×") -> Iterator[Goal]:
    if found:
        yield Goal(name, _both(found, form), "≤ " + _short(limit, form), max(found.values()) <= limit)


def _at_least(name: str, found: Mapping[str, float], limit: float, form: str = "{:.0f}×") -> Iterator[Goal]:
    if found:
        yield Goal(name, _both(found, form), "≥ " + _short(limit, form), min(found.values()) >= limit)


def _both(found: Mapping[str, float], form: str) -> str:
    return ", ".join(f"{family} {form.format(value)}" for family, value in found.items())


def _short(limit: float, form: str) -> str:
    return f"{limit:.0%}" if form.endswith("%}") else f"{limit:g}" + ("×" if form.endswith("×") else "")
