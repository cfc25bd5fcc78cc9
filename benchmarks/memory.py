"""Memory of the running platform, as `make run` starts it: proportional set size (PSS), so shared pages count once."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from benchmarks.cpu import children_of

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90
VISITS = 30


def pss_bytes(pid: int) -> int:
    """The proportional set size of one process in bytes; 0 when it has ended."""
    try:
        lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for child in children_of(pid):
        found += _tree(child)
    return found


def _command(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the platform did not start") from None
            time.sleep(0.1)


def measure(env: dict[str, str], visits: list[tuple[str, str]]) -> dict[str, float]:
    """Start the platform, visit pages as (path, cookie), and return megabytes: `worker` (the largest), `platform`."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.run"],
        cwd=ROOT,
        env={**env, "PORT": str(port), "BASE_URL": address},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(address, process)
        for _ in range(VISITS):
            for path, cookie in visits:
                request = urllib.request.Request(address + path, headers={"Cookie": f"lms={cookie}"})
                with urllib.request.urlopen(request, timeout=30) as response:
                    response.read()
        sizes = {pid: pss_bytes(pid) for pid in _tree(process.pid)}
        workers = [size for pid, size in sizes.items() if "gunicorn" in _command(pid)]
        return {"worker": max(workers) / 2**20, "platform": sum(sizes.values()) / 2**20}
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
