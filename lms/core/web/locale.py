"""Language and time zone of a request: chosen, else of the account, else of the browser."""

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_skeleton, format_timedelta, get_timezone_name
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale

from lms.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, language, written_day

babel = Babel()
# CLDR files these zones under their former names, where Babel does not look.
_METAZONES = {"Asia/Ho_Chi_Minh": "Indochina", "Asia/Yangon": "Myanmar"}
_CODES = [entry.code for entry in LANGUAGES]
# What browsers may call the same languages: former codes of ISO 639, and Tagalog, of which Filipino is the standard.
_ALSO_CALLED = {"in": "id", "tl": "fil"}


def request_language() -> str:
    """The language code of this request: chosen on the page, of the account, of the browser, else English."""
    chosen = session.get("language")
    if chosen in _CODES:
        return chosen
    for tag, _quality in request.accept_languages:
        primary = tag.replace("_", "-").partition("-")[0].lower()
        if (code := _ALSO_CALLED.get(primary, primary)) in _CODES:
            return code
    return DEFAULT_LANGUAGE.code


def request_zone() -> str:
    """The time zone for a visitor without an account: chosen, else the Center's."""
    zone = session.get("zone")
    return zone if isinstance(zone, str) and zone in known_zones() else "Asia/Shanghai"


@cache
def known_zones() -> frozenset[str]:
    """The names of all time zones; finding them reads hundreds of files, so it happens once."""
    return frozenset(available_timezones())


def _select_locale() -> str:
    if not has_request_context():
        return DEFAULT_LANGUAGE.locale
    actor = g.get("actor")
    if actor is not None and actor.is_signed_in and session.get("language") not in _CODES:
        return language(actor.language).locale
    return language(request_language()).locale


def init_locale(app: Flask) -> None:
    """Let Babel ask us for the language of each request, and count years as the reader chose."""
    babel.init_app(app, locale_selector=_select_locale)

    @app.before_request
    def choose_calendar() -> None:
        g.calendar = session.get("calendar")

    del choose_calendar


def show_instant(value: datetime, zone: str) -> str:
    """Date, time and the zone's name, as deadlines need them: `3 Mar 2027, 17:00 (Indochina Time)`."""
    local = value.astimezone(ZoneInfo(zone))
    locale = get_locale()
    day = written_day(local.date(), "medium")
    name = _zone_name(zone, str(locale), bool(local.dst()))
    if locale is not None and locale.language == "zh":
        return f"{day} {local:%H:%M}（{name}）"
    return f"{day}, {local:%H:%M} ({name})"


def show_time_left(until: datetime, now: datetime) -> str:
    """How long there is until an instant, in hours, days or, from two months on, months: `in 11 days`."""
    left, locale = until - now, get_locale()
    if timedelta(days=2) <= left < timedelta(days=60):
        return format_timedelta(left, granularity="day", threshold=60, add_direction=True, locale=locale)
    return format_timedelta(left, threshold=1.5, add_direction=True, locale=locale)


def zone_name(zone: str, now: datetime) -> str:
    """The zone's name in the reader's language, such as `Indochina Time`."""
    return _zone_name(zone, str(get_locale()), bool(now.astimezone(ZoneInfo(zone)).dst()))


@lru_cache(maxsize=512)
def _zone_name(zone: str, locale_code: str, is_summer: bool) -> str:
    locale = Locale.parse(locale_code)
    if zone in _METAZONES:
        return locale.meta_zones[_METAZONES[zone]]["long"]["standard"]
    variant = "daylight" if is_summer else "standard"
    return get_timezone_name(ZoneInfo(zone), locale=locale, width="long", zone_variant=variant)


def show_short_day(value: date) -> str:
    """A day without its year, for the axis of a plot: `3 Mar`."""
    return format_skeleton("MMMd", datetime.combine(value, time()), locale=get_locale())


def show_date(value: date, zone: str) -> str:
    """A calendar date, or that of an instant in a zone."""
    day = value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
    return written_day(day)
