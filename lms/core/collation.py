"""Names in the order in which readers look for them: by pinyin, by Thai consonants, with Vietnamese tones.

For the short lists that a page sorts by itself; long lists keep the order of their query. The orders are those of CLDR.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from lms.core.i18n import current_language

Thing = TypeVar("Thing")


@cache
def _collator(locale: str) -> Any:
    import icu

    return icu.Collator.createInstance(icu.Locale(locale))  # pyright: ignore[reportAttributeAccessIssue]


def sort_key(text: str) -> bytes:
    """What to sort by so that texts stand in the order of the reader's language."""
    return _collator(current_language().locale).getSortKey(text)


def in_order(things: Iterable[Thing], name: Callable[[Thing], Any] = str) -> list[Thing]:
    """Things in the order of their names, which are taken as text; equal names keep their order."""
    return sorted(things, key=lambda thing: sort_key(str(name(thing))))
