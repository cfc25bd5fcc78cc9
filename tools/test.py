"""Every test on both databases, then the browser journeys on both: `make test`.

What the tests may rely on: `pytest --database=sqlite|postgresql`, and in the environment LMS_ENV=test,
LMS_TEST_POSTGRES (address of a superuser database of a throw-away server), CHROME (path of a Chromium) and,
with FULL=1, LMS_FULL=1 for the slow variants. Tests of pure code run once. Arguments go to pytest:
`make test ARGS="-k enrol"`.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tools import browser
from tools.postgres import ENVIRONMENT_NAME, PostgresError, postgres

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")
BROWSER_TESTS = "tests/e2e"
# What asks no database, or only counts what it is asked, is tried once; FULL=1 tries it beside both all the same.
WITHOUT_DATABASE = ("tests/allocation", "tests/recognition", "tests/architecture")
NOTHING_COLLECTED = 5  # pytest's exit code
PROCESSES = min(4, os.cpu_count() or 1)


def environment(server: str, chromium: Path) -> dict[str, str]:
    """Return the environment of the tests, in which no address of real data is left."""
    # Servers, relays and commands that the tests start would compile everything anew without bytecode files.
    left_out = {"DATABASE_URL", "BASE_URL", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    full = {"LMS_FULL": "1"} if os.environ.get("FULL") == "1" else {}
    return {**kept, **full, "LMS_ENV": "test", ENVIRONMENT_NAME: server, "CHROME": str(chromium)}


def is_path(argument: str) -> bool:
    """Whether an argument names a test file or folder rather than being an option."""
    return not argument.startswith("-") and (ROOT / argument.partition("::")[0]).exists()


def parts(arguments: list[str]) -> dict[str, list[str]]:
    """Return the runs of pytest, by name: other tests first, since they fail faster."""
    paths = [argument for argument in arguments if is_path(argument)]
    options = [argument for argument in arguments if not is_path(argument)]
    in_browser = [path for path in paths if path.startswith(BROWSER_TESTS)]
    others = [path for path in paths if path not in in_browser]
    if not paths:
        in_browser, others = [BROWSER_TESTS], ["tests", f"--ignore={BROWSER_TESTS}"]
    wanted = {"tests": others, "browser": in_browser}
    is_whole = not paths and os.environ.get("FULL") != "1"
    once = [f"--ignore={path}" for path in WITHOUT_DATABASE] if is_whole else []
    # Tests of one world run in one process, so that each world is made once.
    spread = {"tests": "worksteal", "browser": "loadgroup"}
    return {
        f"{kind} on {database}": [
            *(*targets, *options, f"--database={database}", f"--dist={spread[kind]}"),
            *(once if database != DATABASES[0] else []),
        ]
        for kind, targets in wanted.items()
        for database in DATABASES
        if targets
    }


def run(arguments: list[str], env: dict[str, str], *, may_be_empty: bool) -> bool:
    """Run pytest once; true when it passed."""
    command = [sys.executable, "-m", "pytest", "-n", str(PROCESSES), *arguments]
    code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    return code == 0 or (may_be_empty and code == NOTHING_COLLECTED)


def main(arguments: list[str]) -> int:
    """Run all parts, also after a failure, and print a summary."""
    chromium = browser.find()
    summary: list[str] = []
    passed = True
    with postgres() as server:
        env = environment(server, chromium)
        for name, part in parts(arguments).items():
            print(f"\n=== {name}", flush=True)
            started = time.monotonic()
            good = run(part, env, may_be_empty=bool(arguments))
            passed = passed and good
            summary.append(f"  {name:<22} {'passed' if good else 'FAILED'}  {time.monotonic() - started:6.1f} s")
    print("\n".join(["", *summary]))
    return 0 if passed else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an exception, so that PostgreSQL is tidied away
    try:
        sys.exit(main(sys.argv[1:]))
    except PostgresError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
