"""Time zones as people choose them, by names in their language."""

from collections import Counter
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location

from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web.fields import choices
from lms.core.web.locale import known_zones

_REGION = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Brunei", "Asia/Phnom_Penh", "Asia/Jakarta", "Asia/Makassar",
    "Asia/Jayapura", "Asia/Vientiane", "Asia/Kuala_Lumpur", "Asia/Yangon", "Asia/Manila", "Asia/Singapore",
    "Asia/Bangkok", "Asia/Dili", "Asia/Ho_Chi_Minh",
)  # fmt: skip
# Babel knows these cities by names of old.
_NAMED_AS = {"Asia/Ho_Chi_Minh": "Asia/Saigon", "Asia/Yangon": "Asia/Rangoon"}
_AREAS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"})


def zone_choices() -> list[Any]:
    """Time zones for a select: those of the region with their distance from UTC, then the others."""
    locale = current_language().locale
    return [
        *choices([(zone, _near(zone, locale)) for zone in _REGION], str(_l("China and ASEAN"))),
        *choices(_elsewhere(locale), str(_l("Elsewhere"))),
    ]


@cache
def _near(zone: str, locale: str) -> str:
    """`Yangon (UTC+06:30)` in a language: no state of the region changes its clocks."""
    city = Locale.parse(locale).time_zones.get(_NAMED_AS.get(zone, zone), {}).get("city")
    city = city or zone.partition("/")[2].replace("_", " ")
    offset = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).strftime("%z")
    return f"{city} (UTC{offset[:3]}:{offset[3:]})"


@cache
def _elsewhere(locale: str) -> list[tuple[str, str]]:
    """The other zones by the places that CLDR names them after; two of one name show their codes as well."""
    zones = [zone for zone in known_zones() if zone.partition("/")[0] in _AREAS and zone not in _REGION]
    places = {zone: get_timezone_location(zone, locale=locale) for zone in zones}
    times = Counter(places.values())
    labels = {zone: f"{place} ({zone})" if times[place] > 1 else place for zone, place in places.items()}
    return sorted(labels.items(), key=lambda pair: (pair[1], pair[0]))
