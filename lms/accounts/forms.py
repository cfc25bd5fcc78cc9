"""Forms of accounts."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_babel import get_locale
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

# Newer than the type stubs of WTForms.
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.accounts.consents import REGISTRATION, Consenting, Purpose
from lms.accounts.rules import password_problem
from lms.core.collation import in_order
from lms.core.countries import country_names
from lms.core.i18n import LANGUAGES, Text, current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form, current_actor
from lms.core.web.fields import choices
from lms.core.web.zones import zone_choices

_LOCAL_LANGUAGES = (
    "zh-Hans",
    "zh-Hant",
    "fil",
    "id",
    "jv",
    "km",
    "lo",
    "ms",
    "my",
    "pt",
    "ta",
    "tet",
    "th",
    "ug",
    "vi",
)
# What a passport's machine-readable line can hold (ICAO Doc 9303, part 3), with the separators people write.
_PASSPORT_LINE = re.compile(r"[A-Za-z' \-]*")
# Names stand in mail to others, which nobody may use to send them to a page of their own.
_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)


def check_email(_form: Any, field: Any) -> None:
    """Validator: a well-formed address. Nothing is asked of the network."""
    special = current_app.config["IS_DEMO"] or current_app.testing
    try:
        checked = validate_email(field.data or "", check_deliverability=False, test_environment=special)
    except EmailNotValidError:
        raise ValidationError(str(_l("Enter an e-mail address such as name@university.edu."))) from None
    field.data = checked.normalized


def check_password(form: Any, field: Any) -> None:
    """Validator: the rules of passwords."""
    email = form.email.data if "email" in form else form.account_email
    if problem := password_problem(field.data or "", email or ""):
        raise ValidationError(str(problem))


def _check_name(_form: Any, field: Any) -> None:
    if _ADDRESS.search(field.data or ""):
        raise ValidationError(str(_l("Write the name alone, without addresses of pages or mail.")))


def _check_passport_line(_form: Any, field: Any) -> None:
    if not _PASSPORT_LINE.fullmatch(field.data or ""):
        raise ValidationError(str(_l("Use the letters A to Z only, as in the two lines at the foot of your passport.")))


def language_choices() -> list[Any]:
    """The languages of the interface, each by its own name."""
    return choices((entry.code, entry.name) for entry in LANGUAGES)


def country_choices() -> list[Any]:
    """Every country by its name in the reader's language."""
    return _by_label(country_names(current_language().code))


def _by_label(named: Mapping[str, str]) -> list[Any]:
    """Choices in the order of their labels, after one that says to choose."""
    ordered = in_order(named.items(), lambda item: item[1])
    return choices([("", str(_l("Choose"))), *ordered])


def local_language_choices() -> list[Any]:
    """Languages of the region by their names in the reader's language."""
    languages = (get_locale() or Locale("en")).languages
    return _by_label({tag: languages.get(tag.replace("-", "_"), tag) for tag in _LOCAL_LANGUAGES})


class NamesMixin:
    """How somebody is named. Nothing is split, re-cased or guessed from another field."""

    name = StringField(
        _l("Full name in Latin letters"),
        [InputRequired(), Length(max=200), _check_name],
        description=_l("In the order in which you write it. Certificates print it exactly like this."),
        render_kw={"autocomplete": "name"},
    )
    passport_family = StringField(
        _l("Passport: family name line"),
        [Optional(), Length(max=100), _check_passport_line],
        description=_l("As in the lines at the foot of your passport. If it shows a single name, fill one line only."),
    )
    passport_given = StringField(_l("Passport: given names line"), [Optional(), Length(max=100), _check_passport_line])
    name_local = StringField(
        _l("Name in your own script"),
        [Optional(), Length(max=200), _check_name],
        description=_l("Printed beside the Latin name on certificates."),
    )
    name_local_lang = SelectField(_l("Language of that name"), [Optional()], choices=local_language_choices)
    name_zh = StringField(
        _l("Name in Chinese"),
        [Optional(), Length(max=100), _check_name],
        description=_l("Used on Chinese documents, if you have one. Otherwise they print your Latin name."),
    )
    called = StringField(
        _l("How we call you"),
        [Optional(), Length(max=100), _check_name],
        description=_l("In greetings and beside your messages, such as Dr Lan or Pak Budi. Empty: your full name."),
    )


def names_in(values: dict[str, Any]) -> dict[str, Any]:
    """The names among a form's values, as columns of a person."""
    return {name: values[name] or "" for name in _NAME_COLUMNS}


_NAME_COLUMNS = ("passport_family", "passport_given", "name_local", "name_local_lang", "name_zh", "called")


class RegisterForm(NamesMixin, Form):
    """What a visitor fills in for an account."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(), Length(max=254), check_email],
        description=_l("You sign in with it. One at your institution helps it to confirm you, others are fine too."),
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(), check_password],
        description=_l("At least 10 characters. A few words in a row are good."),
        render_kw={"autocomplete": "new-password"},
    )
    nationality = SelectField(_l("Nationality"), [Optional()], choices=country_choices)
    language = SelectField(_l("Language of pages and mail"), choices=language_choices)
    zone = SelectField(_l("Time zone"), choices=zone_choices, render_kw={"data-own-zone": ""})
    consent_account = BooleanField(
        validators=[InputRequired(_l("Without this consent we cannot keep an account for you."))]
    )
    consent_news = BooleanField()

    def show_consents(self, *, recipient: str, country: str) -> None:
        """Put today's texts beside the boxes, which start unticked."""
        for purpose in REGISTRATION:
            box = self[f"consent_{purpose.name}"]
            box.label.text = purpose.text(current_language().code, recipient=recipient, country=country)
            box.description = consent_note(purpose, draft=purpose.draft(recipient=recipient, country=country))

    def consents(self, *, recipient: str, country_code: str) -> tuple[Consenting, ...]:
        """What was ticked."""
        language = current_language().code
        return tuple(
            Consenting(purpose.name, recipient, country_code, purpose.language(language))
            for purpose in REGISTRATION
            if self[f"consent_{purpose.name}"].data
        )


def consent_note(purpose: Purpose, draft: str = "") -> Text:
    """The small print under a consent: a draft in the reader's language, its version, and whether it is needed."""
    note = _l("Optional. Text version %(version)s. You can withdraw it at any time.", version=purpose.version)
    if purpose.is_needed:
        note = _l("Needed. Text version %(version)s. You can withdraw it at any time.", version=purpose.version)
    return _l("Unconfirmed translation: %(draft)s %(note)s", draft=draft, note=note) if draft else note


class ClaimForm(RegisterForm):
    """A registration made anew by whoever holds the link that was mailed to its address."""

    email = None
    account_email = ""


class SignInForm(Form):
    """Address and password."""

    email = EmailField(_l("E-mail address"), [InputRequired(), Length(max=254)], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )


class EmptyForm(Form):
    """A button: nothing to fill in."""


class EmailForm(Form):
    """An address, to reset a password."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(), Length(max=254), check_email],
        render_kw={"autocomplete": "username"},
    )


class OwnPasswordForm(Form):
    """The password of the account that a mailed link belongs to: a button alone proves only who reads the mail."""

    password = PasswordField(
        _l("Password of the account"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class NewEmailForm(EmailForm):
    """Another address, named by somebody who knows the present password: whoever has the address has the account."""

    current = PasswordField(
        _l("Present password"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class OwnDataForm(Form):
    """The present password, for what only the owner of the account may have done."""

    current = PasswordField(
        _l("Present password"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class NewPasswordForm(Form):
    """A new password, chosen through a mailed link."""

    account_email = ""
    password = PasswordField(
        _l("New password"),
        [InputRequired(), check_password],
        description=_l("At least 10 characters. A few words in a row are good."),
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password, chosen by somebody who knows the present one."""

    current = PasswordField(
        _l("Present password"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class ProfileForm(NamesMixin, Form):
    """Names, language, zone and what eligibility rules ask for."""

    born_on = DateField(
        _l("Date of birth"), [Optional()], description=_l("Only needed for calls that have an age limit.")
    )
    nationality = SelectField(_l("Nationality"), [Optional()], choices=country_choices)
    gender = SelectField(
        _l("Gender"),
        [Optional()],
        choices=choices([("", _l("No answer")), ("f", _l("Female")), ("m", _l("Male")), ("x", _l("Other"))]),
    )
    language = SelectField(_l("Language of pages and mail"), choices=language_choices)
    zone = SelectField(_l("Time zone"), choices=zone_choices)

    def validate_born_on(self, field: Any) -> None:
        """A day of birth lies in the past, and not more than 120 years ago."""
        if field.data and not 0 <= current_actor().now.year - field.data.year <= _OLDEST:
            raise ValidationError(str(_l("Enter your day of birth.")))


_OLDEST = 120


class TitleForm(Form):
    """Title and honorific in one language."""

    language = HiddenField()
    before = StringField(
        _l("Before the name"), [Optional(), Length(max=60)], description=_l("Such as Dr, Prof. or Ms.")
    )
    after = StringField(_l("After the name"), [Optional(), Length(max=60)], description=_l("Such as PhD, MPH or 教授."))


class InviteForm(Form):
    """An address, the role, and the language of the mail."""

    email = EmailField(_l("E-mail address"), [InputRequired(), Length(max=254), check_email])
    role = SelectField(_l("Role"), [InputRequired()])
    language = SelectField(_l("Language of the mail"), choices=language_choices)
    note = TextAreaField(
        _l("A few words of your own"),
        [Optional(), Length(max=1000)],
        description=_l("They stand in the mail."),
    )


class SuspendForm(Form):
    """Why somebody is kept out."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(), Length(max=200)],
        description=_l("The person reads it when they try to sign in, such as: left the university in May."),
    )


class EndRoleForm(Form):
    """To whom what was taken goes when somebody leaves."""

    successor = SelectField(_l("Hand everything they have taken over to"), [Optional()])
    reason = StringField(_l("Reason"), [Optional(), Length(max=200)])


class GiveRoleForm(Form):
    """Which role, for how long, and why."""

    role = SelectField(_l("Role"), [InputRequired()])
    since = DateField(_l("First day"), [Optional()], description=_l("Empty: from now on."))
    until = DateField(_l("Last day"), [Optional()], description=_l("Empty: until somebody ends it."))
    reason = StringField(
        _l("Reason"),
        [InputRequired(), Length(max=200)],
        description=_l("It stays in the history, such as: elected by the faculty in May."),
    )

    def period(self, zone: str) -> dict[str, datetime | None]:
        """From the beginning of the first day to the end of the last one, in a zone."""
        last = self.until.data + timedelta(days=1) if self.until.data and self.until.data < date.max else None
        return {"starts_at": _midnight(self.since.data, zone), "ends_at": _midnight(last, zone)}


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)) if day else None


class HandOverForm(Form):
    """Which roles of somebody who leaves go to a colleague."""

    to = HiddenField()
    grants = SelectMultipleField(_l("Roles that are handed over"), coerce=int)
    reason = StringField(
        _l("Reason"), [InputRequired(), Length(max=200)], description=_l("Such as: moves to another university.")
    )
