"""Taking files in, and letting go of them.

The order that keeps transactions short: `stage` (reads the body, no transaction), then in the
write transaction `attach`; if that fails, `discard`. Bytes whose row is gone or never came are
deleted by `sweep_orphans`, so no rolled-back transaction can lose a file.
"""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import PurePosixPath
from typing import BinaryIO

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from lms.core import errors
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.storage import backend
from lms.core.storage.kinds import Kind, is_proven, labels, proposed_by
from lms.core.storage.models import FileOpening, StoredFile

_CHUNK = 64 * 1024
_NAME_LENGTH = 200
# What a name cannot show: controls, and marks that turn the writing direction to disguise an extension.
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class StagedFile:
    """A checked file whose bytes are stored but which no row knows yet. `size` is in bytes."""

    key: str
    filename: str
    media_type: str
    size: int
    sha256: str


class _Metered:
    """A stream as chunks, counted, digested, and cut off at the bound."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self.size = 0
        self.digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._stream.read(_CHUNK):
            self.size += len(chunk)
            if self.size > self._limit:
                message = _l("This file is larger than %(limit)s. Choose a smaller one.", limit=_size(self._limit))
                raise errors.TooLarge(message)
            self.digest.update(chunk)
            yield chunk


def stage(stream: BinaryIO, filename: str, *, kinds: frozenset[str], max_bytes: int | None = None) -> StagedFile:
    """Store an upload of one of the allowed `kinds` (keys of `kinds.KINDS`), before any write transaction.

    Nothing is left behind on refusal. Raises TooLarge beyond `max_bytes` (or the platform's own
    bound), Invalid if the file is empty, of another kind, or not what its name says.
    """
    name = display_name(filename)
    kind = _proposed(name, kinds)
    limit = min(max_bytes or backend.max_bytes(), backend.max_bytes())
    store, key = backend.current(), new_ref(26)
    content = _Metered(stream, limit)
    store.write(key, content)
    try:
        if not content.size:
            raise errors.Invalid(_l("This file is empty. Choose another one."))
        _prove(kind, store, key)
    except BaseException:
        store.delete(key)
        raise
    return StagedFile(key, name, kind.media_type, content.size, content.digest.hexdigest())


def keep_made(content: BinaryIO, filename: str, *, media_type: str) -> StagedFile:
    """Store what the platform itself has made: there is no name to prove and no bound to keep."""
    key, metered = new_ref(26), _Metered(content, sys.maxsize)
    backend.current().write(key, metered)
    return StagedFile(key, display_name(filename), media_type, metered.size, metered.digest.hexdigest())


def _proposed(name: str, allowed: frozenset[str]) -> Kind:
    kind = proposed_by(PurePosixPath(name).suffix.lower().lstrip("."), allowed)
    if kind is None:
        message = _l("Files of this type are not accepted. Choose one of: %(kinds)s.", kinds=labels(allowed))
        raise errors.Invalid(message)
    return kind


def _prove(kind: Kind, store: backend.Backend, key: str) -> None:
    with store.open(key) as stored:
        if not is_proven(kind, stored):
            message = _l(
                "This file is named as %(kind)s but holds something else. Save it again as %(kind)s.",
                kind=kind.label,
            )
            raise errors.Invalid(message)


def _size(count: int) -> str:
    return f"{count // 2**20} MB" if count >= 2**20 else f"{count // 2**10} KB"


def display_name(filename: str) -> str:
    """The name to show for an upload: any script; no folder, control or direction mark; at most 200 long."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    base = " ".join(_INVISIBLE.sub("", base).split()).lstrip(".")
    path = PurePosixPath(base or "file")
    return path.stem[: _NAME_LENGTH - len(path.suffix)] + path.suffix[:_NAME_LENGTH]


def attach(staged: StagedFile, *, owner_id: int | None, purpose: str, is_personal: bool, now: datetime) -> StoredFile:
    """Make a staged file known, in the caller's transaction. `purpose` names what it is for (`noun.noun`)."""
    file = StoredFile(
        ref=new_ref(),
        key=staged.key,
        filename=staged.filename,
        media_type=staged.media_type,
        size=staged.size,
        sha256=staged.sha256,
        purpose=purpose,
        owner_id=owner_id,
        is_personal=is_personal,
        created_at=now,
    )
    db.session.add(file)
    db.session.flush()
    return file


def discard(staged: StagedFile) -> None:
    """Delete a staged file that will not be attached after all."""
    backend.current().delete(staged.key)


def open_content(file: StoredFile) -> BinaryIO:
    """The bytes of a file, for the platform's own use; people get them through `serving.send`."""
    return backend.current().open(file.key)


def remove(file: StoredFile) -> None:
    """Delete a file's row; its bytes follow with the next sweep, because this transaction may yet fail."""
    db.session.delete(file)
    db.session.flush()


def record_opening(session: Session, file: StoredFile, actor: Actor) -> None:
    """Keep for the owner who opened a personal file. `session` is a short transaction of its own."""
    # The request's transaction is over and has forgotten the row: only its key may be asked for here.
    identity = inspect(file).identity
    file_id = identity[0] if identity else file.id
    if not session.scalar(select(StoredFile.is_personal).where(StoredFile.id == file_id)):
        return
    session.add(
        FileOpening(
            file_id=file_id,
            opener_id=actor.person_id,
            institution_id=actor.institution_id,
            country=actor.country,
            at=actor.now,
        )
    )
    session.flush()


def sweep_orphans(older_than: timedelta) -> int:
    """Delete stored bytes without a row that were written longer ago than `older_than`; return how many.

    The age is real time, as the store counts it: a moved clock must not eat what was staged just now.
    """
    store = backend.current()
    keys = store.keys_before(datetime.now(UTC) - older_than)
    swept = 0
    while batch := list(islice(keys, 500)):
        known = set(db.session.scalars(select(StoredFile.key).where(StoredFile.key.in_(batch))))
        for key in batch:
            if key not in known:
                store.delete(key)
                swept += 1
    return swept
