"""Message catalogues: `python -m tools.translations check | update | compile`.

`update` brings the catalogues up to date with code and templates, `check` fails unless every message of an offered
language is translated with its placeholders and plural forms intact, `compile` writes what the platform reads at run
time. Languages that `lms/core/i18n.py` does not offer yet may lack messages; a message marked `# draft` was made by
machine and no speaker has confirmed it.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from lms.core.i18n import ALL_LANGUAGES, LEGAL, LEGAL_DRAFT, Language

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "lms" / "translations"
FOLDERS = {"pt_TL": "pt"}  # where a catalogue serves every country that speaks the language
LANGUAGES = ALL_LANGUAGES[1:]  # English is the language of the sources
# How many forms a noun takes beside numbers: https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
ONE_FORM = frozenset({"zh", "id", "ms", "vi", "th", "lo", "km", "my"})
DRAFT = "draft"
# Texts with legal or career effect have a context of their own, in which drafts do not stand for the text.
LEGAL_KEYWORDS: dict[str, Any] = {"_legal": None, "lazy_legal": None, "legal_text": None}
# Domain code imports the lazy forms as _l and _ln.
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "_ln": (1, 2),
    "lazy_ngettext": (1, 2),
    "_n": (1, 2),
}
TRANSLATOR_NOTE = "Translators:"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdif]|\{\w*\}")


def extract() -> Catalog:
    """Return every message of the code and the templates, without translations."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)
    catalog = Catalog(project="lms", charset="utf-8", fuzzy=False)
    for keywords, legal in ((KEYWORDS, None), (LEGAL_KEYWORDS, LEGAL)):
        found = extract_from_dir(ROOT, methods, options, keywords=keywords, comment_tags=(TRANSLATOR_NOTE,))
        for filename, _line, message, comments, context in found:
            catalog.add(message, None, [(filename, None)], auto_comments=comments, context=legal or context)  # pyright: ignore[reportArgumentType]
    return catalog


def path_of(locale: str) -> Path:
    """Where the catalogue of a locale lives."""
    return FOLDER / FOLDERS.get(locale, locale) / "LC_MESSAGES" / "messages.po"


def plural_forms(language: Language) -> str:
    """The header that tells gettext how many forms there are and which number takes which."""
    return "nplurals=1; plural=0;" if language.code in ONE_FORM else "nplurals=2; plural=(n != 1);"


def read(language: Language) -> Catalog:
    """Return the catalogue of a language, empty when there is none yet."""
    path = path_of(language.locale)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language.locale)
    else:
        catalog = Catalog(locale=language.locale, project="lms", charset="utf-8", fuzzy=False, header_comment="#")
    catalog.mime_headers = [("Plural-Forms", plural_forms(language))]
    return catalog


def texts(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return singular and plural forms alike as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def is_translated(translation: Message | None) -> bool:
    """Whether there is something in every form."""
    return translation is not None and bool(translation.string) and all(texts(translation.string))


def fault_of(message: Message, translation: Message | None, forms: int) -> str | None:
    """Say what is wrong with a translation into a language of so many plural forms, or None."""
    if translation is None:
        return "missing in the catalogue"
    if translation.fuzzy:
        return "marked fuzzy"
    if not (translation.string and is_translated(translation)):
        return "not translated"
    if message.pluralizable and len(texts(translation.string)) != forms:
        return f"{len(texts(translation.string))} plural forms, wanted {forms}"
    # The last form is the plural one: it names everything the others may leave out ("one page").
    wanted = sorted(PLACEHOLDER.findall(texts(message.id)[-1]))
    if any(sorted(PLACEHOLDER.findall(text)) != wanted for text in texts(translation.string)):
        return f"placeholders differ, wanted {' '.join(wanted) or 'none'}"
    return None


@dataclass(frozen=True)
class Report:
    """How far the catalogue of one language is, as shares of all messages, and what is wrong in it."""

    language: Language
    present: float
    confirmed: float
    faults: list[str]

    def __str__(self) -> str:
        offered = "offered" if self.language.is_offered else "in preparation"
        # Rounded down: 100 % is what is complete.
        present, confirmed = (int(share * 1000) / 10 for share in (self.present, self.confirmed))
        return f"{self.language.code:4} {present:6.1f} % present {confirmed:6.1f} % confirmed  {offered}"


def report_on(language: Language, wanted: Catalog) -> Report:
    """Look at every message. A language in preparation may lack some: only what is translated must be right."""
    catalog = read(language)
    faults: list[str] = []
    messages = [message for message in wanted if message.id]
    present = confirmed = 0
    for message in messages:
        translation = catalog.get(texts(message.id)[0], message.context)
        if translation is not None and is_translated(translation):
            present += 1
            confirmed += DRAFT not in translation.user_comments
        elif not language.is_offered:
            continue
        if fault := fault_of(message, translation, catalog.num_plurals):
            places = ", ".join(sorted({filename for filename, _ in message.locations})[:2])
            faults.append(f"{language.code}: {texts(message.id)[0]!r} ({places}): {fault}")
    if language.is_offered and not language.is_draft and confirmed < present:
        faults.append(
            f"{language.code}: {present - confirmed} drafts, so its pages must say so (is_draft in lms/core/i18n.py)"
        )
    return Report(language, present / len(messages), confirmed / len(messages), faults)


def check() -> int:
    """Print how far every language is, and every fault; return 1 when there is one."""
    wanted = extract()
    reports = [report_on(language, wanted) for language in LANGUAGES]
    found = [fault for report in reports for fault in report.faults]
    print("\n".join([*found, f"{sum(1 for message in wanted if message.id)} messages", *map(str, reports)]))
    if found:
        print(
            f"{len(found)} faults: `make translations` adds what is missing, then translate it",
            file=sys.stderr,
        )
    return int(bool(found))


def _fit(message: Message, forms: int) -> None:
    """Give a message as many forms as the language has: a language of one form keeps the one for many."""
    if message.pluralizable and len(texts(message.string or "")) != forms:
        given = [text for text in texts(message.string or "") if text]
        message.string = (given[-1] if given else "",) if forms == 1 else ("",) * forms


def _keep_legal(catalog: Catalog, wanted: Catalog) -> None:
    """Take over the translation of a message that is now said to have legal effect."""
    for message in wanted:
        old = catalog.get(message.id) if message.context == LEGAL else None
        if old is not None and is_translated(old) and catalog.get(message.id, LEGAL) is None:
            catalog.add(message.id, old.string, user_comments=old.user_comments, context=LEGAL)


def update() -> int:
    """Add new messages to the catalogues and drop unused ones; translations stay as they are."""
    wanted = extract()
    for language in LANGUAGES:
        catalog = read(language)
        for message in catalog:
            _fit(message, catalog.num_plurals)
        _keep_legal(catalog, wanted)
        catalog.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        path = path_of(language.locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            # Sorted and without line numbers: two people's additions merge, moved code changes nothing.
            write_po(file, catalog, width=110, sort_output=True, include_lineno=False)
    return 0


def _as_read(catalog: Catalog) -> Catalog:
    """The catalogue with unconfirmed texts of legal effect set apart, so that they do not stand for the text."""
    for message in [one for one in catalog if one.context == LEGAL and DRAFT in one.user_comments]:
        catalog.delete(message.id, LEGAL)
        catalog.add(message.id, message.string, context=LEGAL_DRAFT)
    return catalog


def compile_all() -> int:
    """Write the binary catalogues beside their sources."""
    for language in LANGUAGES:
        if path_of(language.locale).exists():
            with path_of(language.locale).with_suffix(".mo").open("wb") as file:
                write_mo(file, _as_read(read(language)))
    return 0


def main(arguments: list[str]) -> int:
    """Run one of the commands."""
    commands = {"check": check, "update": update, "compile": compile_all}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.exit(f"Usage: python -m tools.translations {' | '.join(commands)}")
    return commands[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
