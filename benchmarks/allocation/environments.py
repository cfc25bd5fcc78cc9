"""An environment for each peer, from its lock file: two of them must not meet in one (see `peers/`)."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(__file__).parent / "peers"
FOLDER = ROOT / "var" / "bench"


def python_of(peer: str | None) -> Path:
    """The interpreter of a peer's environment, which is made when it is missing or out of date; None is our own."""
    if peer is None:
        return Path(sys.executable)
    lock = PEERS / f"{peer}.txt"
    home = FOLDER / f"{peer}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        print(f"Making an environment for {peer} (once) ...", file=sys.stderr, flush=True)
        venv.create(home, clear=True, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]
        subprocess.run([python, *install, lock], check=True)
        (home / "ready").touch()
    return python
