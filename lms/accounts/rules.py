"""Pure rules of accounts: addresses and passwords."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

MIN_PASSWORD = 10
MAX_PASSWORD = 200
_COMMON_PASSWORDS = Path(__file__).parent / "data" / "common_passwords.txt"


def normal_email(address: str) -> str:
    """The form in which addresses are kept and compared: no space around, small letters."""
    return address.strip().lower()


@cache
def common_passwords() -> frozenset[str]:
    """The passwords of at least ten characters that are guessed first, in small letters."""
    return frozenset(_COMMON_PASSWORDS.read_text(encoding="utf-8").split())


# What a browser says of itself holds the names of its relatives: the first match in this order counts.
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("HuaweiBrowser", "Huawei Browser"), ("UCBrowser", "UC Browser"), ("QQBrowser", "QQ Browser"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """What people call the browser behind a user agent: `Chrome, Android`; empty when it is unknown."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(filter(None, (browser, system)))


def suspension(reason: str | None) -> Text:
    """What somebody is told whose account is suspended: why, and what to do."""
    return _l(
        "This account is suspended (%(reason)s). If you think that this is a mistake, write to the secretariat.",
        reason=reason or "",
    )


def password_problem(password: str, email: str) -> Text | None:
    """Why this password may not be used, or None: length and a list, no composition (NIST SP 800-63B)."""
    if len(password) < MIN_PASSWORD:
        return _l(
            "Use at least %(count)d characters. A few words in a row are easy to remember.",
            count=MIN_PASSWORD,
        )
    if len(password) > MAX_PASSWORD:
        return _l("Use at most %(count)d characters.", count=MAX_PASSWORD)
    folded = password.lower()
    if folded in {normal_email(email), normal_email(email).partition("@")[0]}:
        return _l("Do not use your e-mail address as the password.")
    if folded in common_passwords() or len(set(folded)) < 4 or re.fullmatch(r"\d+", folded):
        return _l("Too many people use this password. Choose another one, such as a few words in a row.")
    return None


def is_profile_complete(person: Any) -> bool:
    """Whether a profile has what certificates, letters and eligibility rules ask of everybody."""
    return bool(person.nationality and (person.passport_given or person.passport_family))
