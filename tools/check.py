"""Everything about the sources that a machine can judge: `make check`.

All checks run even when one fails; the summary names the failed ones.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LARGEST_FILE = 300 * 1024
LARGE_FILES = ("lms/fonts/",)  # committed once, with licence and source
GROWING_TEXT = (".po",)  # one catalogue for each language, as long as there are words
BUILT = ("static/*.css", "static/*.js", "templates/components/icon_shapes.html")
# Written where everybody's services and homes live, a path is documentation, not somebody's own folder.
COMMON_PARENTS = {"/", "/app", "/home", "/opt", "/srv", "/usr/src", "/var/www"}


def run(*command: str, env: dict[str, str] | None = None) -> bool:
    """Run a tool of `.venv` in the repository; true when it is content."""
    program = BIN / command[0]
    first = str(program) if program.exists() else command[0]
    return subprocess.run([first, *command[1:]], cwd=ROOT, env=env, check=False).returncode == 0


def tracked_files() -> list[str]:
    """Return the paths that git would hand to others, new ones included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return sorted(name for name in listed if name and (ROOT / name).is_file())


def report(faults: Iterator[str]) -> bool:
    """Print faults; true when there was none."""
    found = list(faults)
    print("\n".join(found) or "nothing found")
    return not found


def style() -> bool:
    """Ruff's rules and format."""
    return all([run("ruff", "check", "."), run("ruff", "format", "--check", ".")])


def templates() -> bool:
    """Lint templates. Not their layout: djlint's formatter and Jinja's white space control do not agree."""
    return run("djlint", "--lint", "--quiet", "templates")


def migrations() -> bool:
    """Migrate an empty database to the head and compare it with the models."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "LMS_ENV": "test", "DATABASE_URL": f"sqlite:///{folder}/check.db"}
        return run("flask", "db", "upgrade", env=env) and run("flask", "db", "check", env=env)


def lock_file_faults() -> Iterator[str]:
    """Lock files hold versions and hashes; a recorded host would bypass everybody's mirror."""
    for path in ROOT.glob("requirements*.txt"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"^\s*-(?!-hash)|://|--(extra-)?index-url|--find-links", line):
                yield f"{path.name}:{number}: index option or host: {line.strip()}"
    package_lock = ROOT / "package-lock.json"
    if package_lock.exists() and '"resolved"' in package_lock.read_text():
        yield "package-lock.json: holds resolved addresses; .npmrc keeps them out, run npm install again"
    if (ROOT / "uv.lock").exists() and "uv.lock" in tracked_files():
        yield "uv.lock: records hosts, requirements*.txt take its place"


def personal_paths() -> list[str]:
    """Return what no file should mention: the folder around this checkout and its neighbours."""
    parent = ROOT.parent
    if str(parent) in COMMON_PARENTS:
        return []
    neighbours = (path.name for path in parent.iterdir() if path.is_dir() and path != ROOT)
    return [f"{parent}/", *(f"../{name}/" for name in neighbours)]


def file_faults() -> Iterator[str]:
    """No large file slips in, and nothing that is true on one machine only."""
    personal = personal_paths()
    for name in tracked_files():
        path = ROOT / name
        if name.startswith(LARGE_FILES) or name.endswith(GROWING_TEXT):
            continue
        if path.stat().st_size > LARGEST_FILE:
            yield f"{name}: {path.stat().st_size // 1024} KB, the limit is {LARGEST_FILE // 1024}"
        text = path.read_text(encoding="utf-8", errors="ignore")
        yield from (f"{name}: mentions {word}" for word in personal if word in text)


def built_files() -> bool:
    """Build static/ anew where Node and its packages are, and compare."""
    if not (shutil.which("npm") and (ROOT / "node_modules").is_dir()):
        print("not built: no Node here (npm ci makes it possible)")
        return True

    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for pattern in BUILT for path in ROOT.glob(pattern)}

    before = contents()
    if not run("npm", "run", "--silent", "build"):
        return False
    after = contents()
    changed = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    return report(f"{path.relative_to(ROOT)}: was out of date, is built now: commit it" for path in sorted(changed))


CHECKS: dict[str, Callable[[], bool]] = {
    "style": style,
    "types": lambda: run("basedpyright", "--warnings"),
    "imports": lambda: run("lint-imports", "--no-logo"),
    "templates": templates,
    "translations": lambda: run("python", "-m", "tools.translations", "check"),
    "migrations": migrations,
    "lock files": lambda: report(lock_file_faults()),
    "files": lambda: report(file_faults()),
    "built files": built_files,
}


def main(names: list[str]) -> int:
    """Run the named checks, or all, and print a summary."""
    results: dict[str, bool] = {}
    for name in names or CHECKS:
        print(f"\n--- {name}", flush=True)
        started = time.monotonic()
        results[name] = CHECKS[name]()
        print(f"    {time.monotonic() - started:.1f} s", flush=True)
    failed = [name for name, passed in results.items() if not passed]
    print(
        f"\n{len(results) - len(failed)} of {len(results)} checks passed"
        + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
