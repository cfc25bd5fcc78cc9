"""Processor time: our own, and that of the PostgreSQL server's processes. Never the wall clock, which drifts."""

import os
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def process_seconds(pid: int) -> float:
    """Processor seconds that a process with one thread has used; 0 when it has ended."""
    folder = Path("/proc") / str(pid)
    try:
        return int((folder / "schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        pass
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def children_of(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(folder.name))
    return found


class Meter:
    """Sums this process and, on PostgreSQL, all processes of the server."""

    def __init__(self, backend_pid: int | None) -> None:
        self.servers: list[int] = []
        if backend_pid is not None:
            stat = (Path("/proc") / str(backend_pid) / "stat").read_text()
            self.servers = children_of(int(stat.rpartition(")")[2].split()[1]))

    def seconds(self) -> float:
        """Processor seconds so far."""
        return time.process_time() + sum(process_seconds(pid) for pid in self.servers)
