"""Burmese that was typed in Zawgyi, an encoding that shows the wrong letters everywhere else.

Zawgyi uses the code points of Unicode for other shapes, so only how likely a text is tells which it is. The detector
is Google's myanmar-tools, the conversion that of CLDR (both through their libraries).
"""

import re
import warnings
from functools import cache
from typing import Any

_BURMESE = re.compile(r"[\u1000-\u109f]")
# What the detector's makers take for certain: https://github.com/google/myanmar-tools
_CERTAIN = 0.95


@cache
def _detector() -> Any:
    from myanmartools import ZawgyiDetector

    with warnings.catch_warnings():  # it reads its model by a call that Python 3.11 and 3.12 advise against
        warnings.simplefilter("ignore", DeprecationWarning)
        return ZawgyiDetector()


@cache
def _converter() -> Any:
    import icu

    return icu.Transliterator.createInstance("Zawgyi-my")  # pyright: ignore[reportAttributeAccessIssue]


def in_unicode(text: str) -> str | None:
    """What a text says when it was typed in Zawgyi, or None when it was not, or nothing would change."""
    if not _BURMESE.search(text) or _detector().get_zawgyi_probability(text) < _CERTAIN:
        return None
    converted: str = _converter().transliterate(text)
    return converted if converted != text else None
