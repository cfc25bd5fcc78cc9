"""Uploads: what is taken in, what is refused, and how it is handed out."""

import io
import os
import struct
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.core import storage
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Invalid, NotFound, TooLarge
from lms.core.ids import new_ref
from lms.core.storage import backend, kinds, serving
from lms.core.storage.models import FileOpening, StoredFile
from lms.core.storage.services import display_name

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ALL = frozenset(kinds.KINDS)


@pytest.fixture
def people(session: object) -> tuple[int, int]:
    """Two persons, by their ids."""
    first, second = (Person(ref=new_ref(), email=f"{n}@x.example", name=n, created_at=NOW) for n in "ab")
    db.session.add_all([first, second])
    db.session.flush()
    return first.id, second.id


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the test's own; the suite's comes back afterwards."""
    monkeypatch.setattr(backend, "_settings", None)
    storage.configure(str(tmp_path / "files"), 10 * 2**20)
    return tmp_path / "files"


def stored_names(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def picture(image_format: str, size: tuple[int, int] = (8, 8)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "navy").save(buffer, image_format)
    return buffer.getvalue()


def archive(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as opened:
        if first:
            opened.writestr(*first)
        for name in names:
            opened.writestr(name, b"x")
    return buffer.getvalue()


def bomb(*names: str) -> bytes:
    """A small file that unpacks to 300 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in names:
            opened.writestr(name, b"x")
        with opened.open("word/media.bin", "w") as member:
            for _ in range(300):
                member.write(bytes(2**20))
    return buffer.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"
TYPES = "[Content_Types].xml"
ODT = archive("content.xml", first=("mimetype", b"application/vnd.oasis.opendocument.text"))
MP4 = struct.pack(">I", 24) + b"ftypisom" + b"\0" * 12

GOOD = {
    "a.pdf": PDF,
    "mark.pdf": b"\xef\xbb\xbf\r\n" + PDF,
    "b.png": picture("PNG"),
    "c.jpg": picture("JPEG"),
    "c.JPEG": picture("JPEG"),
    "d.webp": picture("WEBP"),
    "e.docx": archive(TYPES, "word/document.xml"),
    "f.xlsx": archive(TYPES, "xl/workbook.xml"),
    "g.pptx": archive(TYPES, "ppt/presentation.xml"),
    "h.odt": ODT,
    "i.csv": "name,mark\n张伟,90\n".encode(),
    "j.txt": "公共卫生".encode("gb18030"),
    "k.txt": "สาธารณสุข".encode("utf-16"),
    "l.md": b"# Title\n",
    "m.mp3": b"ID3\x04\0\0\0\0\0\0",
    "n.mp3": b"\xff\xfb\x90\x00" + b"\0" * 20,
    "o.mp4": MP4,
    "p.zip": archive("imsmanifest.xml"),
}

BAD = {
    "script.pdf": b"<html><script>alert(1)</script>%PDF-1.7",
    "late.pdf": b" " * 2000 + PDF,
    "comment.pdf": b"<!-- --><html><script>alert(1)</script>" + PDF,
    "polyglot.pdf": b"alert(1)//" + PDF,
    "text.pdf": b"only words",
    "gif.png": b"GIF89a" + b"\0" * 40,
    "jpeg.png": picture("JPEG"),
    "cut.png": picture("PNG")[:40],
    "svg.png": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "plainzip.docx": archive("readme.txt"),
    "sheet.docx": archive(TYPES, "xl/workbook.xml"),
    "macro.docx": archive(TYPES, "word/document.xml", "word/vbaProject.bin"),
    "bomb.docx": bomb(TYPES, "word/document.xml"),
    "cut.xlsx": archive(TYPES, "xl/workbook.xml")[:60],
    "notodt.odt": archive("mimetype"),
    "prefix.zip": b"MZ" + archive("a"),
    "nul.txt": b"words\0words",
    "markup.txt": b"\xef\xbb\xbf\n<!DOCTYPE html><script>alert(1)</script>",
    "markup16.txt": "<svg onload=alert(1)>".encode("utf-16"),
    "binary.csv": bytes(range(1, 256)),
    "program.mp3": b"\x7fELF" + b"\1" * 40,
    "heic.mp4": struct.pack(">I", 24) + b"ftypheic" + b"\0" * 12,
}


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_taken(folder: Path, name: str) -> None:
    staged = storage.stage(io.BytesIO(GOOD[name]), name, kinds=ALL)
    assert staged.size == len(GOOD[name])
    assert staged.media_type in kinds.BY_MEDIA_TYPE
    assert stored_names(folder) == [staged.key]
    storage.discard(staged)
    assert stored_names(folder) == []


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_what_its_name_says_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(Invalid):
        storage.stage(io.BytesIO(BAD[name]), name, kinds=ALL)
    assert stored_names(folder) == []


@pytest.mark.parametrize("name", ["x.svg", "x.html", "x.exe", "noextension", "x.pdf.js", ""])
def test_other_kinds_are_refused_by_name_with_the_allowed_ones(folder: Path, name: str) -> None:
    with pytest.raises(Invalid, match="Choose one of: PDF, PNG"):
        storage.stage(io.BytesIO(PDF), name, kinds=frozenset({"pdf", "png"}))


def test_a_kind_that_is_not_allowed_here_is_refused(folder: Path) -> None:
    with pytest.raises(Invalid):
        storage.stage(io.BytesIO(archive("a")), "a.zip", kinds=frozenset({"pdf"}))


def test_too_large_says_the_limit_and_leaves_nothing(folder: Path) -> None:
    with pytest.raises(TooLarge, match="2 MB"):
        storage.stage(io.BytesIO(b"a" * (2**21 + 1)), "a.txt", kinds=ALL, max_bytes=2**21)
    with pytest.raises(TooLarge, match="10 MB"):
        storage.stage(io.BytesIO(b"a" * (10 * 2**20 + 1)), "a.txt", kinds=ALL, max_bytes=2**40)
    assert stored_names(folder) == []


def test_empty_and_broken_uploads_leave_nothing(folder: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionError

    with pytest.raises(Invalid, match="empty"):
        storage.stage(io.BytesIO(b""), "a.txt", kinds=ALL)
    with pytest.raises(ConnectionError):
        storage.stage(Broken(), "a.txt", kinds=ALL)
    assert stored_names(folder) == []


def test_huge_pictures_and_archive_directories_are_refused_unread(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "MAX_IMAGE_PIXELS", 63)
    with pytest.raises(Invalid):
        storage.stage(io.BytesIO(picture("PNG")), "a.png", kinds=ALL)
    monkeypatch.setattr(kinds, "_MAX_ARCHIVE_MEMBERS", 2)
    with pytest.raises(Invalid):
        storage.stage(io.BytesIO(archive("a", "b", "c")), "a.zip", kinds=ALL)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\fakepath\\证书.pdf", "证书.pdf"),
        ("ใบ\u202egnp.exe\r\n  scan.pdf", "ใบgnp.exe scan.pdf"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("ក" * 300 + ".pdf", "ក" * 196 + ".pdf"),
    ],
)
def test_names_are_made_safe_to_show(given: str, shown: str) -> None:
    assert display_name(given) == shown


def test_the_folder_accepts_only_our_keys(folder: Path) -> None:
    store = backend.current()
    for key in ("../../../etc/passwd", "a/b", "", "ABCDEFGHIJKLMN", "a" * 11):
        with pytest.raises(ValueError, match="not a storage key"):
            store.open(key)
    assert not store.exists("a" * 26)
    with pytest.raises(FileNotFoundError):
        store.open("a" * 26)
    assert storage.is_ready()


def test_only_a_folder_can_be_configured(folder: Path, tmp_path: Path) -> None:
    storage.configure((tmp_path / "with space").as_uri(), 1)
    assert (tmp_path / "with space").is_dir()
    with pytest.raises(ValueError, match="folder"):
        storage.configure("s3://bucket/key", 1)


def attached(name: str = "证书.pdf", *, owner_id: int | None = None, is_personal: bool = True) -> StoredFile:
    staged = storage.stage(io.BytesIO(GOOD["a.pdf"] if name.endswith("pdf") else PDF), name, kinds=ALL)
    return storage.attach(staged, owner_id=owner_id, purpose="test.file", is_personal=is_personal, now=NOW)


def test_an_attached_file_is_found_by_its_reference(session: object, folder: Path) -> None:
    file = attached()
    assert len(file.ref) == 12
    assert storage.by_ref(file.ref) is file
    assert (file.filename, file.media_type, file.size) == ("证书.pdf", "application/pdf", len(PDF))
    with storage.open_content(file) as content:
        assert content.read() == PDF
    with pytest.raises(NotFound):
        storage.by_ref("nothing")


def test_openings_are_listed_for_the_owner_newest_first(people: tuple[int, int], folder: Path) -> None:
    me, colleague = people
    mine, public = attached(owner_id=me), attached(owner_id=me, is_personal=False)
    other = attached(owner_id=colleague)
    opener = Actor(now=NOW, kind="person", person_id=colleague, country="LA")
    ministry = Actor(now=NOW + timedelta(hours=1), kind="token")
    for file, actor in ((mine, opener), (public, opener), (other, opener), (mine, ministry)):
        storage.record_opening(db.session(), file, actor)
    db.session.expire_all()
    newest, oldest = storage.openings_of(me).items
    assert (newest.opener_id, newest.at) == (None, NOW + timedelta(hours=1))
    assert (oldest.opener_id, oldest.institution_id, oldest.country) == (colleague, None, "LA")
    assert oldest.file.filename == "证书.pdf"
    first = storage.openings_of(me, size=1)
    assert list(first.items) == [newest]
    assert list(storage.openings_of(me, cursor=first.after or "", size=1).items) == [oldest]
    storage.remove(mine)
    assert db.session.scalars(select(func.count(FileOpening.id))).one() == 1


def test_the_sweep_takes_only_old_bytes_without_a_row(session: object, folder: Path) -> None:
    kept, removed = attached(), attached()
    old = storage.stage(io.BytesIO(PDF), "old.pdf", kinds=ALL)
    fresh = storage.stage(io.BytesIO(PDF), "fresh.pdf", kinds=ALL)
    storage.remove(removed)
    interrupted = folder / "ab" / ("ab" * 13 + ".part")
    interrupted.parent.mkdir(exist_ok=True)
    interrupted.write_bytes(b"half")
    yesterday = time.time() - 86_400
    for path in folder.rglob("*"):
        if path.is_file() and path.name != fresh.key:
            os.utime(path, (yesterday, yesterday))
    assert storage.sweep_orphans(timedelta(hours=12)) == 3
    assert sorted(stored_names(folder)) == sorted([kept.key, fresh.key])
    assert old.key not in stored_names(folder)


def test_a_personal_file_is_downloaded_and_kept_nowhere(app: Flask, session: object, folder: Path) -> None:
    file = attached()
    with app.test_request_context("/"):
        response = serving.send(file)
        headers = response.headers
        assert headers["Content-Type"] == "application/pdf"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'self'"
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Content-Disposition"].startswith("attachment")
        assert "filename*=UTF-8''%E8%AF%81%E4%B9%A6.pdf" in headers["Content-Disposition"]
        assert headers["Content-Length"] == str(len(PDF))
        response.direct_passthrough = False
        assert response.get_data() == PDF
        response.close()


def test_only_harmless_kinds_are_shown_inline(app: Flask, session: object, folder: Path) -> None:
    text = storage.stage(io.BytesIO(b"words"), "a.txt", kinds=ALL)
    document = attached("a.pdf", is_personal=False)
    plain = storage.attach(text, owner_id=None, purpose="test.file", is_personal=False, now=NOW)
    unknown = StoredFile(
        key=plain.key, filename="a.html", media_type="text/html", size=5, sha256="0" * 64, is_personal=False
    )
    with app.test_request_context("/"):
        shown = serving.send(document, inline=True)
        assert shown.headers["Content-Disposition"] == "inline; filename=a.pdf"
        assert shown.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'"
        assert shown.headers["Cache-Control"] == "private, max-age=86400, immutable"
        kept = serving.send(plain, inline=True)
        assert kept.headers["Content-Disposition"] == "attachment; filename=a.txt"
        assert kept.headers["Content-Type"] == "text/plain"
        foreign = serving.send(unknown, inline=True)
        assert foreign.headers["Content-Type"] == "application/octet-stream"
        assert foreign.headers["Content-Disposition"].startswith("attachment")
        for response in (shown, kept, foreign):
            response.close()


def test_parts_can_be_asked_for_and_known_files_are_not_sent_again(app: Flask, session: object, folder: Path) -> None:
    file = attached()
    with app.test_request_context("/", headers={"Range": "bytes=1-3"}):
        part = serving.send(file)
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes 1-3/{len(PDF)}"
        part.direct_passthrough = False
        assert part.get_data() == PDF[1:4]
        part.close()
    with app.test_request_context("/", headers={"If-None-Match": f'"{file.sha256}"'}):
        known = serving.send(file)
        assert known.status_code == 304
        known.close()


def test_a_file_whose_bytes_are_gone_is_not_found(app: Flask, session: object, folder: Path) -> None:
    file = attached()
    backend.current().delete(file.key)
    with app.test_request_context("/"), pytest.raises(NotFound):
        serving.send(file)
