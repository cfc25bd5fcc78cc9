"""What a credential says, and whether it can be believed."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from lms.core.pdf import missing_characters
from lms.credentials import signing
from lms.credentials.models import Credential

if TYPE_CHECKING:
    from lms.accounts.models import Person


class Standing(Enum):
    """What somebody who checks a code is told."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"
    EXPIRED = "expired"
    ALTERED = "altered"
    UNKNOWN = "unknown"


def standing(credential: Credential | None, now: datetime) -> Standing:
    """Whether a credential holds. One that waits to be issued is unknown to the outside."""
    if credential is None or credential.state == "held":
        return Standing.UNKNOWN
    if not _is_unaltered(credential):
        return Standing.ALTERED
    if credential.state == "issued":
        return Standing.EXPIRED if _has_expired(content_of(credential), now) else Standing.VALID
    return {"revoked": Standing.REVOKED, "replaced": Standing.REPLACED}[credential.state]


def _has_expired(content: Mapping[str, Any], now: datetime) -> bool:
    last = content.get("valid_until")
    return last is not None and now.astimezone(ZoneInfo(content["zone"])).date() > date.fromisoformat(last)


def _is_unaltered(credential: Credential) -> bool:
    """The signed text is intact, and it is this row's: no other row's text was put in its place."""
    return signing.holds(credential.content, credential.signature) and (
        content_of(credential).get("code") == credential.code
    )


def content_of(credential: Credential) -> dict[str, Any]:
    """What was certified; before issue, the claim alone."""
    return json.loads(credential.content) if credential.content else credential.claim


def holder_names(person: "Person") -> dict[str, Any]:
    """The names as printed: in the holder's own script first, then the Latin and Chinese forms that differ."""
    forms = [(person.name_local, person.name_local_lang), (person.name, "en"), (person.name_zh, "zh-Hans")]
    kept: dict[str, str] = {}
    for text, language in forms:
        if text:
            kept.setdefault(text, language)
    (name, language), *others = kept.items()
    return {"name": name, "lang": language or "en", "other_forms": [text for text, _language in others]}


def unprintable_characters(person: "Person") -> list[str]:
    """The characters of a person's names that no font of ours can print."""
    names = holder_names(person)
    return missing_characters(names["name"] + "".join(names["other_forms"]))


def signed_content(credential: Credential, person: "Person", issued_on: str) -> Mapping[str, Any]:
    """What is signed: the claim, the code, the holder's names of today and the day (ISO 8601)."""
    return {**credential.claim, "code": credential.code, "holder": holder_names(person), "issued_on": issued_on}
