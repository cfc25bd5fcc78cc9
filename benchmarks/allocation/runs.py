"""Engines side by side on one instance, one run of each in turn."""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.allocation.engines import HOME
from benchmarks.allocation.environments import ROOT, python_of

SHORT = 1.0
"""Seconds; a shorter run is repeated within its turn, and the median stands for it."""
REPEATED = 5


class Worker:
    """One engine in a process of its own."""

    def __init__(self, engine: str, instance: Path) -> None:
        self.engine = engine
        command = [python_of(HOME.get(engine)), "-m", "benchmarks.allocation.worker", engine, instance]
        self._process = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, line: str) -> dict[str, Any]:
        """Send a line and read the answer. Raises RuntimeError when the engine failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.engine} ended with {self._process.wait()}")
        return json.loads(answer)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()


@dataclass
class Series:
    """The runs of one engine on one instance."""

    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    placed: int = 0
    total: int = 0
    digest: str = ""

    def add(self, runs: Sequence[dict[str, Any]]) -> None:
        self.seconds.append(statistics.median(run["seconds"] for run in runs))
        self.bytes = max(self.bytes, *(run["bytes"] for run in runs))
        self.placed, self.total, self.digest = (runs[-1][name] for name in ("placed", "total", "digest"))

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def ratio(slower: Series, faster: Series) -> float:
    """How many times as long the first takes: the median over turns, where both ran shortly after each other."""
    return statistics.median(a / b for a, b in zip(slower.seconds, faster.seconds, strict=False))


def interleave(engines: Sequence[str], instance: Path, turns: int) -> dict[str, Series]:
    """Run each engine in turn, `turns` times. All are loaded before the first starts."""
    found = {engine: Series() for engine in engines}
    workers = [Worker(engine, instance) for engine in engines]
    try:
        for _ in range(turns):
            for worker in workers:
                runs = [worker.ask("run")]
                if runs[0]["seconds"] < SHORT:
                    runs += [worker.ask("run") for _ in range(REPEATED - 1)]
                found[worker.engine].add(runs)
                print(f"  {worker.engine:15} {found[worker.engine].seconds[-1]:9.4f} s", file=sys.stderr, flush=True)
    finally:
        for worker in workers:
            worker.__exit__(None, None, None)
    return found


def after_the_match(instance: Path) -> dict[str, float]:
    """`match` and `certificate` in processor seconds, and `milliseconds` of the slowest explanation."""
    with Worker("stable", instance) as worker:
        return worker.ask("after")
