"""A small, strict reader of calendars (RFC 5545), written apart from the one that writes them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

_LINE = re.compile(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):(.*)', re.S)


@dataclass
class Calendar:
    """The properties of a calendar, and those of each event in it."""

    properties: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, str]] = field(default_factory=list)

    def event(self, uid: str) -> dict[str, str]:
        """The one event with this UID."""
        (found,) = [event for event in self.events if event["UID"] == uid]
        return found


def parse(content: bytes) -> Calendar:
    """Read a calendar. Raises AssertionError for whatever a calendar program may refuse."""
    assert content.endswith(b"\r\n"), "every line ends with CR LF"
    physical = content.split(b"\r\n")[:-1]
    for line in physical:
        assert len(line) <= 75, f"a line of {len(line)} octets"
        assert not re.search(rb"[\r\n]", line), "a bare line end"
        line.decode()  # folded between characters, never inside one
    text = re.sub("\r\n[ \t]", "", content.decode())
    calendar, place, open_parts = Calendar(), None, []
    for line in text.split("\r\n")[:-1]:
        found = _LINE.fullmatch(line)
        assert found, f"not a content line: {line!r}"
        name, _parameters, value = found.groups()
        if name == "BEGIN":
            open_parts.append(value)
            if value == "VEVENT":
                place = {}
                calendar.events.append(place)
        elif name == "END":
            assert open_parts.pop() == value, f"{value} ends where it did not begin"
        else:
            into = place if open_parts[-1] == "VEVENT" else calendar.properties
            assert name not in (into or {}), f"{name} stands twice"
            into[name] = _text(value)  # type: ignore[index]
    assert not open_parts
    _check(calendar)
    return calendar


def _text(value: str) -> str:
    assert not re.search(r"\\[^\\;,nN]", value), f"a stray backslash: {value!r}"
    return re.sub(r"\\(.)", lambda mark: {"n": "\n", "N": "\n"}.get(mark[1], mark[1]), value)


def instant(value: str) -> datetime:
    """An instant in UTC."""
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _check(calendar: Calendar) -> None:
    """What RFC 5545 (3.6, 3.6.1) and RFC 5546 (3.2.1, 3.2.5) demand."""
    assert calendar.properties["VERSION"] == "2.0"
    assert calendar.properties["PRODID"]
    method = calendar.properties["METHOD"]
    for event in calendar.events:
        assert {"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "ORGANIZER", "SUMMARY", "STATUS"} <= event.keys()
        assert instant(event["DTSTART"]) < instant(event["DTEND"])
        assert event["STATUS"] in ("TENTATIVE", "CONFIRMED", "CANCELLED")
        assert event["ORGANIZER"].startswith("mailto:")
        assert method in ("PUBLISH", "CANCEL")
        assert method != "CANCEL" or event["STATUS"] == "CANCELLED"
        int(event["SEQUENCE"])
