"""Where the bytes live: one small port, and the local folder behind it."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

# An interrupted write leaves `<key>.part`, which the sweep then sees as an orphan like any other.
_PART = ".part"
_KEY = re.compile(r"[0-9a-z]{12,64}(\.part)?")


class Backend(Protocol):
    """What the platform asks of a store of bytes. Keys are made by us: lower-case letters and digits."""

    def write(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store all chunks under `key`, or nothing at all if they cannot be read to the end."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The bytes under `key`, seekable. Raises FileNotFoundError."""
        ...

    def delete(self, key: str) -> None:
        """Delete what is under `key`; nothing there is no error."""
        ...

    def exists(self, key: str) -> bool:
        """Whether something is stored under `key`."""
        ...

    def keys_before(self, instant: datetime) -> Iterator[str]:
        """Every key last written before `instant`."""
        ...

    def is_ready(self) -> bool:
        """Whether the store can be written to now."""
        ...


class LocalFolder:
    """A folder of this machine. A file appears under its key whole and safely on disk, or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):  # Keys never come from outside; this keeps it so.
            raise ValueError("This is not a storage key.")
        return self._root / key[:2] / key

    def write(self, key: str, chunks: Iterable[bytes]) -> None:
        """See `Backend.write`."""
        target, part = self._path(key), self._path(key + _PART)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            with part.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.rename(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)

    def open(self, key: str) -> BinaryIO:
        """See `Backend.open`."""
        return self._path(key).open("rb")

    def delete(self, key: str) -> None:
        """See `Backend.delete`."""
        self._path(key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """See `Backend.exists`."""
        return self._path(key).is_file()

    def keys_before(self, instant: datetime) -> Iterator[str]:
        """See `Backend.keys_before`."""
        for path in self._root.glob("??/*"):
            try:
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:  # Renamed or deleted since it was listed.
                continue
            if written < instant and _KEY.fullmatch(path.name):
                yield path.name

    def is_ready(self) -> bool:
        """See `Backend.is_ready`."""
        return os.access(self._root, os.W_OK | os.X_OK)


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True)
class _Settings:
    backend: Backend
    max_bytes: int


_settings: _Settings | None = None


def configure(url: str, max_bytes: int) -> None:
    """Called once at start-up: the folder (a path or a `file:` URL) and the bound of any upload in bytes.

    Raises ValueError for a kind of store that does not exist here.
    """
    global _settings  # noqa: PLW0603 - one store per process, set by create_app alone
    parts = urlsplit(url)
    if parts.scheme not in ("", "file") or parts.netloc or not parts.path:
        raise ValueError("STORAGE_URL must be a folder: a path or file:///path.")
    _settings = _Settings(LocalFolder(Path(unquote(parts.path) if parts.scheme else url)), max_bytes)


def _configured() -> _Settings:
    if _settings is None:
        raise RuntimeError("storage.configure was not called.")
    return _settings


def current() -> Backend:
    """The store of this process."""
    return _configured().backend


def max_bytes() -> int:
    """The bound of any upload, in bytes."""
    return _configured().max_bytes


def is_ready() -> bool:
    """Whether the store can be written to now (for the readiness page)."""
    return current().is_ready()
