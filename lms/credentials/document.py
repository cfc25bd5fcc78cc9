"""Credentials as printed pages: from what was signed to the data of a PDF template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual, CertificateData, Field, qr_svg

# A certificate always stands in both languages, whatever its reader's is: its words are part of the document.
_OPENING: Bilingual = {"en": "This is to certify that", "zh": "兹证明"}
_HOURS: Bilingual = {"en": "Learning hours", "zh": "学时"}
LEARNING_DATES: Bilingual = {"en": "Dates", "zh": "学习时间"}
_ISSUED: Bilingual = {"en": "Issued", "zh": "颁发日期"}
_CHECK: Bilingual = {"en": "Check this certificate", "zh": "核验本证书"}


def day(iso: str) -> Bilingual:
    """A day (ISO 8601) as it is written in both languages."""
    value = date.fromisoformat(iso)
    return {"en": format_date(value, "d MMMM y", "en_GB"), "zh": format_date(value, "y年M月d日", "zh_Hans_CN")}


def period(content: Mapping[str, Any]) -> Bilingual | None:
    """From when to when, as far as it is known."""
    days = [day(iso) for iso in dict.fromkeys((content["from_on"], content["to_on"])) if iso]
    if not days:
        return None
    return {"en": " – ".join(one["en"] for one in days), "zh": "—".join(one["zh"] for one in days)}


def _facts(content: Mapping[str, Any]) -> list[Field]:
    facts: list[Field] = []
    if content["hours"] is not None:
        facts.append({"label": _HOURS, "value": str(content["hours"])})
    if (dates := period(content)) is not None:
        facts.append({"label": content["dates"], "value": dates})
    facts += content["extra"]
    facts.append({"label": _ISSUED, "value": day(content["issued_on"])})
    return facts


_MINE = _l("My certificates")


@dataclass(frozen=True)
class Layout:
    """How credentials of one kind are printed and shown.

    `template` names the file in `lms/core/pdf_templates`. `data` makes what it prints from what was signed; it also
    takes `verify_url` (where the code is checked) and `demo`. `page` is the partial template that shows the
    `content.body` of such a credential under its facts. `is_listed` puts it among the holder's certificates; `home`
    is the page where the holder finds it, by its endpoint, called `home_label`.
    """

    template: str
    data: Callable[..., Mapping[str, Any]]
    page: str = ""
    is_listed: bool = True
    home: str = "credentials.mine"
    home_label: Text = _MINE


_layouts: dict[str, Layout] = {}


def register_layout(kind: str, layout: Layout) -> None:
    """Print and show credentials of this kind in a way of their own, not as certificates."""
    _layouts[kind] = layout


def layout_of(kind: str) -> Layout:
    """The layout of a kind of credential: the certificate's, unless it has its own."""
    return _layouts.get(kind, _CERTIFICATE)


def certificate(content: Mapping[str, Any], *, verify_url: str, demo: bool) -> CertificateData:
    """The data of the page. `verify_url` is the public address at which this code is checked."""
    return {
        "issuer": content["issuer"],
        "kind": content["heading"],
        "opening": _OPENING,
        "holder": {"name": content["holder"]["name"], "other_forms": content["holder"]["other_forms"]},
        "statement": content["statement"],
        "subject": content["title"],
        "facts": _facts(content),
        "signatories": content["signatories"],
        "code": content["code"],
        "verify_url": verify_url,
        "verify_label": _CHECK,
        "qr_svg": qr_svg(verify_url),
        "demo": demo,
    }


_CERTIFICATE = Layout("certificate", certificate)
