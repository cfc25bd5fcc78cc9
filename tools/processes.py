"""Child processes that never outlive their parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1


def ends_with_parent(signum: signal.Signals) -> Callable[[], None] | None:
    """Return a `preexec_fn` by which Linux sends `signum` to the child when its parent ends, even by SIGKILL.

    None elsewhere: there a child survives only if the parent was killed with SIGKILL.
    """
    if sys.platform != "linux":
        return None
    # Loaded before the fork: between fork and exec nothing may import.
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != parent:  # it ended before the line above
            os.kill(os.getpid(), signum)

    return prepare


def stop(process: subprocess.Popen[Any], *, grace: float, signum: signal.Signals = signal.SIGTERM) -> None:
    """Ask a process group to end, wait `grace` seconds, then end it by SIGKILL.

    The process must have been started with `start_new_session=True`.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signum)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
