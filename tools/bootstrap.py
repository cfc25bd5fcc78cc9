"""Set up `.venv` once: `python3 tools/bootstrap.py [--dev]`.

Runs before anything is installed, so it uses the standard library only. A stamp with the hash of the
lock file makes the second call a matter of milliseconds.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CATALOGUES = ROOT / "lms" / "translations"


def stop(message: str) -> None:
    """End with one line that says what is wrong and what to do."""
    sys.exit(message)


def stamp(requirements: Path) -> Path:
    """The file that says for which content of a lock file `.venv` was filled."""
    return VENV / f".{requirements.stem}-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]}"


def create_venv() -> None:
    """Create `.venv` unless a usable one is there; one line names what is missing otherwise."""
    if PYTHON.exists() and (shutil.which("uv") or any(VENV.glob("lib/python*/site-packages/pip"))):
        return
    print("Creating .venv ...", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if importlib.util.find_spec("ensurepip") is None:
        if not shutil.which("uv"):
            package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
            stop(f"Python's venv module is incomplete: sudo apt-get install {package}, then run this again")
        command.append("--without-pip")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        stop(f"The virtual environment .venv could not be created: {reason[-1]}")


def install(requirements: Path) -> None:
    """Install a lock file with checked hashes: by uv where it is, by pip otherwise or when uv fails."""
    if stamp(requirements).exists():
        return
    print(f"Installing {requirements.name} (once) ...", flush=True)
    arguments = ["install", "--quiet", "--require-hashes", "-r", str(requirements)]
    attempts = []
    if uv := shutil.which("uv"):
        attempts.append([uv, "pip", *arguments, "--python", str(PYTHON)])
    # uv does not read pip's configuration: behind a mirror that only pip knows, pip still works.
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    attempts.append([*pip, "--no-warn-script-location"])
    if not any(subprocess.run(command, check=False).returncode == 0 for command in attempts):
        stop(
            f"{requirements.name} could not be installed: see above; without a connection to the package "
            "index set PIP_INDEX_URL (or UV_DEFAULT_INDEX) to a mirror, then run this again"
        )
    for old in VENV.glob(f".{requirements.stem}-????????????????"):
        old.unlink()
    stamp(requirements).touch()


def compile_catalogues() -> None:
    """Compile message catalogues that changed; the compiled files are not committed."""
    sources = list(CATALOGUES.glob("*/LC_MESSAGES/*.po"))
    for source in sources:
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            subprocess.run([str(PYTHON), "-m", "tools.translations", "compile"], cwd=ROOT, check=True)
            return


def remember_mode() -> None:
    """Let `.venv/bin/flask …` work on the demo world of this folder without any setting (see `config.py`)."""
    instance = Path(os.environ.get("LMS_INSTANCE", ROOT / "instance"))
    instance.mkdir(parents=True, exist_ok=True)
    (instance / "mode").write_text("demo\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Make `.venv` ready; with `--dev` also for tests and checks."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is started by whatever `python3` is
        stop("Python 3.11 or newer is needed: set PYTHON=/path/to/python3")
    if sys.platform == "win32":
        stop("Windows is served through WSL: run this inside a Linux distribution")
    core, dev = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
    create_venv()
    # The development list holds the core list too: either stamp serves `make run`.
    if "--dev" in arguments:
        install(dev)
    elif not stamp(dev).exists():
        install(core)
    compile_catalogues()
    remember_mode()


if __name__ == "__main__":
    main(sys.argv[1:])
