"""The form of a programme's page."""

from typing import Any

from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import check_markdown, choices
from lms.institutions import queries as institutions
from lms.programmes.models import Programme
from lms.programmes.rules import FIELDS, LANGUAGES, LEVELS

_TEXT = [Optional(), Length(max=8000), check_markdown]


def _centres() -> list[Any]:
    return choices((one.id, in_reader_language(one, "name")) for one in institutions.sub_centres())


class ProgrammeForm(Form):
    """Texts and facts of a programme, as the catalogue shows them."""

    title_en = StringField(_l("Title in English"), [InputRequired(), Length(max=200)])
    title_zh = StringField(_l("Title in Chinese"), [Optional(), Length(max=200)])
    summary_en = TextAreaField(
        _l("Summary in English"), _TEXT, description=_l("Markdown. What is studied, where, and what it leads to.")
    )
    summary_zh = TextAreaField(_l("Summary in Chinese"), _TEXT)
    level = SelectField(_l("Level"), choices=choices(LEVELS.items()), default="master")
    field = SelectField(_l("Field"), choices=choices(FIELDS.items()), default="public_health")
    languages = SelectMultipleField(
        _l("Languages of teaching"), [InputRequired()], choices=choices(LANGUAGES.items()), default=["en"]
    )
    months = IntegerField(_l("Length in months"), [InputRequired(), NumberRange(1, 120)], default=24)
    sub_centre_ids = SelectMultipleField(_l("Sub research centres"), [Optional()], coerce=int, choices=_centres)

    @classmethod
    def of(cls, programme: Programme) -> "ProgrammeForm":
        """The form as the programme stands."""
        return cls(
            obj=programme,
            sub_centre_ids=[one.id for one in programme.sub_centres],
            version=str(programme.version),
        )


class NewProgrammeForm(ProgrammeForm):
    """The same with the university that will keep it."""

    coordinating_id = SelectField(
        _l("Coordinating university"),
        coerce=int,
        description=_l("It keeps the programme's page, its agreement and its intakes."),
    )
