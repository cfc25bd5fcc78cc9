"""Resolve `pyproject.toml` into hashed lock files: `make lock`; UPGRADE=1 takes newer versions."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# No host and no index option: any mirror may serve the same hashes.
COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-header", "--no-emit-index-url", "--no-emit-find-links", "pyproject.toml"),
]


def find_uv(folder: Path) -> str:
    """Return uv's path, installing it into a throw-away environment where it is absent."""
    if found := shutil.which("uv"):
        return found
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "uv"], check=True)
    return str(folder / "bin" / "uv")


def main() -> None:
    """Write requirements.txt and, constrained by it, requirements-dev.txt (which holds the core list too)."""
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    with tempfile.TemporaryDirectory() as folder:
        uv = find_uv(Path(folder))
        for extra in (
            ["--output-file", "requirements.txt"],
            ["--output-file", "requirements-dev.txt", "--group", "dev", "--constraint", "requirements.txt"],
        ):
            subprocess.run([uv, *COMPILE, *upgrade, *extra], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print("requirements.txt and requirements-dev.txt are up to date with pyproject.toml")


if __name__ == "__main__":
    main()
