"""Pure facts and questions of mentoring: vocabularies, hours of the week, and reasons in words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lms.allocation.mentors import SLOTS, Criterion, weekly_slots
from lms.core.i18n import Text, lazy_listed
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_ngettext as _n

# A scheme that the public may know of; from "published" on it stays readable.
PUBLIC_SCHEMES = ("published", "running", "finished")
# Proposals and mentorships that take up a place of their mentor.
LIVE = ("active", "paused", "closing")

METHODS: dict[str, Text] = {
    "biostatistics": _l("Biostatistics"),
    "bioinformatics": _l("Bioinformatics and genomics"),
    "cohort": _l("Cohort and case-control studies"),
    "trials": _l("Clinical trials"),
    "surveillance": _l("Surveillance and outbreak investigation"),
    "modelling": _l("Modelling of infectious diseases"),
    "laboratory": _l("Laboratory diagnostics"),
    "entomology": _l("Entomology and vector control"),
    "gis": _l("Geographic information systems"),
    "qualitative": _l("Qualitative research"),
    "economics": _l("Health economics"),
    "policy": _l("Health policy and systems research"),
    "reviews": _l("Systematic reviews"),
    "writing": _l("Scientific writing and publishing"),
}
LANGUAGES: dict[str, Text] = {
    "en": _l("English"),
    "zh": _l("Chinese"),
    "id": _l("Indonesian"),
    "ms": _l("Malay"),
    "th": _l("Thai"),
    "vi": _l("Vietnamese"),
    "km": _l("Khmer"),
    "lo": _l("Lao"),
    "my": _l("Burmese"),
    "fil": _l("Filipino"),
    "pt": _l("Portuguese"),
    "tet": _l("Tetum"),
}
WEEKDAYS: tuple[Text, ...] = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
# Blocks of two hours in which people may meet, by the hour in which they begin.
BLOCKS = (6, 8, 10, 12, 14, 16, 18, 20)
HOURS = tuple(f"{day}-{hour}" for day in range(7) for hour in BLOCKS)

CRITERIA: dict[str, Text] = {
    Criterion.FIELDS: _l("Fields"),
    Criterion.METHODS: _l("Methods"),
    Criterion.LANGUAGES: _l("Languages"),
    Criterion.HOURS: _l("Hours in common"),
    Criterion.SENIORITY: _l("Seniority"),
    Criterion.MENTEE_WISH: _l("Wishes of the mentee"),
    Criterion.MENTOR_WISH: _l("Wishes of the mentor"),
}
OBJECTIVES: dict[str, Text] = {
    "best-total": _l("As many pairs as possible, with the best scores together"),
    "fair": _l("As many pairs as possible, and the poorest of them as good as possible"),
    "stable": _l("Wishes of both sides first, so that no two would rather have each other"),
}
SIDES: dict[str, Text] = {"mentor": _l("Mentor"), "mentee": _l("Mentee")}


def is_open(scheme: Any, now: datetime) -> bool:
    """Whether one can join now."""
    return bool(scheme.state == "published" and scheme.opens_at <= now < scheme.closes_at)


def hours_of(minutes: int) -> str:
    """`1.5` for ninety minutes, as figures are written in every language of the platform."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


# --- hours -------------------------------------------------------------------------------------------------


def slots_of(hours: Iterable[str], zone: str, week: date) -> frozenset[int]:
    """Local blocks of two hours as half hours of the week in UTC, in the week of that day."""
    halves = []
    for block in hours:
        day, _, hour = block.partition("-")
        halves += [(int(day), 2 * int(hour) + part) for part in range(4)]
    return weekly_slots(halves, zone, week)


def common_hours(one: Any, other: Any, week: date) -> list[int]:
    """The half hours of the week in UTC in which both participants can meet."""
    return sorted(slots_of(one.hours, one.zone, week) & slots_of(other.hours, other.zone, week))


def spans(slots: Collection[int]) -> list[tuple[int, int]]:
    """Half hours of the week put together: where each span begins, and how many half hours it has."""
    found: list[tuple[int, int]] = []
    for slot in sorted(slots):
        if found and found[-1][0] + found[-1][1] == slot:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((slot, 1))
    if len(found) > 1 and found[0][0] == 0 and sum(found[-1]) == SLOTS:  # over the end of the week
        found[0] = (found[-1][0], found.pop()[1] + found[0][1])
    return sorted(found)


def in_words(slots: Collection[int], zone: str, week: date, *, limit: int = 3) -> Text:
    """Common hours as a clock in `zone` shows them: `Monday 19:00–21:00, Thursday 18:00–20:00`."""
    monday = datetime.combine(week - timedelta(days=week.weekday()), datetime.min.time(), ZoneInfo("UTC"))
    texts = []
    for start, length in spans(slots):
        begin = (monday + timedelta(minutes=30 * start)).astimezone(ZoneInfo(zone))
        end = (monday + timedelta(minutes=30 * (start + length))).astimezone(ZoneInfo(zone))
        texts.append((begin.weekday(), begin, end))
    texts.sort(key=lambda span: (span[0], span[1].time()))
    return lazy_listed(
        _l("%(day)s %(start)s–%(end)s", day=WEEKDAYS[day], start=f"{begin:%H:%M}", end=f"{end:%H:%M}")
        for day, begin, end in texts[:limit]
    )


def next_common(slots: Collection[int], after: datetime, *, count: int = 3) -> list[datetime]:
    """The next beginnings of common spans of an hour at least, as instants from a day after `after` on."""
    monday = datetime.combine(after.date() - timedelta(days=after.weekday()), datetime.min.time(), ZoneInfo("UTC"))
    starts = [start for start, length in spans(slots) if length >= 2]
    found = [monday + timedelta(weeks=week, minutes=30 * start) for week in range(4) for start in starts]
    return sorted(at for at in found if at >= after + timedelta(days=1))[:count]


# --- reasons -----------------------------------------------------------------------------------------------


def reasons(
    parts: Iterable[Mapping[str, Any]],
    *,
    reader: str,
    fields: Mapping[str, Text],
    hours: Text,
    zone_name: Text = "",
) -> list[Text]:
    """Why a pair is proposed, in words for one of its sides (`mentor` or `mentee`; empty for who looks on).

    `fields` names sub centres by their code; `hours` are the common hours on the clock of the reader.
    """
    found: list[Text] = []
    for part in parts:
        if part["points"]:
            found += _sentence(part, reader, fields, hours, zone_name)
    return found


def _sentence(
    part: Mapping[str, Any], reader: str, fields: Mapping[str, Text], hours: Text, zone_name: Text
) -> Sequence[Text]:
    shared, met = part["shared"], part["met"]
    match part["criterion"]:
        case Criterion.FIELDS:
            return [_l("Fields in common: %(names)s.", names=_named(shared, fields))]
        case Criterion.METHODS:
            return [_l("Methods in common: %(names)s.", names=_named(shared, METHODS))]
        case Criterion.LANGUAGES:
            return [_l("Languages in common: %(names)s.", names=_named(shared, LANGUAGES))]
        case Criterion.HOURS if zone_name:
            return [_l("Hours in common each week: %(hours)s (%(zone)s).", hours=hours, zone=zone_name)]
        case Criterion.HOURS:
            return [_l("Hours in common each week: %(hours)s.", hours=hours)]
        case Criterion.SENIORITY:
            return [
                _n(
                    "The mentor has at least %(num)d more year of experience.",
                    "The mentor has at least %(num)d more years of experience.",
                    met,
                )
            ]
        case Criterion.MENTEE_WISH:
            return [_l("You asked for this mentor.") if reader == "mentee" else _l("The mentee asked for this mentor.")]
        case Criterion.MENTOR_WISH:
            return [_l("You asked for this mentee.") if reader == "mentor" else _l("The mentor asked for this mentee.")]
    return []


def _named(codes: Iterable[str], names: Mapping[str, Text]) -> Text:
    return lazy_listed(names.get(code, code) for code in codes)
