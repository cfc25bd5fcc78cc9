"""Measure the allocation beside its peers: tables, data and charts in benchmarks/results/ (or the folder of --into)."""

import argparse
import csv
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.allocation import families, goals, plot, runs
from benchmarks.allocation.environments import ROOT
from benchmarks.allocation.families import DENSE, FAMILIES, SIZES
from benchmarks.allocation.goals import Facts
from benchmarks.report import goals_table

STABLE = ("stable", "nested", "nested_checked", "checked", "flatten")
SCORED = ("best_total", "ortools", "quick")
# Who runs where: groups that take turns with each other. A peer is left out where one run takes minutes.
GROUPS: dict[str, list[tuple[str, ...]]] = {
    "1k": [("matching", "algmatch", *STABLE), (*SCORED, "fair", "highs")],
    "10k": [("matching", "algmatch", *STABLE), (*SCORED, "fair", "highs")],
    "100k": [STABLE, (*SCORED, "fair", "highs")],
    "1M": [STABLE, ("best_total", "quick")],
    "dense": [("best_total", "fair")],
}
NAMES = {
    "stable": "stable",
    "nested": "stable, regional caps",
    "checked": "stable, certified",
    "best_total": "best total",
    "fair": "fair",
    "quick": "quick total",
    "matching": "matching",
    "algmatch": "algmatch",
    "ortools": "OR-tools, direct",
    "highs": "SciPy HiGHS",
}


def main() -> int:
    """Run what the arguments name, all by default: about half an hour."""
    parser = argparse.ArgumentParser(prog="benchmarks.allocation", description=__doc__)
    parser.add_argument("--sizes", default=",".join(GROUPS), help="of " + ", ".join(GROUPS))
    parser.add_argument("--turns", type=int, default=3, help="turns of each engine")
    parser.add_argument("--into", type=Path, default=ROOT / "benchmarks" / "results")
    chosen = parser.parse_args()
    started = time.monotonic()
    facts = _measure(chosen.sizes.split(","), chosen.turns)
    table = goals_table(list(goals.goals(facts)))
    chosen.into.mkdir(parents=True, exist_ok=True)
    _write(chosen.into, facts, [_circumstances(chosen.turns), "", *table, "", *_sizes_table(facts), ""])
    print("\n".join(table))
    print(f"{time.monotonic() - started:.0f} s; kept in {chosen.into}")
    return 0


def _measure(sizes: list[str], turns: int) -> Facts:
    found: dict[tuple[str, str], dict[str, runs.Series]] = {}
    after: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        for size in sizes:
            for family in FAMILIES:
                print(f"{size}, family {family}", file=sys.stderr, flush=True)
                instance = families.write(Path(name), family, SIZES.get(size, DENSE))
                here = found.setdefault((family, size), {})
                for engines in GROUPS[size]:
                    here |= runs.interleave(engines, instance, turns)
                _compare(here)
                if size == "1M":
                    after[family] = runs.after_the_match(instance)
                instance.unlink()
    return Facts(found, after)


def _compare(here: dict[str, runs.Series]) -> None:
    """Engines that promise the same must have found the same. Raises AssertionError."""
    stable = {here[engine].digest for engine in ("matching", "algmatch", "stable", "checked") if engine in here}
    best = {(here[each].placed, here[each].total) for each in ("best_total", "ortools", "highs") if each in here}
    if len(stable) > 1 or len(best) > 1:
        raise AssertionError(f"results differ: {stable or ''} {best or ''}")


def _circumstances(turns: int) -> str:
    versions = f"Python {platform.python_version()}, {platform.machine()}"
    return f"Measured on {datetime.now(UTC):%Y-%m-%d} with {versions}; median of {turns} interleaved turns."


def _points(facts: Facts) -> Iterator[tuple[str, str, str, int, runs.Series]]:
    """Engine, family, size, entries and runs, where the number of entries has a place in the plot."""
    for (family, size), here in facts.found.items():
        if size in SIZES:
            for engine, series in here.items():
                yield engine, family, size, SIZES[size].entries, series


def _lines(facts: Facts, *, memory: bool) -> list[plot.Line]:
    """For each engine the worse of the two families at each size."""
    lines = []
    for engine, name in NAMES.items():
        worst: dict[int, float] = {}
        for one, _, _, entries, series in _points(facts):
            if one == engine:
                value = max(series.bytes, 2**16) if memory else series.median
                worst[entries] = max(worst.get(entries, 0), value)
        if worst:
            lines.append(plot.Line(name, sorted(worst.items())))
    return lines


def _seconds(value: float) -> str:
    return f"{value:g} s" if value >= 1 else f"{value * 1000:g} ms"


def _megabytes(value: float) -> str:
    return f"{value / 1e6:g} MB"


def _sizes_table(facts: Facts) -> list[str]:
    """Times in multiples of flattening the same lists, which every engine that uses arrays must at least do."""
    measured = [size for size in SIZES if any(size == one for _, one in facts.found)]
    lines = ["| engine | " + " | ".join(measured) + " |", "| --- |" + " ---: |" * len(measured)]
    for engine, name in NAMES.items():
        cells = []
        for size in measured:
            unit = [facts.found[family, size]["flatten"] for family in FAMILIES]
            mine = [facts.found[family, size].get(engine) for family in FAMILIES]
            times = [a.median / b.median for a, b in zip(mine, unit, strict=True) if a]
            cells.append(f"{max(times):,.0f}" if times else "")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _write(folder: Path, facts: Facts, lines: list[str]) -> None:
    (folder / "allocation.md").write_text("\n".join(lines))
    with (folder / "allocation.csv").open("w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["engine", "family", "size", "entries", "seconds", "bytes", "placed", "total"])
        for engine, family, size, entries, series in _points(facts):
            figures = [f"{series.median:.6f}", series.bytes, series.placed, series.total]
            writer.writerow([engine, family, size, entries, *figures])
    span = (10**4, 10**7)
    times = plot.chart("Time, worse of two families", _lines(facts, memory=False), _seconds, span)
    (folder / "allocation-time.svg").write_text(times)
    memory = plot.chart("Memory above the lists, worse of two families", _lines(facts, memory=True), _megabytes, span)
    (folder / "allocation-memory.svg").write_text(memory)


if __name__ == "__main__":
    sys.exit(main())
