"""What people may consent to: every text with its version, in English and Chinese.

A text that changes gets a new version and the old one stays here, because consents refer to it.
The languages are those in which the text was checked, here or in the catalogue of the language; a reader of
another one is shown English with the draft beneath, and the consent is recorded as given in English.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lms.core.actor import Actor
from lms.core.i18n import Text, legal_draft, legal_in, legal_text
from lms.core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Purpose:
    """A purpose that personal data are used for. `texts` is {version: {language: text}}, the newest last.

    A text names `{recipient}` and `{country}`. `is_needed`: what is asked for cannot be done without it.
    """

    name: str
    label: Text
    texts: dict[str, dict[str, str]]
    is_needed: bool = False

    @property
    def version(self) -> str:
        """The version that is shown today."""
        return list(self.texts)[-1]

    def text(self, language: str, *, recipient: str, country: str, version: str | None = None) -> str:
        """The text of a version, by default today's, in a language that it exists in."""
        texts = self.texts[version or self.version]
        text = texts.get(language) or legal_in(language, texts["en"]) or texts["en"]
        return text.format(recipient=recipient, country=country)

    def draft(self, *, recipient: str, country: str) -> str:
        """Today's text in the reader's language where no speaker has confirmed it yet; empty for none."""
        return legal_draft(self.texts[self.version]["en"]).format(recipient=recipient, country=country)

    def language(self, wanted: str) -> str:
        """The language in which a reader of `wanted` is shown today's text."""
        texts = self.texts[self.version]
        return wanted if wanted in texts or legal_in(wanted, texts["en"]) else "en"


@dataclass(frozen=True)
class Consenting:
    """A consent as it was shown: who receives the data, in which country, in which language it was read.

    `recipient` is the full name, `country` its ISO 3166 code, `context` what it is for, such as `call:12`.
    """

    purpose: str
    recipient: str
    country: str
    language: str
    context: str = ""


ACCOUNT = Purpose(
    "account",
    _l("Keeping an account"),
    {
        "2026-11": {
            "en": legal_text(
                "{recipient} in {country} may keep my account, my names and my record of learning and "
                "mobility, so that I can take part in courses, programmes and exchanges."
            ),
            "zh": (
                "我同意{recipient}（{country}）保存我的账户、姓名以及学习与交流记录，"
                "以便我参加课程、学位项目和交流项目。"
            ),
        }
    },
    is_needed=True,
)
NEWS = Purpose(
    "news",
    _l("News about new courses and calls"),
    {
        "2026-11": {
            "en": legal_text("{recipient} in {country} may write to me about new courses, programmes and calls."),
            "zh": "我同意{recipient}（{country}）向我发送新课程、新项目和新一轮征集的消息。",
        }
    },
)
HOME = Purpose(
    "home",
    _l("Sharing with my home institution"),
    {
        "2026-11": {
            "en": legal_text(
                "The coordinators of {recipient} in {country} may see which courses, programmes and "
                "exchanges I apply to and take part in, and my results."
            ),
            "zh": ("我同意{recipient}（{country}）的协调员查看我申请和参加的课程、学位项目与交流项目以及我的成绩。"),
        }
    },
)
SUBMISSION = Purpose(
    "submission",
    _l("Sharing an application"),
    {
        "2026-11": {
            "en": legal_text(
                "{recipient} in {country} may receive my application with its documents, "
                "to examine it and to decide on it."
            ),
            "zh": "我同意{recipient}（{country}）接收我的申请及其材料，用于审核并作出决定。",
        }
    },
    is_needed=True,
)

REGISTRATION = (ACCOUNT, NEWS)

Offers = Callable[[Actor, str], Iterable[Consenting]]
_offers: list[Offers] = []


def offers(function: Offers) -> Offers:
    """Decorator: `function(actor, language)` says what the actor may consent to outside of any form of its own."""
    if function not in _offers:
        _offers.append(function)
    return function


def offered_to(actor: Actor, language: str) -> list[Consenting]:
    """Everything that is offered to the actor, whether or not they consented to it."""
    return [one for function in _offers for one in function(actor, language)]


_PURPOSES = {purpose.name: purpose for purpose in (ACCOUNT, NEWS, HOME, SUBMISSION)}


def purpose_named(name: str) -> Purpose:
    """The purpose with this name. Raises KeyError."""
    return _PURPOSES[name]
