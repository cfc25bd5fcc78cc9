"""Message catalogues: `python -m tools.translations check | update | compile`.

`update` brings the catalogues up to date with code and templates, `check` fails unless every message is
translated with its placeholders intact, `compile` writes what the platform reads at run time. Languages in
preparation may lack messages and are not offered to anybody; a message marked `# draft` was made by machine
and no speaker has confirmed it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "lms" / "translations"
LOCALES = ("zh_Hans_CN",)  # English is the language of the sources
IN_PREPARATION = ("fil", "id", "km", "lo", "ms", "my", "pt", "tet", "th", "vi")
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
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS, comment_tags=(TRANSLATOR_NOTE,))
    for filename, _line, message, comments, context in found:
        catalog.add(message, None, [(filename, None)], auto_comments=comments, context=context)  # pyright: ignore[reportArgumentType]
    return catalog


def path_of(locale: str) -> Path:
    """Where the catalogue of a locale lives."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> Catalog:
    """Return the catalogue of a locale, empty when there is none yet."""
    path = path_of(locale)
    if not path.exists():
        return Catalog(locale=locale, project="lms", charset="utf-8", fuzzy=False, header_comment="#")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def texts(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return singular and plural forms alike as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def is_translated(translation: Message | None) -> bool:
    """Whether there is something in every form."""
    return translation is not None and bool(translation.string) and all(texts(translation.string))


def fault_of(message: Message, translation: Message | None) -> str | None:
    """Say what is wrong with a translation, or None."""
    if translation is None:
        return "missing in the catalogue"
    if translation.fuzzy:
        return "marked fuzzy"
    if not (translation.string and is_translated(translation)):
        return "not translated"
    # The last form is the plural one: it names everything the others may leave out ("one page").
    wanted = sorted(PLACEHOLDER.findall(texts(message.id)[-1]))
    if any(sorted(PLACEHOLDER.findall(text)) != wanted for text in texts(translation.string)):
        return f"placeholders differ, wanted {' '.join(wanted) or 'none'}"
    return None


def faults(locale: str, wanted: Catalog, *, complete: bool = True) -> Iterator[str]:
    """Yield one line for every message that a reader of this locale would not see right.

    A language in preparation need not be `complete`: only what is translated must be right.
    """
    catalog = read(locale)
    for message in wanted:
        if not message.id or not (complete or is_translated(catalog.get(texts(message.id)[0], message.context))):
            continue
        if fault := fault_of(message, catalog.get(texts(message.id)[0], message.context)):
            places = ", ".join(sorted({filename for filename, _ in message.locations})[:2])
            yield f"{locale}: {texts(message.id)[0]!r} ({places}): {fault}"


def check() -> int:
    """Print every fault; return 1 when there is one."""
    wanted = extract()
    found = [fault for locale in LOCALES for fault in faults(locale, wanted)]
    found += [fault for locale in IN_PREPARATION for fault in faults(locale, wanted, complete=False)]
    if found:
        print("\n".join(found))
        print(
            f"{len(found)} faults: `make translations` adds what is missing, then translate it",
            file=sys.stderr,
        )
        return 1
    print(f"{len(wanted)} messages, complete in {', '.join(LOCALES)}; in preparation: {', '.join(IN_PREPARATION)}")
    return 0


def update() -> int:
    """Add new messages to the catalogues and drop unused ones; translations stay as they are."""
    wanted = extract()
    for locale in (*LOCALES, *IN_PREPARATION):
        catalog = read(locale)
        catalog.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        path = path_of(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            # Sorted and without line numbers: two people's additions merge, moved code changes nothing.
            write_po(file, catalog, width=110, sort_output=True, include_lineno=False)
    return 0


def compile_all() -> int:
    """Write the binary catalogues beside their sources."""
    for locale in LOCALES:
        if path_of(locale).exists():
            with path_of(locale).with_suffix(".mo").open("wb") as file:
                write_mo(file, read(locale))
    return 0


def main(arguments: list[str]) -> int:
    """Run one of the commands."""
    commands = {"check": check, "update": update, "compile": compile_all}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.exit(f"Usage: python -m tools.translations {' | '.join(commands)}")
    return commands[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
