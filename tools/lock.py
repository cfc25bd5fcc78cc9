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
    *("--no-header", "--no-emit-index-url", "--no-emit-find-links"),
]
PEERS = ROOT / "benchmarks" / "allocation" / "peers"


def find_uv(folder: Path) -> str:
    """Return uv's path, installing it into a throw-away environment where it is absent."""
    if found := shutil.which("uv"):
        return found
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "uv"], check=True)
    return str(folder / "bin" / "uv")


def main() -> None:
    """Write requirements.txt, requirements-dev.txt (constrained by it, and holding it too), and the peers' lists."""
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    with tempfile.TemporaryDirectory() as folder:
        uv = find_uv(Path(folder))
        project = ["pyproject.toml", "--output-file"]
        for extra in (
            [*project, "requirements.txt"],
            [*project, "requirements-dev.txt", "--group", "dev", "--constraint", "requirements.txt"],
            *([str(peer), "--output-file", str(peer.with_suffix(".txt"))] for peer in sorted(PEERS.glob("*.in"))),
        ):
            subprocess.run([uv, *COMPILE, *upgrade, *extra], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print("requirements.txt, requirements-dev.txt and the lists of the measured peers are up to date")


if __name__ == "__main__":
    main()
