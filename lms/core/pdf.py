"""Printed documents: a typst template from `pdf_templates/`, filled with data, as PDF.

Data reaches a template as JSON and is placed there as plain strings, so nothing that a person typed is read
as markup. Every file is tagged and conforms to PDF/A-2a (archiving) and PDF/UA-1 (accessibility); the same
input gives the same bytes. Only the fonts in `lms/fonts` are used: what they cannot print is refused, never
printed as a box.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired, TypedDict

from lms.core.errors import Invalid
from lms.core.i18n import Text, in_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf_fonts import FONT_FOLDER, missing_characters

if TYPE_CHECKING:
    import typst

__all__ = [
    "Bilingual",
    "CertificateData",
    "Field",
    "Holder",
    "LetterData",
    "Signatory",
    "UnprintableText",
    "bilingual",
    "check_printable",
    "missing_characters",
    "qr_svg",
    "render",
    "render_png",
]

_TEMPLATES = Path(__file__).resolve().with_name("pdf_templates")


class Bilingual(TypedDict):
    """One text in English and in Simplified Chinese; both are printed."""

    en: str
    zh: str


class Field(TypedDict):
    """A labelled value, such as hours or dates."""

    label: Bilingual
    value: str | Bilingual


class Holder(TypedDict):
    """Whom the certificate is for: the name in its own script.

    `other_forms` are the Latin and Chinese forms where they differ; empty for whom one Latin name is all.
    """

    name: str
    other_forms: Sequence[str]


class Signatory(TypedDict):
    """Who answers for the document, and in which office."""

    name: str
    office: Bilingual


class _Checked(TypedDict):
    """What lets a reader check the paper. `qr_svg` is `qr_svg(verify_url)`; `demo` prints the watermark."""

    code: str
    verify_url: str
    verify_label: Bilingual
    qr_svg: str
    demo: bool


class CertificateData(_Checked):
    """Data of `certificate`: one page, A4 landscape. Long texts are set smaller until the page holds them.

    Read top-down: issuer, kind ("Certificate of completion"), opening ("This is to certify that"), holder,
    statement ("has completed the short course"), subject (the title of the course; up to 300 characters in
    each language fit), facts (hours, dates), signatories (1 to 3).
    """

    issuer: Bilingual
    kind: Bilingual
    opening: Bilingual
    holder: Holder
    statement: Bilingual
    subject: Bilingual
    facts: Sequence[Field]
    signatories: Sequence[Signatory]


class LetterData(_Checked):
    """Data of `letter`: A4 portrait, as many pages as needed, the code on each.

    `choices` are boxes to tick, `blanks` are lines to fill in by hand, `seal` labels the sealing area:
    leave them out where nothing is to be filled in. `signatories` are printed under a letter that we sign.
    """

    issuer: Bilingual
    heading: Bilingual
    fields: Sequence[Field]
    paragraphs: Sequence[Bilingual]
    choices: NotRequired[Sequence[Bilingual]]
    blanks: NotRequired[Sequence[Bilingual]]
    seal: NotRequired[Bilingual]
    signatories: NotRequired[Sequence[Signatory]]


class UnprintableText(Invalid):
    """The text holds characters that none of our fonts has (422); `characters` names each once."""

    def __init__(self, characters: Sequence[str], field: str | None = None) -> None:
        named = ", ".join(map(_described, characters))
        message = _l("These characters cannot be printed: %(characters)s. Please replace them.", characters=named)
        super().__init__(message, field)
        self.characters = list(characters)


def _described(character: str) -> str:
    """The character and its number; the number alone for one that would disturb the message."""
    number = f"U+{ord(character):04X}"
    return f"{character} ({number})" if character.isprintable() else number


def bilingual(text: Text) -> Bilingual:
    """The same message in both printed languages."""
    with in_language("en"):
        english = str(text)
    with in_language("zh"):
        return {"en": english, "zh": str(text)}


def check_printable(texts: object) -> None:
    """Raise `UnprintableText` when any string in `texts`, however deep, holds what none of our fonts can print."""
    if missing := missing_characters("".join(_strings(texts))):
        raise UnprintableText(missing)


def qr_svg(text: str) -> str:
    """A QR code of the text as an SVG image, without quiet zone: the template leaves the white around it."""
    import segno

    image = io.BytesIO()
    segno.make(text, error="m", micro=False).save(image, kind="svg", border=0, xmldecl=False)
    return image.getvalue().decode()


def render(template: str, data: Mapping[str, object], *, title: str, language: str, issued_at: datetime) -> bytes:
    """The document as PDF.

    `template` is the name of a file in `pdf_templates` without its ending; `data` what that template reads
    (`CertificateData`, `LetterData`). `title` and `language` (a BCP 47 tag) go into the file's properties;
    `issued_at` is its date, so that the same document rendered again is the same file.
    Raises `UnprintableText` before rendering, and `ValueError` when `issued_at` has no time zone.
    """
    import typst

    if issued_at.tzinfo is None:
        raise ValueError("issued_at needs a time zone")
    pdf = typst.compile(
        _source(template),
        root=_TEMPLATES,
        font_paths=_fonts(),
        sys_inputs=_inputs(data, title, language),
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(issued_at.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


def render_png(
    template: str, data: Mapping[str, object], *, title: str, language: str, pixels_per_inch: int = 96
) -> list[bytes]:
    """The same document as pictures, one PNG per page. Raises `UnprintableText`."""
    import typst

    pages = typst.compile(
        _source(template),
        root=_TEMPLATES,
        font_paths=_fonts(),
        sys_inputs=_inputs(data, title, language),
        format="png",
        ppi=pixels_per_inch,
    )
    return [pages] if isinstance(pages, bytes) else list(pages)


def _source(template: str) -> Path:
    return _TEMPLATES / f"{template}.typ"


@cache
def _fonts() -> "typst.Fonts":
    """Our fonts only, so that a document looks the same on every machine."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT_FOLDER])


def _inputs(data: Mapping[str, object], title: str, language: str) -> dict[str, str]:
    check_printable([title, data])
    return {"data": json.dumps(data), "title": title, "lang": language.partition("-")[0]}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from _strings(part)
