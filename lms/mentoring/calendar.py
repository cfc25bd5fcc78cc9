"""Meetings as calendars read them (RFC 5545), published one by one or as a feed (RFC 5546). Pure.

A calendar knows a meeting by its UID and takes a change when SEQUENCE has grown; a meeting that was cancelled is
sent once more with STATUS:CANCELLED, so that it goes from the calendar too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_PRODUCT = "-//ASEAN-China Public Health Science and Technology Cooperation Center//Mentoring//EN"
_OCTETS = 75  # the longest line that RFC 5545 allows, without its end
_STATUS = {
    "proposed": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "held": "CONFIRMED",
    "missed": "CANCELLED",
    "cancelled": "CANCELLED",
}


@dataclass(frozen=True)
class Entry:
    """A meeting in a calendar: `state` as the meeting's own, `url` its page, `organizer` an e-mail address."""

    uid: str
    sequence: int
    state: str
    starts_at: datetime
    minutes: int
    changed_at: datetime
    summary: str
    description: str
    location: str
    url: str
    organizer: str
    organizer_name: str


def calendar(entries: Iterable[Entry], *, name: str, method: str = "PUBLISH") -> str:
    """The text of a calendar; `method` is PUBLISH, or CANCEL for one meeting that was cancelled."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", f"METHOD:{method}", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_escaped(name)}", f"NAME:{_escaped(name)}"]
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(entry.uid)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTAMP:{_instant(entry.changed_at)}"
    yield f"DTSTART:{_instant(entry.starts_at)}"
    yield f"DTEND:{_instant(entry.starts_at + timedelta(minutes=entry.minutes))}"
    yield f"STATUS:{_STATUS[entry.state]}"
    yield f"SUMMARY:{_escaped(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{_escaped(entry.description)}"
    if entry.location:
        yield f"LOCATION:{_escaped(entry.location)}"
    yield f"URL:{entry.url}"
    yield f'ORGANIZER;CN="{_quoted(entry.organizer_name)}":mailto:{entry.organizer}'
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _quoted(text: str) -> str:
    """For a parameter in quotation marks, which may hold none and no control character (RFC 5545, section 3.1)."""
    return "".join(ch for ch in text if ch != '"' and ord(ch) >= 32)


def _folded(line: str) -> Iterator[str]:
    """A long line in parts of at most 75 octets, never inside a character; each further one begins with a space."""
    part, size = "", 0
    for ch in line:
        octets = len(ch.encode())
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + ch, size + octets
    yield part
