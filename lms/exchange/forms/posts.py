"""The form of a post."""

from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import check_markdown, choices

WORKING_LANGUAGES = choices([("en", _l("English")), ("zh", _l("Chinese")), ("en,zh", _l("English or Chinese"))])


class PostForm(Form):
    """A position in a lab."""

    title_en = StringField(_l("Title in English"), [InputRequired(), Length(max=200)])
    title_zh = StringField(_l("Title in Chinese"), [Optional(), Length(max=200)])
    duties = TextAreaField(
        _l("Duties"),
        [InputRequired(), Length(max=8000), check_markdown],
        description=_l(
            "Markdown. What the scientist does, in which project. Nothing classified, no study for a degree."
        ),
    )
    requirements = TextAreaField(
        _l("Requirements"),
        [Optional(), Length(max=4000), check_markdown],
        description=_l("Methods, skills and publications you look for."),
    )
    working_languages = SelectField(_l("Working language"), choices=WORKING_LANGUAGES)
    places = IntegerField(_l("Places"), [InputRequired(), NumberRange(1, 50)], default=1)
    months = IntegerField(_l("Months"), [InputRequired(), NumberRange(1, 36)], default=6)
    starts_on = DateField(_l("Earliest start"), [Optional()])
    sub_centre_ids = SelectMultipleField(_l("Fields"), [InputRequired()], coerce=int)


class NewPostForm(PostForm):
    """The same, with the call and the lab that it is drafted for."""

    call_id = SelectField(_l("Call"), [InputRequired()], coerce=int)
    lab_id = SelectField(_l("Lab"), [InputRequired()], coerce=int)
