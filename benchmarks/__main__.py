"""Measure both databases and the memory, print the tables and keep them in benchmarks/results/latest.md."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import memory, report
from benchmarks.report import Goal

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "latest.md"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _environment(database: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "LMS_ENV": "demo",
        "LMS_INSTANCE": str(folder),
        "DATABASE_URL": database,
        "BASE_URL": "http://127.0.0.1:8000",
    }


def _databases(folder: Path) -> Iterator[tuple[str, str]]:
    """Each kind of database with the address of an empty one."""
    yield "sqlite", f"sqlite:///{folder / 'bench.sqlite'}"
    if server := os.environ.get("LMS_TEST_POSTGRES"):
        yield "postgresql", server
    else:
        print("PostgreSQL is left out: run this by make bench", file=sys.stderr)


def _run(env: dict[str, str], target: Path) -> dict[str, Any]:
    subprocess.run([sys.executable, "-m", "benchmarks.run", str(target)], cwd=ROOT, env=env, check=True)
    return json.loads(target.read_text())


def _goals(found: dict[str, Any]) -> list[Goal]:
    quiz, answer, used = found["whole_quiz"], found["one_answer"], found["memory"]
    worker, whole = used["worker"], used["platform"]
    return [
        Goal("whole quiz of 20, in bare pages", f"{quiz:.1f}", "≤ 40", quiz <= 40),
        Goal("saving one answer, in bare pages", f"{answer:.1f}", "≤ 3", answer <= 3),
        Goal("memory of a web worker (PSS)", f"{worker:.0f} MB", "< 160 MB", worker < 160),
        Goal("memory of the whole demo platform (PSS)", f"{whole:.0f} MB", "< 400 MB", whole < 400),
    ]


def _part(kind: str, found: dict[str, Any]) -> list[str]:
    return [
        f"## {NAMES[kind]}",
        "",
        f"A bare page took {found['bare_ms']:.2f} ms of processor time here.",
        "",
        *report.pages_table(found["pages"]),
        "",
        *report.goals_table(_goals(found)),
        "",
        *report.lists_table(found["lists"]),
        "",
    ]


def main() -> int:
    """Everything, in a few minutes. Ends with 1 when something could not be measured."""
    started = time.monotonic()
    lines = [
        "# What the most used pages cost",
        "",
        "Processor time counts the web process and the database together, as multiples of a bare Flask page",
        "(sign-in and one query) measured in the same run; bytes are gzipped, without fonts and pictures.",
        "`make bench` measures anew.",
        "",
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()} on {os.cpu_count()} cores.",
        "",
    ]
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        for kind, database in _databases(Path(name)):
            folder = Path(name) / kind
            folder.mkdir()
            env = _environment(database, folder)
            try:
                found = _run(env, folder / "found.json")
                found["memory"] = memory.measure(env, found["visits"])
            except (subprocess.CalledProcessError, RuntimeError, OSError) as error:
                print(f"{NAMES[kind]} could not be measured: {error}", file=sys.stderr)
                return 1
            lines += _part(kind, found)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines))
    print("\n".join(lines))
    print(f"{time.monotonic() - started:.0f} s; kept in {RESULTS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
