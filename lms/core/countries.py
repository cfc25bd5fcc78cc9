"""States and regions by their ISO 3166-1 codes, as people of the region expect to read them."""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

from lms.core.i18n import language

# Codes that Babel lists among the territories but that are no state or region with passports of its own.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
# Where Babel's everyday names differ from those of the United Nations, of ASEAN and of China.
_CALLED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "BN": "Brunei Darussalam",
        "HK": "Hong Kong SAR, China",
        "LA": "Lao People's Democratic Republic",
        "MM": "Myanmar",
        "MO": "Macao SAR, China",
        "TW": "Taiwan, China",
        "VN": "Viet Nam",
    },
    "zh": {"TW": "中国台湾"},
}


@cache
def country_names(language_code: str) -> Mapping[str, str]:
    """Every country's name in a language of the interface, by its code of two letters."""
    territories = Locale.parse(language(language_code).locale).territories
    named = {
        code: name for code, name in territories.items() if re.fullmatch(r"[A-Z]{2}", code) and code not in _NO_COUNTRY
    }
    return {**named, **_CALLED.get(language_code, {})}


def country_name(code: str | None, language_code: str) -> str:
    """A country's name in a language; the code itself when nobody knows it, nothing for none."""
    return country_names(language_code).get(code, code) if code else ""
