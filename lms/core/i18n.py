"""Languages, and text that is rendered at the edge in the reader's language.

Domain code writes `_l("Submit")` and hands the result around; it becomes text when a
template, a mail or a PDF turns it into `str` under the language of its reader.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations
from typing import Any, Literal, TypeAlias, cast

from babel import Locale
from babel.dates import format_date
from flask import g, has_app_context
from flask_babel import LazyString, force_locale, get_locale, get_translations
from markupsafe import escape

# Text for people: a plain or a lazy string. A lazy one behaves as a `str` wherever text is
# shown, so it is typed as one, and libraries that ask for `str` labels take it.
Text: TypeAlias = str


def catalogue() -> NullTranslations:
    """The messages of the language that text is rendered in now.

    Kept for the request: a page asks a hundred times, and Flask-Babel seeks it anew for each text.
    """
    if not has_app_context():
        return NullTranslations()
    kept: NullTranslations | None = g.get("catalogue")
    if kept is None:
        kept = g.catalogue = get_translations()
    return kept


def gettext(string: str, **values: Any) -> str:
    """The translation of `string` now. `values` fill its `%(name)s` places."""
    text = catalogue().gettext(string)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """The same where the wording depends on a number, which is also the value `num`."""
    return catalogue().ngettext(singular, plural, num) % {"num": num, **values}


class _LazyText(LazyString):
    """Text, and so escaped where HTML shows it: Flask-Babel's own claims to be HTML, whatever was typed into it."""

    def __html__(self) -> str:
        return escape(str(self))


def lazy(make: Callable[..., str], *arguments: Any) -> Text:
    """What `make` returns, made when it is shown."""
    return cast("Text", _LazyText(make, *arguments))


def lazy_gettext(string: str, **values: Any) -> Text:
    """The translation of `string`, made when it is shown. `values` fill its `%(name)s` places."""
    return cast("Text", _LazyText(gettext, string, **values))


def lazy_ngettext(singular: str, plural: str, num: int, **values: Any) -> Text:
    """The same where the wording depends on a number, which is also the value `num`."""
    return cast("Text", _LazyText(ngettext, singular, plural, num, **values))


# The context, in gettext's sense, of texts with legal or career effect; and of those that no speaker has confirmed yet,
# which `python -m tools.translations compile` sets apart.
LEGAL, LEGAL_DRAFT = "legal", "legal draft"


def legal_text(string: str) -> str:
    """Mark a text with legal effect for translation; itself."""
    return string


def legal_draft(string: str, **values: Any) -> str:
    """The translation of a text with legal effect that nobody has confirmed, to be read beneath; empty for none."""
    draft = catalogue().pgettext(LEGAL_DRAFT, string)
    return "" if draft == string else draft % values if values else draft


def legal_in(code: str, string: str) -> str:
    """The confirmed translation of a text with legal effect into a language; empty for none."""
    with in_language(code):
        confirmed = catalogue().pgettext(LEGAL, string)
    return "" if confirmed == string else confirmed


def _legal_gettext(string: str, **values: Any) -> str:
    confirmed = catalogue().pgettext(LEGAL, string)
    if confirmed == string and current_language() is not DEFAULT_LANGUAGE:
        with in_language(DEFAULT_LANGUAGE.code):
            return string % values if values else string
    return confirmed % values if values else confirmed


class _LegalText(_LazyText):
    """Text that binds somebody: in the reader's language where a speaker confirmed it, else in English."""

    @property
    def draft(self) -> str:
        """The unconfirmed translation, which helps to understand but is not what is agreed."""
        return legal_draft(*self._args, **self._kwargs)


def lazy_legal(string: str, **values: Any) -> Text:
    """A text with legal or career effect, made when it is shown; `components/legal.html` shows its draft beneath."""
    return cast("Text", _LegalText(_legal_gettext, string, **values))


def listed(texts: Iterable[Any]) -> str:
    """Several short texts in a row, with the comma of the reader's language between them."""
    # Translators: between the items of a list
    return gettext(", ").join(map(str, texts))


def _own_text(thing: Any, field: str) -> str:
    """The text that a thing has in the reader's language: in a column of its own, or among its translations."""
    code = current_language().code
    further: dict[str, dict[str, str]] = getattr(thing, "translations", None) or {}
    return getattr(thing, f"{field}_{code}", "") or further.get(code, {}).get(field, "")


def in_reader_language(thing: Any, field: str) -> str:
    """A field in the reader's language, else in English: `title` reads `title_zh` or `title_en`."""
    return _own_text(thing, field) or getattr(thing, f"{field}_en")


def language_shown(thing: Any, field: str) -> "Language":
    """The language that `in_reader_language` answers in."""
    return current_language() if _own_text(thing, field) else DEFAULT_LANGUAGE


def lazy_names(things: Iterable[Any], field: str) -> Text:
    """The names or titles of several things, made when they are shown, each in the language of the reader."""
    kept = list(things)
    return cast("Text", _LazyText(lambda: listed(in_reader_language(thing, field) for thing in kept)))


def lazy_listed(texts: Iterable[Any]) -> Text:
    """Several short texts in a row, put together when they are shown: each may be lazy itself."""
    kept = list(texts)
    return cast("Text", _LazyText(lambda: listed(kept)))


# The Buddhist era of Thailand, Laos and Cambodia is ahead of the Gregorian year by this much (ISO 8601 years before
# it began apart, which no day here is in).
_BUDDHIST_ERA = 543


def written_day(day: date, width: Literal["medium", "long"] = "long") -> str:
    """A day as the reader's language writes it, its year in the Buddhist era for readers who chose that."""
    locale = get_locale() or Locale.parse(DEFAULT_LANGUAGE.locale)
    if not has_app_context() or g.get("calendar") != "buddhist":
        return format_date(day, width, locale=locale)
    # Translators: a year of the Buddhist era, as in "1 March 2570 BE"
    year = gettext("%(year)s BE", year=day.year + _BUDDHIST_ERA).replace("'", "''")
    pattern = locale.date_formats[width].pattern
    return format_date(day, re.sub(r"(?:G+ ?)?y+", lambda _: f"'{year}'", pattern), locale=locale)


def lazy_day(day: date) -> Text:
    """A day, written out in the language of its reader when it is shown."""
    return cast("Text", _LazyText(written_day, day))


__all__ = [
    "ALL_LANGUAGES",
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "Language",
    "Text",
    "current_language",
    "gettext",
    "in_language",
    "in_reader_language",
    "language",
    "language_shown",
    "lazy",
    "lazy_day",
    "lazy_gettext",
    "lazy_legal",
    "lazy_listed",
    "lazy_names",
    "lazy_ngettext",
    "legal_draft",
    "legal_in",
    "legal_text",
    "listed",
    "ngettext",
    "written_day",
]


@dataclass(frozen=True)
class Language:
    """A language of the interface: our short code, Babel's locale, the HTML tag and its own name.

    `is_draft`: its texts were made by machine and no speaker has confirmed them, which its pages say. One that is not
    `is_offered` is in preparation: nobody can choose it.
    """

    code: str
    locale: str
    html: str
    name: str
    is_draft: bool = False
    is_offered: bool = True


ALL_LANGUAGES = (
    Language("en", "en_GB", "en", "English"),
    Language("zh", "zh_Hans_CN", "zh-Hans", "简体中文"),
    Language("id", "id", "id", "Bahasa Indonesia", is_draft=True, is_offered=False),
    Language("ms", "ms", "ms", "Bahasa Melayu", is_draft=True, is_offered=False),
    Language("fil", "fil", "fil", "Filipino", is_draft=True, is_offered=False),
    Language("pt", "pt_TL", "pt", "Português", is_draft=True, is_offered=False),
    # CLDR knows no Tetum: days and numbers are written as in the Portuguese of Timor-Leste.
    Language("tet", "pt_TL@tetum", "tet", "Tetun", is_draft=True, is_offered=False),
    Language("vi", "vi", "vi", "Tiếng Việt", is_draft=True, is_offered=False),
    Language("th", "th", "th", "ไทย", is_draft=True, is_offered=False),
    Language("lo", "lo", "lo", "ລາວ", is_draft=True, is_offered=False),
    Language("km", "km", "km", "ខ្មែរ", is_draft=True, is_offered=False),
    Language("my", "my", "my", "မြန်မာ", is_draft=True, is_offered=False),
)
LANGUAGES = tuple(entry for entry in ALL_LANGUAGES if entry.is_offered)
DEFAULT_LANGUAGE = ALL_LANGUAGES[0]
_BY_CODE = {entry.code: entry for entry in ALL_LANGUAGES}
_BY_LOCALE = {entry.locale: entry for entry in ALL_LANGUAGES}


def language(code: str | None) -> Language:
    """The language with this code, else English."""
    return _BY_CODE.get(code or "", DEFAULT_LANGUAGE)


def current_language() -> Language:
    """The language that text is being rendered in now."""
    return _BY_LOCALE.get(str(get_locale()), DEFAULT_LANGUAGE)


@contextmanager
def in_language(code: str | None) -> Iterator[None]:
    """Render lazy text in the language of its receiver inside this block."""
    outer = g.pop("catalogue", None)
    try:
        with force_locale(language(code).locale):
            yield
    finally:
        g.pop("catalogue", None)
        if outer is not None:
            g.catalogue = outer
