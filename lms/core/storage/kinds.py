"""The kinds of file that the platform accepts, recognised by their content.

A name only proposes a kind; the content must prove it. HTML and SVG are kinds of none: they can
carry script.
"""

import codecs
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

MAX_IMAGE_PIXELS = 64_000_000
_MAX_ARCHIVE_MEMBERS = 10_000
_MAX_DIRECTORY_BYTES = 4 * 2**20
_MAX_UNPACKED = 256 * 2**20
_CHUNK = 64 * 1024

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<svg", b"<?xml", b"<script", b"<iframe")
# Brands of ISO base media files that browsers play; HEIC pictures and the like share the container.
_MP4_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V "})


@dataclass(frozen=True)
class Kind:
    """A kind of file: how people call it, how it is served, and the test that its content must pass."""

    label: str
    media_type: str
    extensions: tuple[str, ...]
    matches: Callable[[BinaryIO], bool]
    may_show_inline: bool = False


def _head(stream: BinaryIO, size: int) -> bytes:
    stream.seek(0)
    return stream.read(size)


def _is_pdf(stream: BinaryIO) -> bool:
    """Readers also take files with other things before the header: those are something else as well."""
    return _head(stream, 1024).lstrip(b"\xef\xbb\xbf\0 \t\r\n").startswith(b"%PDF-")


def _image(image_format: str) -> Callable[[BinaryIO], bool]:
    def matches(stream: BinaryIO) -> bool:
        from PIL import Image

        stream.seek(0)
        try:
            with Image.open(stream, formats=(image_format,)) as image:
                if image.width * image.height > MAX_IMAGE_PIXELS:
                    return False
                image.verify()
        except Exception:
            return False  # Whatever the decoder stumbles over is not a picture to pass on.
        return True

    return matches


def archive_members(stream: BinaryIO) -> list[zipfile.ZipInfo]:
    """What a zip archive holds; empty if it is none, or if its directory is beyond our bounds.

    The directory's size is checked before it is parsed, so that a small file cannot fill the memory.
    """
    if not _head(stream, 4).startswith(b"PK\x03\x04") or not _has_small_directory(stream):
        return []
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        return []


def _has_small_directory(stream: BinaryIO) -> bool:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 22 - 65_535))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return False  # No directory, or a 64-bit one: nothing of that size is accepted anyway.
    members, directory_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
    return members <= _MAX_ARCHIVE_MEMBERS and directory_bytes <= _MAX_DIRECTORY_BYTES


def _office(main_part: str) -> Callable[[BinaryIO], bool]:
    """Office Open XML is a zip with this part (ECMA-376); one with macros, or that unpacks to no end, is refused."""

    def matches(stream: BinaryIO) -> bool:
        members = archive_members(stream)
        names = {member.filename for member in members}
        has_macros = any(name.endswith("vbaProject.bin") for name in names)
        is_bomb = sum(member.file_size for member in members) > _MAX_UNPACKED
        return {"[Content_Types].xml", main_part} <= names and not has_macros and not is_bomb

    return matches


def _is_odt(stream: BinaryIO) -> bool:
    """OpenDocument 1.3, part 2, 3.3: the first member is `mimetype`, stored uncompressed."""
    expected = b"mimetypeapplication/vnd.oasis.opendocument.text"
    head = _head(stream, 30 + len(expected) + 2)
    return head[30:].startswith(expected) and head[30 + len(expected) :] == b"PK" and bool(archive_members(stream))


def _is_zip(stream: BinaryIO) -> bool:
    return bool(archive_members(stream))


def _is_text(stream: BinaryIO) -> bool:
    if _head(stream, 2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _decodes(stream, "utf-16")
    return _decodes(stream, "utf-8") or _decodes(stream, "gb18030")


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(_CHUNK):
            if _CONTROLS.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_mp3(stream: BinaryIO) -> bool:
    """An ID3v2 tag, or an MPEG audio frame header of layer III (ISO/IEC 11172-3, 2.4.1.3)."""
    head = _head(stream, 3)
    return head == b"ID3" or (len(head) == 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 != 0xF)


def _is_mp4(stream: BinaryIO) -> bool:
    head = _head(stream, 12)
    return head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: dict[str, Kind] = {
    "pdf": Kind("PDF", "application/pdf", ("pdf",), _is_pdf, may_show_inline=True),
    "png": Kind("PNG", "image/png", ("png",), _image("PNG"), may_show_inline=True),
    "jpeg": Kind("JPEG", "image/jpeg", ("jpg", "jpeg"), _image("JPEG"), may_show_inline=True),
    "webp": Kind("WebP", "image/webp", ("webp",), _image("WEBP"), may_show_inline=True),
    "docx": Kind("DOCX", f"{_OFFICE}wordprocessingml.document", ("docx",), _office("word/document.xml")),
    "xlsx": Kind("XLSX", f"{_OFFICE}spreadsheetml.sheet", ("xlsx",), _office("xl/workbook.xml")),
    "pptx": Kind("PPTX", f"{_OFFICE}presentationml.presentation", ("pptx",), _office("ppt/presentation.xml")),
    "odt": Kind("ODT", "application/vnd.oasis.opendocument.text", ("odt",), _is_odt),
    "csv": Kind("CSV", "text/csv", ("csv",), _is_text),
    "txt": Kind("TXT", "text/plain", ("txt",), _is_text),
    "md": Kind("Markdown", "text/markdown", ("md",), _is_text),
    "mp3": Kind("MP3", "audio/mpeg", ("mp3",), _is_mp3),
    "mp4": Kind("MP4", "video/mp4", ("mp4",), _is_mp4),
    "zip": Kind("ZIP", "application/zip", ("zip",), _is_zip),
}
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS.values()}


def proposed_by(extension: str, allowed: frozenset[str]) -> Kind | None:
    """The allowed kind that a name with this extension (lower case, no dot) claims to be."""
    return next((KINDS[name] for name in allowed if extension in KINDS[name].extensions), None)


def is_proven(kind: Kind, stream: BinaryIO) -> bool:
    """Whether the content is what `kind` says and does not open as markup."""
    start = _head(stream, 1024).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return not start.startswith(_MARKUP) and kind.matches(stream)


def labels(allowed: frozenset[str]) -> str:
    """The allowed kinds as people know them, in our order: `PDF, PNG, JPEG`."""
    return ", ".join(kind.label for name, kind in KINDS.items() if name in allowed)


def accept_attribute(allowed: frozenset[str]) -> str:
    """The value of `accept` for a file field: `.pdf,.png,.jpg,.jpeg`."""
    return ",".join(f".{ext}" for name, kind in KINDS.items() if name in allowed for ext in kind.extensions)
