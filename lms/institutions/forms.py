"""Forms of institutions."""

from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, URLField
from wtforms.validators import URL, InputRequired, Length, Optional, ValidationError

from lms.accounts.forms import local_language_choices
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.core.web.forms import StoredFileField
from lms.core.web.templating import in_reader_language
from lms.institutions import queries
from lms.institutions.rules import KINDS, ROLES


def _countries() -> list[Any]:
    named = [(entry.code, in_reader_language(entry, "name")) for entry in queries.countries()]
    return choices([("", str(_l("Choose"))), *named])


_WHOLE_ADDRESS = _l("Enter a full address, such as https://university.edu.")


def _is_page(_form: Any, field: Any) -> None:
    """Validator: an address that leads to a page, not one that runs something when it is followed."""
    if not field.data.lower().startswith(("https://", "http://")):
        raise ValidationError(str(_WHOLE_ADDRESS))


class JoinForm(Form):
    """Somebody's place at an institution."""

    role = SelectField(
        _l("I am"),
        [InputRequired()],
        choices=choices(ROLES.items()),
        description=_l("Shown as not proven until the institution confirms it. A student need not wait for that."),
    )
    department = StringField(_l("School, faculty or department"), [Optional(), Length(max=200)])
    position = StringField(_l("Position"), [Optional(), Length(max=200)])
    is_home = BooleanField(
        _l("This is my home institution"),
        default=True,
        description=_l("The one in whose name you apply. You can belong to others too."),
    )
    letter = StoredFileField(
        _l("Letter"),
        description=_l(
            "Only for the first coordinator of an institution: a signed letter of it that names you. "
            "Only the secretariat opens it, and you see when."
        ),
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg,.webp"},
    )
    consent = BooleanField()


class ProposeForm(Form):
    """An institution that is missing."""

    name_en = StringField(_l("Name in English"), [InputRequired(), Length(max=200)])
    name_local = StringField(_l("Name in its own script"), [Optional(), Length(max=200)])
    local_lang = SelectField(_l("Language of that name"), [Optional()], choices=local_language_choices)
    name_zh = StringField(_l("Name in Chinese"), [Optional(), Length(max=200)])
    kind = SelectField(
        _l("Kind"),
        [InputRequired()],
        choices=choices([("", _l("Choose")), *KINDS.items()]),
        description=_l("An employer or a ministry can be somebody's home too."),
    )
    country_code = SelectField(_l("Country"), [InputRequired()], choices=_countries)
    city = StringField(_l("City"), [InputRequired(), Length(max=100)])
    website = URLField(
        _l("Website"),
        [Optional(), Length(max=300), URL(message=_WHOLE_ADDRESS), _is_page],
        description=_l("Starting with https://"),
    )
    source = StringField(
        _l("Where can the secretariat check it?"),
        [InputRequired(), Length(max=300)],
        description=_l("A page or a document that names it."),
    )

    def proposed(self) -> dict[str, Any]:
        """The values as columns of an institution."""
        return {name: value or "" for name, value in self.values().items()}


class EditForm(ProposeForm):
    """What the secretariat corrects."""

    domain = StringField(
        _l("E-mail domain"),
        [Optional(), Length(max=100)],
        description=_l(
            "Such as mahidol.ac.th. It only shows that somebody has an address there. Never a free-mail host."
        ),
    )
    ror_id = StringField(_l("ROR identifier"), [Optional(), Length(max=60)])
    membership = SelectField(
        _l("Member of the consortium"),
        choices=choices([("", _l("Not confirmed")), ("yes", _l("Yes")), ("no", _l("No"))]),
    )
    member_source = StringField(_l("Source of the membership"), [Optional(), Length(max=300)])

    def corrected(self) -> dict[str, Any]:
        """The values as columns of an institution."""
        values = self.proposed()
        values["is_member"] = {"yes": True, "no": False}.get(values.pop("membership"))
        return values


class DepartmentForm(Form):
    """A school, faculty or department."""

    name_en = StringField(_l("Name in English"), [InputRequired(), Length(max=200)])
    name_local = StringField(_l("Name in its own script"), [Optional(), Length(max=200)])


class LabForm(DepartmentForm):
    """A laboratory or centre that can host people."""

    department = SelectField(_l("Department"), [Optional()])


class CenterNamesForm(Form):
    """The Center's legal names."""

    name_en = StringField(_l("Legal name in English"), [Optional(), Length(max=200)])
    name_zh = StringField(_l("Legal name in Chinese"), [Optional(), Length(max=200)])


class CountryForm(Form):
    """The official names of a state."""

    name_en = StringField(_l("Name in English"), [InputRequired(), Length(max=100)])
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(), Length(max=100)])
    name_local = StringField(_l("Name in its own script"), [InputRequired(), Length(max=100)])


class SubCentresForm(Form):
    """What a person works on."""

    sub_centre_ids = SelectMultipleField(
        _l("Sub research centres"), coerce=int, description=_l("Courses, calls and posts of these concern you most.")
    )
