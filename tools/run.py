"""Start the platform with its demo world: `make run`.

Three children: a short-lived one prepares the database, then Gunicorn serves and the relay delivers until
Ctrl-C or SIGTERM; one that dies is started again. However this process ends, SIGKILL included, they end too.
"""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.processes import ends_with_parent, stop

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HOST = "127.0.0.1"  # one-click sign-in as anybody: never reachable from outside
START_SECONDS = 60
GRACE_SECONDS = 5
SHORT_LIFE_SECONDS = 10


class Stopped(Exception):
    """The end: the text says why, and is empty when somebody asked for it."""


def chosen_port() -> int:
    """Return PORT or 8000, after checking that nobody listens there."""
    value = os.environ.get("PORT") or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        sys.exit(f"PORT must be a number between 1 and 65535, not {value!r}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(value)))
        except PermissionError:
            sys.exit(f"Port {value} needs administrator rights: choose another one, PORT=8080 make run")
        except OSError:
            other = int(value) % 65535 + 1
            sys.exit(f"Port {value} is taken: stop what uses it or choose another one, PORT={other} make run")
    return int(value)


def environment(port: int) -> dict[str, str]:
    """Return the environment of the children: demo mode unless the caller says otherwise."""
    defaults = {"LMS_ENV": "demo", "BASE_URL": f"http://{HOST}:{port}"}
    return {**defaults, **os.environ, "PYTHONUNBUFFERED": "1"}


def start(command: list[str], env: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a child in a group of its own, so that Ctrl-C reaches it only through us."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=ends_with_parent(signal.SIGTERM),  # noqa: PLW1509 - there are no threads
    )


def server_command(port: int) -> list[str]:
    """Gunicorn as in production: threads for waiting, processes for cores."""
    workers = min(2, os.cpu_count() or 1)
    options = ["--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--threads", "4"]
    options += ["--workers", str(workers), "--preload", "--no-control-socket", "--log-level", "warning"]
    options += ["--graceful-timeout", str(GRACE_SECONDS - 1)]
    return [str(BIN / "gunicorn"), *options, "wsgi:app"]


def is_prepared(env: dict[str, str]) -> bool:
    """Whether a SQLite database needs nothing: it is at the newest migration and holds the demo world.

    Asked without loading the application, so that a second start takes seconds.
    """
    default = f"sqlite:///{Path(env.get('LMS_INSTANCE', ROOT / 'instance')) / 'lms.sqlite'}"
    scheme, _, path = env.get("DATABASE_URL", default).partition(":///")
    newest = max(file.name.partition("_")[0] for file in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    if scheme != "sqlite" or not Path(path).is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            at_newest = database.execute("select 1 from alembic_version where version_num = ?", [newest]).fetchone()
            seeded = database.execute("select 1 from audit_entry where action = 'demo.seeded'").fetchone()
    except sqlite3.Error:
        return False
    return bool(at_newest and seeded)


def prepare(env: dict[str, str]) -> None:
    """Migrate and seed; what is wrong was said by the child."""
    if is_prepared(env):
        return
    child = start([sys.executable, "-m", "tools.prepare"], env)
    try:
        code = child.wait()
    finally:
        stop(child, grace=GRACE_SECONDS)
    if code:
        sys.exit(code)


def answers(port: int) -> bool:
    """Whether the server serves its first page."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


class Child:
    """A process that is started again when it dies, unless it dies at once."""

    def __init__(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.name, self.command, self.env = name, command, env
        self.process = start(command, env)
        self.started = time.monotonic()

    def revive(self) -> None:
        """Start the process again if it ended.

        Raises Stopped when it had just been started: another try would end the same way.
        """
        code = self.process.poll()
        if code is None:
            return
        stop(self.process, grace=0)  # what is left of its group
        if time.monotonic() - self.started < SHORT_LIFE_SECONDS:
            raise Stopped(f"The {self.name} ended with code {code}: see above")
        print(f"The {self.name} ended with code {code} and is started again", file=sys.stderr, flush=True)
        self.__init__(self.name, self.command, self.env)


def announce(env: dict[str, str]) -> None:
    """Say where the platform is and how to get in."""
    print(
        f"\n  {env['BASE_URL']}\n\n"
        "  One-click sign-in at /accounts/sign-in, or student@demo.example (also scientist@, instructor@,\n"
        "  host@, home@, reviewer@, secretariat@, admin@ ...) with demo-pass-2026. Every journey scene by\n"
        "  scene at /demo/. Ctrl-C stops.\n",
        flush=True,
    )


def serve(port: int, env: dict[str, str]) -> None:
    """Keep server and relay running until Stopped is raised."""
    parent = os.getppid()
    announced, deadline = False, time.monotonic() + START_SECONDS
    children: list[Child] = []
    try:
        children.append(Child("server", server_command(port), env))
        children.append(Child("relay", [str(BIN / "flask"), "outbox", "run"], env))
        while True:
            for child in children:
                child.revive()
            if not announced and answers(port):
                announce(env)
                announced = True
            if not announced and time.monotonic() > deadline:
                raise Stopped(f"The server did not answer within {START_SECONDS} seconds: see above")
            if "MAKELEVEL" in os.environ and os.getppid() != parent:
                raise Stopped("make is gone")
            time.sleep(0.5 if announced else 0.1)
    finally:
        for child in children:
            child.process.terminate()  # all at once, so that they end side by side
        for child in children:
            stop(child.process, grace=GRACE_SECONDS)


def raise_stopped(*_: object) -> None:
    """Turn a signal into an exception, once: a second Ctrl-C must not interrupt the tidying up."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    """Prepare and serve; Ctrl-C and SIGTERM are the ordinary ways to end."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, raise_stopped)
    port = chosen_port()
    env = environment(port)
    try:
        prepare(env)
        serve(port, env)
    except Stopped as reason:
        print(reason if reason.args else "\nStopped", file=sys.stderr)
        return 1 if reason.args else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
