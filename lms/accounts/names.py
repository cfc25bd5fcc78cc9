"""How documents print a name. Nothing is ever split, re-cased or put together from the passport's lines."""

from typing import TYPE_CHECKING

from lms.core.i18n import language

if TYPE_CHECKING:
    from lms.accounts.models import Person


def certificate_name(person: "Person", code: str) -> str:
    """The name on a certificate in a language: in Chinese the Chinese name, if there is one."""
    return (person.name_zh if code == "zh" else "") or person.name


def own_script_name(person: "Person") -> str:
    """The name in the person's own script, printed under the Latin one; empty when it is the same."""
    return "" if person.name_local == person.name else person.name_local


def passport_name(person: "Person") -> str:
    """Both lines of the passport as an invitation letter prints them; with a single name only that one."""
    lines = [line for line in (person.passport_family, person.passport_given) if line]
    return ", ".join(lines) or person.name


def formal_name(person: "Person", code: str) -> str:
    """The name with title and honorific in a language, for the address and the greeting of a letter.

    Titles must be loaded. In Chinese what stands after the name follows it without a space: 李明教授.
    """
    name = certificate_name(person, code)
    title = next((entry for entry in person.titles if entry.language == language(code).code), None)
    if title is None:
        return name
    gap = "" if name and "\u4e00" <= name[-1] <= "\u9fff" else " "
    before = f"{title.before}{gap}" if title.before else ""
    return f"{before}{name}{gap}{title.after}" if title.after else f"{before}{name}"
