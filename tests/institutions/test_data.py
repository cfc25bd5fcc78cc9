"""The delivered list of institutions: complete, consistent, and nothing in it that does not belong."""

import csv
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

DATA = Path(__file__).parents[2] / "lms" / "institutions" / "data"

STATES = {"CN", "BN", "KH", "ID", "LA", "MY", "MM", "PH", "SG", "TH", "TL", "VN"}
KINDS = {"university", "ministry", "cdc", "hospital", "regulator", "institute", "company"}
BASES = {"ror", "page", "domain", "name"}
SCRIPTS = {
    "zh-Hans": "CJK UNIFIED",
    "km": "KHMER",
    "lo": "LAO",
    "my": "MYANMAR",
    "th": "THAI",
} | dict.fromkeys(("vi", "id", "ms", "fil", "en", "pt", "tet"), "LATIN")

ROR = re.compile(r"https://ror\.org/0[a-hj-km-np-tv-z0-9]{6}\d{2}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
FREE_MAIL = {
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "qq.com",
    "163.com",
    "126.com",
    "foxmail.com",
    "sina.com",
}
# Armed forces and police have no place here, in whatever language they are named.
ARMED = re.compile(
    r"\b(military|army|armed|navy|naval|defen[cs]e|police|air force|tentara|angkatan|polis|quân)\b"
    r"|[军警]|ทหาร|ตำรวจ|យោធា|ທະຫານ|တပ်မတော်",
    re.IGNORECASE,
)
# The address people write from is not below the host of the website.
OTHER_HOST = {
    "universiti-kebangsaan-malaysia",  # website ukm.my, mail ukm.edu.my
    "tan-tock-seng-hospital",  # pages moved to the group's website, mail stayed
}

# Their name in the country's own script could not be confirmed; docs/institutions-data.md says so.
NO_LOCAL_NAME = {"department-of-drugs-and-food-cambodia", "lao-tropical-and-public-health-institute"}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


INSTITUTIONS = rows("institutions")
BY_SLUG = {row["slug"]: row for row in INSTITUTIONS}
each_state = pytest.mark.parametrize("state", sorted(STATES))


def listed(state: str) -> list[dict[str, str]]:
    return [row for row in INSTITUTIONS if row["country"] == state]


def letters(text: str, script: str) -> bool:
    """Whether every letter of the text belongs to the script."""
    return all(script in unicodedata.name(c, "") for c in text if unicodedata.category(c)[0] == "L")


def ror_checksum_holds(url: str) -> bool:
    """ROR identifiers end in two check digits (ISO 7064 over Crockford's base 32)."""
    number = 0
    for c in url[-9:-2]:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(c)
    return int(url[-2:]) == 98 - number * 100 % 97


def is_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(DOMAIN.fullmatch(parts.netloc))


@pytest.mark.parametrize("name", ["countries", "institutions", "departments", "labs", "sub_centres"])
def test_files_are_plain_and_whole(name: str) -> None:
    raw = (DATA / f"{name}.csv").read_bytes()
    text = raw.decode("utf-8")
    assert not text.startswith("\ufeff")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert text == unicodedata.normalize("NFC", text)
    for row in rows(name):
        assert None not in row
        assert None not in row.values(), row
        assert all(value == value.strip() for value in row.values()), row


def test_countries() -> None:
    countries = rows("countries")
    assert {row["code"] for row in countries} == STATES
    assert len(countries) == len(STATES)
    for row in countries:
        assert row["name_en"]
        assert letters(row["name_zh"], SCRIPTS["zh-Hans"])
        assert letters(row["name_local"], SCRIPTS[row["local_lang"]])
        assert row["languages"]
        for zone in row["zones"].split("|"):
            ZoneInfo(zone)


def test_every_state_has_its_own() -> None:
    assert 140 <= len(INSTITUTIONS) <= 180
    count = Counter(row["country"] for row in INSTITUTIONS)
    assert set(count) == STATES
    assert min(count.values()) >= 4, count
    for country in STATES:
        kinds = {row["kind"] for row in INSTITUTIONS if row["country"] == country}
        assert {"university", "ministry"} <= kinds, country


@pytest.mark.parametrize("column", ["slug", "ror_id", "domain"])
def test_nothing_twice(column: str) -> None:
    count = Counter(row[column] for row in INSTITUTIONS if row[column])
    assert [value for value, times in count.items() if times > 1] == []


def test_names_differ_within_a_state() -> None:
    for column in ("name_en", "name_local"):
        count = Counter((row["country"], row[column].casefold()) for row in INSTITUTIONS if row[column])
        assert [value for value, times in count.items() if times > 1] == []


@each_state
def test_identity(state: str) -> None:
    for row in listed(state):
        assert SLUG.fullmatch(row["slug"]), row["slug"]
        assert row["kind"] in KINDS, row["slug"]
        assert row["name_en"], row["slug"]
        assert row["city"], row["slug"]
        assert letters(row["name_en"], "LATIN"), row["slug"]
        assert letters(row["name_local"], SCRIPTS[row["local_lang"]]), row["slug"]
        assert bool(row["name_local"]) is (row["slug"] not in NO_LOCAL_NAME), row["slug"]
        assert letters(row["name_zh"], SCRIPTS["zh-Hans"]), row["slug"]
        if row["country"] == "CN":
            assert row["name_zh"] == row["name_local"], row["slug"]


@each_state
def test_source(state: str) -> None:
    for row in listed(state):
        assert row["basis"] in BASES, row["slug"]
        assert is_page(row["source"]), row["slug"]
        assert is_page(row["website"]), row["slug"]
        assert date.fromisoformat(row["checked_on"]) <= date(2026, 11, 20), row["slug"]
        assert not row["ror_id"] or ROR.fullmatch(row["ror_id"]), row["slug"]
        assert (row["basis"] == "ror") == bool(row["ror_id"]), row["slug"]
        if row["ror_id"]:
            assert ror_checksum_holds(row["ror_id"]), row["slug"]
            assert row["source"] == row["ror_id"], row["slug"]


@each_state
def test_domain(state: str) -> None:
    for row in listed(state):
        domain = row["domain"]
        if not domain:
            continue
        assert DOMAIN.fullmatch(domain), row["slug"]
        assert not domain.startswith("www."), row["slug"]
        assert domain not in FREE_MAIL, row["slug"]
        host = urlsplit(row["website"]).netloc
        below = host == domain or host.endswith(f".{domain}")
        assert below is (row["slug"] not in OTHER_HOST), row["slug"]


@each_state
def test_consortium_needs_a_source(state: str) -> None:
    for row in listed(state):
        assert row["consortium"] in {"confirmed", "not confirmed"}, row["slug"]
        assert (row["consortium"] == "confirmed") == bool(row["consortium_source"]), row["slug"]
        assert not row["consortium_source"] or is_page(row["consortium_source"]), row["slug"]


@each_state
def test_parent_is_listed_in_the_same_state(state: str) -> None:
    for row in listed(state):
        if parent := row["parent_slug"]:
            assert parent != row["slug"], row["slug"]
            assert BY_SLUG[parent]["country"] == row["country"], row["slug"]


@pytest.mark.parametrize("name", ["institutions", "departments", "labs"])
def test_no_armed_body(name: str) -> None:
    found = [
        value for row in rows(name) for key, value in row.items() if key.startswith("name") and ARMED.search(value)
    ]
    assert found == []


def test_departments() -> None:
    departments = rows("departments")
    assert len({row["institution_slug"] for row in departments}) >= 40
    keys = Counter((row["institution_slug"], row["name_en"]) for row in departments)
    assert max(keys.values()) == 1
    for row in departments:
        script = SCRIPTS[BY_SLUG[row["institution_slug"]]["local_lang"]]
        assert row["name_en"]
        assert letters(row["name_local"], script), row


def test_labs() -> None:
    labs = rows("labs")
    assert len(labs) >= 15
    departments = {(row["institution_slug"], row["name_en"]) for row in rows("departments")}
    for row in labs:
        script = SCRIPTS[BY_SLUG[row["institution_slug"]]["local_lang"]]
        assert row["name_en"]
        assert letters(row["name_local"], script), row
        assert is_page(row["source"]), row
        if row["department_en"]:
            assert (row["institution_slug"], row["department_en"]) in departments, row


def test_sub_centres() -> None:
    centres = rows("sub_centres")
    assert len(centres) == len({row["code"] for row in centres}) == 10
    for row in centres:
        assert SLUG.fullmatch(row["code"])
        assert row["name_en"]
        assert row["name_zh"]
        assert letters(row["name_zh"], SCRIPTS["zh-Hans"])
        assert row["zh_source"] == "translation" or is_page(row["zh_source"])
