"""The file of a backup: a compressed tar archive, written and read in one go, with bounded memory.

    header.json                  format, schema revision, engine, tables with their columns, when it was made
    tables/<name>/<number>.jsonl  rows of a table, each a JSON array in the order of the columns
    files/<key>                  the bytes of an uploaded file
    footer.json                  how many rows and files there are, and a digest of all that came before

The footer comes last, so that a file that was cut off shows.
"""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

FORMAT = "lms-backup"
VERSION = 1
_PART_BYTES = 4 * 2**20


class BackupError(Exception):
    """Why there is no backup, or why one is not restored, in one line."""


@dataclass(frozen=True)
class Member:
    """A part of the archive that is read now; gone when the next one is."""

    name: str
    size: int
    content: IO[bytes]


class Writer:
    """Writes an archive member by member, and its footer at the end."""

    def __init__(self, target: BinaryIO, header: dict[str, Any]) -> None:
        self._packed = gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6)
        self._tar = tarfile.open(fileobj=self._packed, mode="w|")  # noqa: SIM115 - closed by `finish`
        self._digest = hashlib.sha256()
        self._counts = {"rows": 0, "files": 0}
        self._add_bytes("header.json", json.dumps(header).encode())

    def add_rows(self, table: str, rows: Iterable[list[Any]]) -> int:
        """Add the rows of a table, in parts; how many there were."""
        part, number, count = io.BytesIO(), 1, 0
        for row in rows:
            part.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
            if part.tell() > _PART_BYTES:
                self._add_bytes(f"tables/{table}/{number:06d}.jsonl", part.getvalue())
                part, number = io.BytesIO(), number + 1
        if part.tell():
            self._add_bytes(f"tables/{table}/{number:06d}.jsonl", part.getvalue())
        self._counts["rows"] += count
        return count

    def add_file(self, key: str, content: BinaryIO) -> None:
        """Add an uploaded file."""
        size = content.seek(0, io.SEEK_END)
        content.seek(0)
        self._add(f"files/{key}", size, content)
        self._counts["files"] += 1

    def finish(self) -> dict[str, int]:
        """Write the footer; how many rows and files there are."""
        footer = self._counts | {"sha256": self._digest.hexdigest()}
        self._add_bytes("footer.json", json.dumps(footer).encode())
        self._tar.close()
        self._packed.close()
        return self._counts

    def _add_bytes(self, name: str, content: bytes) -> None:
        self._add(name, len(content), io.BytesIO(content))

    def _add(self, name: str, size: int, content: IO[bytes]) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._digest.update(f"{name}:{size}\n".encode())
        self._tar.addfile(entry, _Digesting(content, self._digest))  # type: ignore[arg-type]
        _forget(self._tar)


def _forget(tar: tarfile.TarFile) -> None:
    """What has gone through need not be remembered: a million files would fill the memory."""
    tar.members = []  # pyright: ignore[reportAttributeAccessIssue]


class _Digesting:
    """A stream that feeds a digest with whatever is read from it."""

    def __init__(self, content: IO[bytes], digest: Any) -> None:
        self._content, self._digest = content, digest

    def read(self, size: int = -1) -> bytes:
        """Read and digest."""
        chunk = self._content.read(size)
        self._digest.update(chunk)
        return chunk


def read(path: Path) -> Iterator[Member]:
    """The members of an archive, one after the other."""
    with gzip.open(path) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        for entry in tar:
            _forget(tar)
            content = tar.extractfile(entry)
            if content is None:
                raise tarfile.TarError(f"{entry.name} is no file")
            yield Member(entry.name, entry.size, content)


@contextmanager
def _faults_told(path: Path) -> Iterator[None]:
    """Say in one line what is wrong with a file, however it shows while it is read."""
    try:
        yield
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}.") from error
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise BackupError(f"{path.name} is not a backup of this platform, or it is damaged.") from error


def header_of(path: Path) -> dict[str, Any]:
    """What an archive says of itself. Raises BackupError for what is no backup, or one of a later format."""
    with _faults_told(path):
        members = read(path)
        first = next(members, None)
        header = _json(first.content.read()) if first is not None and first.name == "header.json" else None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise BackupError(f"{path.name} is not a backup of this platform.")
    if header["version"] > VERSION:
        raise BackupError(f"{path.name} was made by a later version of the platform. Restore it with that one.")
    return header


def check(path: Path) -> dict[str, int]:
    """Read an archive to its end and compare it with its footer; how many rows and files it holds.

    Raises BackupError when anything was changed, added, or cut off.
    """
    with _faults_told(path):
        digest, footer = _read_through(path)
    if footer is None:
        raise BackupError(f"{path.name} is damaged: its end is missing.")
    if footer.get("sha256") != digest:
        raise BackupError(f"{path.name} is damaged: its contents are not what was written.")
    return footer


def _read_through(path: Path) -> tuple[str, dict[str, Any] | None]:
    """The digest of all members, and the footer if it is the last of them."""
    digest, footer = hashlib.sha256(), None
    for member in read(path):
        footer = _json(member.content.read()) if member.name == "footer.json" else None
        if footer is None:
            digest.update(f"{member.name}:{member.size}\n".encode())
            while chunk := member.content.read(2**16):
                digest.update(chunk)
    return digest.hexdigest(), footer


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
