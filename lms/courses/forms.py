"""Forms of courses. What a learner answers in a quiz is read by `views.quiz` straight from the request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.clock import deadline_in_zone
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import WallClockField, check_markdown, choices
from lms.core.web.forms import FileRequired, StoredFileField
from lms.core.web.zones import zone_choices
from lms.courses.models import Course, Offering, Question

LANGUAGES = (
    ("en", _l("English")),
    ("zh", _l("Chinese")),
    ("id", _l("Indonesian")),
    ("km", _l("Khmer")),
    ("lo", _l("Lao")),
    ("ms", _l("Malay")),
    ("my", _l("Burmese")),
    ("fil", _l("Filipino")),
    ("pt", _l("Portuguese")),
    ("tet", _l("Tetum")),
    ("th", _l("Thai")),
    ("vi", _l("Vietnamese")),
)
LEVELS = (
    ("introductory", _l("Introductory")),
    ("intermediate", _l("Intermediate")),
    ("advanced", _l("Advanced")),
)
MODES = (("open", _l("Open to everybody")), ("restricted", _l("With approval")))
KINDS = (
    ("single_choice", _l("Single choice")),
    ("multiple_choice", _l("Multiple choice")),
    ("true_false", _l("True or false")),
    ("numeric", _l("Number")),
    ("short_text", _l("Short text")),
)
_MARKDOWN_HINT = _l("Markdown: **bold**, # heading, - list, formulas between dollar signs such as $R_0$.")
OPTION_ROWS = 6


class CourseForm(Form):
    """What the catalogue says about a course."""

    title_en = StringField(_l("Title in English"), [InputRequired(), Length(max=200)])
    title_zh = StringField(
        _l("Title in Chinese"), [Optional(), Length(max=200)], description=_l("Printed on certificates beside English.")
    )
    code = StringField(
        _l("Code"), [InputRequired(), Length(max=20)], description=_l("Short and lasting, such as EPI-101.")
    )
    institution_id = SelectField(_l("Institution"), coerce=int)
    summary_en = TextAreaField(
        _l("Summary"), [Optional(), Length(max=400)], description=_l("One or two sentences for the catalogue.")
    )
    summary_zh = TextAreaField(_l("Summary in Chinese"), [Optional(), Length(max=400)])
    description = TextAreaField(
        _l("Description"), [Optional(), Length(max=20_000), check_markdown], description=_MARKDOWN_HINT
    )
    language = SelectField(_l("Language of teaching"), choices=choices(LANGUAGES))
    level = SelectField(_l("Level"), choices=choices(LEVELS))
    hours = IntegerField(
        _l("Learning hours"),
        [InputRequired(), NumberRange(1, 2000)],
        description=_l("What a learner needs in all. It is printed on the certificate."),
    )
    sub_centre_ids = SelectMultipleField(_l("Sub research centres"), coerce=int)

    @classmethod
    def of(cls, course: Course | None, *, institutions: Sequence[tuple[int, Any]], sub_centres: Any) -> "CourseForm":
        """The form for a new course or for an existing one, whose code and institution stay."""
        data = {}
        if course is not None:
            chosen = [one.id for one in course.sub_centres]
            data = {"obj": course, "version": str(course.version), "data": {"sub_centre_ids": chosen}}
        form = cls(**data)
        form.sub_centre_ids.choices = choices(sub_centres)
        if course is not None:
            del form.code
            del form.institution_id
        else:
            form.institution_id.choices = choices(institutions)
        return form


class PageForm(Form):
    """A page to read."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=200)])
    body = TextAreaField(_l("Text"), [Optional(), Length(max=100_000), check_markdown], description=_MARKDOWN_HINT)


class QuizForm(Form):
    """A quiz, without its questions."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=200)])
    body = TextAreaField(
        _l("Introduction"),
        [Optional(), Length(max=20_000), check_markdown],
        description=_l("Shown before the quiz begins."),
    )
    attempts_allowed = IntegerField(
        _l("Attempts"), [Optional(), NumberRange(1, 99)], description=_l("Empty: as often as wished. The best counts.")
    )
    minutes_allowed = IntegerField(
        _l("Minutes"),
        [Optional(), NumberRange(1, 600)],
        description=_l("Empty: no time limit. When the time is up, what was saved is marked."),
    )


class QuestionForm(Form):
    """What every question has; the kinds add their answers."""

    text = TextAreaField(
        _l("Question"), [InputRequired(), Length(max=5000), check_markdown], description=_MARKDOWN_HINT
    )
    points = IntegerField(_l("Points"), [InputRequired(), NumberRange(1, 100)], default=1)
    feedback = TextAreaField(
        _l("Explanation"),
        [Optional(), Length(max=5000), check_markdown],
        description=_l("Shown after the quiz was submitted."),
    )

    def contents(self) -> dict[str, Any]:
        """What the services take."""
        return {"text": self.text.data, "points": self.points.data, "feedback": self.feedback.data or ""}


class _ChoiceForm(QuestionForm):
    def contents(self) -> dict[str, Any]:
        rows = [(self[f"option_{n}"].data, self[f"right_{n}"].data) for n in range(1, OPTION_ROWS + 1)]
        return {**super().contents(), "options": [(text, right) for text, right in rows if text]}

    def refuse(self, message: Text, field: str | None = None) -> None:
        """What is wrong with the options as a whole stands beside the first of them."""
        super().refuse(message, "option_1" if field == "options" else field)


for _n in range(1, OPTION_ROWS + 1):
    setattr(_ChoiceForm, f"option_{_n}", StringField(_l("Option %(number)d", number=_n), [Optional(), Length(max=500)]))
    setattr(_ChoiceForm, f"right_{_n}", BooleanField(_l("Option %(number)d is right", number=_n)))


class _TrueFalseForm(QuestionForm):
    correct = RadioField(
        _l("The statement is"), [InputRequired()], choices=choices((("true", _l("True")), ("false", _l("False"))))
    )

    def contents(self) -> dict[str, Any]:
        return {**super().contents(), "answer": {"correct": self.correct.data == "true"}}


class _NumericForm(QuestionForm):
    value = StringField(_l("Right answer"), [InputRequired(), Length(max=40)])
    tolerance = StringField(
        _l("Tolerance"), [Optional(), Length(max=40)], description=_l("How far an answer may be off. Empty: exact.")
    )

    def contents(self) -> dict[str, Any]:
        return {**super().contents(), "answer": {"value": self.value.data, "tolerance": self.tolerance.data}}


class _ShortTextForm(QuestionForm):
    accepted = TextAreaField(
        _l("Accepted answers"),
        [InputRequired(), Length(max=2000)],
        description=_l("One on each line. Capitals, accents and spaces do not matter."),
    )

    def contents(self) -> dict[str, Any]:
        return {**super().contents(), "answer": {"accepted": (self.accepted.data or "").splitlines()}}


_QUESTION_FORMS: dict[str, type[QuestionForm]] = {
    "single_choice": _ChoiceForm,
    "multiple_choice": _ChoiceForm,
    "true_false": _TrueFalseForm,
    "numeric": _NumericForm,
    "short_text": _ShortTextForm,
}


def question_form(kind: str, question: Question | None = None) -> QuestionForm:
    """The form for one kind of question. Raises KeyError for an unknown kind."""
    made = _QUESTION_FORMS[kind]
    if question is None:
        return made()
    data: dict[str, Any] = dict(question.answer)
    if kind == "true_false":
        data["correct"] = "true" if question.answer["correct"] else "false"
    if kind == "short_text":
        data["accepted"] = "\n".join(question.answer["accepted"])
    for number, option in enumerate(question.options[:OPTION_ROWS], start=1):
        data |= {f"option_{number}": option["text"], f"right_{number}": option["correct"]}
    return made(obj=question, data=data, version=str(question.version))


class PictureForm(Form):
    """A picture for the pages of a course."""

    picture = StoredFileField(_l("Picture"), [FileRequired()], description=_l("PNG, JPEG or WebP, at most 5 MB."))
    alt = StringField(
        _l("What it shows, in words"),
        [InputRequired(), Length(max=300)],
        description=_l("For those who cannot see it, and for weak connections."),
    )


class OfferingForm(Form):
    """When a course is given, for whom, and what completes it."""

    code = StringField(_l("Code"), [InputRequired(), Length(max=20)], description=_l("Such as EPI-101-2027A."))
    mode = RadioField(_l("Who may take part"), [InputRequired()], choices=choices(MODES), default="open")
    capacity = IntegerField(
        _l("Places"), [Optional(), NumberRange(1, 100_000)], description=_l("Empty: as many as come.")
    )
    zone = SelectField(_l("Time zone"), choices=zone_choices, description=_l("All times below are in this zone."))
    enrol_opens = WallClockField(_l("Enrolment opens"), [InputRequired()])
    enrol_closes = WallClockField(_l("Enrolment closes"), [InputRequired()])
    starts = WallClockField(_l("Course starts"), [InputRequired()])
    ends = WallClockField(_l("Course ends"), [InputRequired()])
    requires_pages = BooleanField(_l("All pages must be read"), default=True)
    pass_mark = IntegerField(
        _l("Mark needed in every quiz, in per cent"),
        [Optional(), NumberRange(0, 100)],
        description=_l("Empty: quizzes do not count."),
        default=60,
    )
    institution_id = SelectField(
        _l("Issuing institution"),
        coerce=int,
        description=_l("It stands on the certificate, and its office approves applications."),
    )
    signatory_name = StringField(_l("Name of the signatory"), [InputRequired(), Length(max=120)])
    signatory_office_en = StringField(_l("Office of the signatory in English"), [InputRequired(), Length(max=120)])
    signatory_office_zh = StringField(_l("Office of the signatory in Chinese"), [InputRequired(), Length(max=120)])

    _TIMES = {
        "enrol_opens": "enrol_opens_at",
        "enrol_closes": "enrol_closes_at",
        "starts": "starts_at",
        "ends": "ends_at",
    }

    # Rarely different the next time: nobody types these twice.
    _KEPT = (
        "mode", "capacity", "zone", "requires_pages", "pass_mark",
        "institution_id", "signatory_name", "signatory_office_en", "signatory_office_zh",
    )  # fmt: skip

    @classmethod
    def of(
        cls,
        offering: Offering | None,
        *,
        zone: str,
        institutions: Sequence[tuple[int, Any]],
        like: Offering | None = None,
    ) -> "OfferingForm":
        """The form for an existing offering, whose code stays, or for a new one, `like` an earlier one of the course.

        `zone` is the actor's, for the first offering of a course.
        """
        data: dict[str, Any] = {"zone": zone}
        if offering is not None:
            own = ZoneInfo(offering.zone)
            for field, column in cls._TIMES.items():
                data[field] = getattr(offering, column).astimezone(own).replace(tzinfo=None)
            form = cls(obj=offering, data={**data, "zone": offering.zone}, version=str(offering.version))
            del form.code
        else:
            form = cls(data=data | {name: getattr(like, name) for name in cls._KEPT if like is not None})
        form.institution_id.choices = choices(institutions)
        return form

    def columns(self) -> dict[str, Any]:
        """The values as the services take them: instants instead of wall clock times."""
        values = self.values()
        for field, column in self._TIMES.items():
            local: datetime = values.pop(field)
            values[column] = deadline_in_zone(local, values["zone"])
        return values


class EnrolForm(Form):
    """Taking a place; where approval is asked, with a few words."""

    motivation = TextAreaField(
        _l("Why do you want to take part?"),
        [Optional(), Length(max=2000)],
        description=_l("A few sentences for the office that decides: your work, and what you hope to learn."),
    )


class PreviewForm(Form):
    """The text of which a preview is wanted."""

    body = TextAreaField(validators=[Length(max=100_000)])
