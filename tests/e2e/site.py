"""The running platform: a database of its own, server and relay as separate processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import postgres_url
from tools.processes import ends_with_parent, stop

ROOT = Path(__file__).resolve().parents[2]
SECRETARIAT = "secretariat@center.example"
PASSWORD = "demo-pass-2026"
_START_SECONDS = 90


@dataclass
class Site:
    """The running platform. `is_seeded`: with the demo world; else with nothing but institutions and a secretary."""

    url: str
    env: dict[str, str]
    is_seeded: bool

    def flask(self, *arguments: str, stdin: str = "") -> str:
        """Run a command of the platform and return what it printed."""
        return self.run(str(Path(sys.executable).parent / "flask"), *arguments, stdin=stdin)

    def run(self, *command: str, stdin: str = "") -> str:
        """Run a command beside the platform, with its settings."""
        done = subprocess.run(command, cwd=ROOT, env=self.env, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended at once"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)  # polling with a deadline
    pytest.fail("the server did not become ready")


def _environment(folder: Path, port: int, database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"BASE_URL", "MAIL_URL"}}
    if database == "postgresql":
        address = postgres_url(f"site_{port}").replace("postgresql+psycopg:", "postgresql:", 1)
    else:
        address = f"sqlite:///{folder / 'site.sqlite'}"
    return kept | {"LMS_ENV": "demo", "LMS_INSTANCE": str(folder), "PORT": str(port), "DATABASE_URL": address}


def _prepare(site: Site) -> None:
    """Bring the database to where the journeys begin."""
    if os.environ.get("LMS_TEST_SCHEMA") == "create":  # while a model is ahead of its migration
        create = "from wsgi import app; from lms.core.db import db; app.app_context().push(); db.create_all()"
        site.run(sys.executable, "-c", create)
    else:
        site.flask("db", "upgrade")
    if site.is_seeded:
        site.flask("demo", "seed")
        return
    site.flask("institutions", "load")
    who = ("--name", "Fang Ruolan", "--role", "secretariat", "--password-stdin")
    site.flask("accounts", "create", SECRETARIAT, *who, stdin=f"{PASSWORD}\n")


@contextmanager
def running_site(folder: Path, database: str, *, is_seeded: bool) -> Iterator[Site]:
    """Start the platform in `folder`, and stop it again. Nothing may have been logged as an error."""
    port = _free_port()
    site = Site(f"http://127.0.0.1:{port}", _environment(folder, port, database), is_seeded)
    _prepare(site)
    bin_folder = Path(sys.executable).parent
    gunicorn = [str(bin_folder / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    commands = [
        [*gunicorn, "--threads", "4", "--no-control-socket", "--log-level", "warning", "wsgi:app"],
        [str(bin_folder / "flask"), "outbox", "run"],
    ]
    with (folder / "log.txt").open("wb") as log:
        children = [
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=site.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=ends_with_parent(signal.SIGTERM),
            )
            for command in commands
        ]
        try:
            _wait_until_ready(site.url, children[0])
            yield site
        finally:
            for child in children:
                stop(child, grace=5)
    broken = [line for line in (folder / "log.txt").read_text().splitlines() if '"level": "error"' in line]
    assert not broken, "\n".join(broken[:5])
