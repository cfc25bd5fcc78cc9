"""The record as a signed document in English and Chinese: what is signed, and how that is printed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from lms.core.clock import CENTER_ZONE
from lms.core.pdf import Bilingual, bilingual, qr_svg
from lms.credentials.document import day, period
from lms.credentials.record import Confirmation, RecordEntry

# The words of the document stand in both languages, whatever its reader's is.
HEADING: Bilingual = {"en": "Record of learning and mobility", "zh": "学习与交流记录"}
STATEMENT: Bilingual = {"en": "is recorded to have done what this document lists", "zh": "的学习与交流经历如下"}
_AS_OF: Bilingual = {"en": "As of", "zh": "截至"}
_VALID: Bilingual = {"en": "To be checked until", "zh": "核验有效期至"}
_STATE: Bilingual = {"en": "State", "zh": "状态"}
_DATES: Bilingual = {"en": "Dates", "zh": "时间"}
_CODE: Bilingual = {"en": "Certificate", "zh": "证书编号"}
_CONFIRMED: Bilingual = {"en": "Confirmed", "zh": "确认"}
_CHECK: Bilingual = {"en": "Check this record", "zh": "核验本记录"}
_NOTE: Bilingual = {
    "en": "Every line was confirmed by whoever is named beside it. What the holder left out is not shown.",
    "zh": "每项内容均由所列人员或机构确认。持有人未选入的内容不在此列。",
}


def title_on(today: date) -> Bilingual:
    """How a record of this day is called."""
    written = day(today.isoformat())
    return {"en": f"Record as of {written['en']}", "zh": f"截至{written['zh']}的记录"}


def body_of(entries: Sequence[RecordEntry], as_of: date) -> dict[str, Any]:
    """What is signed of a record: strings and lists only, dates as ISO 8601."""
    return {"as_of": as_of.isoformat(), "entries": [_signed(entry) for entry in entries]}


def _signed(entry: RecordEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "kind": bilingual(entry.kind.label),
        "title": entry.title,
        "organisations": list(entry.organisations),
        "state": entry.state,
        "from_on": entry.from_on.isoformat() if entry.from_on else "",
        "to_on": entry.to_on.isoformat() if entry.to_on else "",
        "facts": list(entry.facts),
        "confirmations": [_signed_confirmation(one) for one in entry.confirmations],
        "code": entry.code,
    }


def _signed_confirmation(one: Confirmation) -> dict[str, Any]:
    return {
        "what": one.what,
        "on": one.at.astimezone(ZoneInfo(CENTER_ZONE)).date().isoformat(),
        "name": one.name,
        "office": [one.office] if one.office else [],
        "organisation": one.organisation,
    }


def codes_in(content: Mapping[str, Any]) -> set[str]:
    """The codes of the credentials that a document rests on."""
    return {entry["code"] for entry in content["body"]["entries"] if entry["code"]}


def data_of(content: Mapping[str, Any], *, verify_url: str, demo: bool) -> dict[str, Any]:
    """What `record.typ` prints of a signed record."""
    body = content["body"]
    return {
        "issuer": content["issuer"],
        "heading": content["heading"],
        "holder": {"name": content["holder"]["name"], "other_forms": content["holder"]["other_forms"]},
        "dates": [
            {"label": _AS_OF, "value": day(body["as_of"])},
            {"label": _VALID, "value": day(content["valid_until"])},
        ],
        "note": _NOTE,
        "entries": [_printed(entry) for entry in body["entries"]],
        "code": content["code"],
        "verify_url": verify_url,
        "verify_label": _CHECK,
        "qr_svg": qr_svg(verify_url),
        "demo": demo,
    }


def _printed(entry: Mapping[str, Any]) -> dict[str, Any]:
    facts = [{"label": _STATE, "value": entry["state"]}]
    if dates := period(entry):
        facts.append({"label": _DATES, "value": dates})
    facts += entry["facts"]
    if entry["code"]:
        facts.append({"label": _CODE, "value": entry["code"]})
    return {
        "kind": entry["kind"],
        "title": entry["title"],
        "organisations": entry["organisations"],
        "facts": facts,
        "confirmed_label": _CONFIRMED,
        "confirmations": [
            {
                "what": one["what"],
                "on": day(one["on"]),
                "name": one["name"],
                "office": one["office"],
                "organisation": one["organisation"],
            }
            for one in entry["confirmations"]
        ],
    }
