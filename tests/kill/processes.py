"""The platform as real processes that can be killed at any instant: Gunicorn with two workers, and the relay."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

# The real relay with a shorter lease: a row whose relay was killed is taken over after two seconds, not sixty.
RELAY = (
    "import sys; from datetime import timedelta; from lms.core.outbox import relay; "
    "relay.LEASE = timedelta(seconds=2); sys.argv[1:] = ['outbox', 'run']; from flask.cli import main; main()"
)


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: str, is_so: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> None:
    """Poll until something is so. Raises TimeoutError, naming it, after `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(pause)


@dataclass
class Child:
    """A process group that is started again at once when it was killed."""

    command: list[str]
    env: dict[str, str]
    log: Path
    kills: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL to every process of the group, as a power cut would."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def kill_and_restart(self) -> None:
        self.kill()
        self.start()


def server(port: int, env: dict[str, str], log: Path) -> Child:
    """Gunicorn as in production."""
    options = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4", "--workers", "2"]
    return Child([str(BIN / "gunicorn"), *options, "--no-control-socket", "wsgi:app"], env, log)


def relay(env: dict[str, str], log: Path) -> Child:
    """The relay, on whose orders mail leaves."""
    return Child([sys.executable, "-c", RELAY], {**env, "FLASK_APP": "wsgi:app"}, log)


def flask(env: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of the platform, to its end."""
    return subprocess.run(
        [str(BIN / "flask"), *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
