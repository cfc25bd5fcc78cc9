"""Forms of mentoring."""

from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.clock import deadline_in_zone
from lms.core.errors import Invalid
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import WallClockField, check_markdown, choices
from lms.core.web.zones import zone_choices
from lms.institutions.queries import countries, sub_centres
from lms.mentoring.models import MentoringScheme, Participant
from lms.mentoring.rules import CRITERIA, HOURS, LANGUAGES, METHODS, OBJECTIVES
from lms.mentoring.services.participants import addresses_in
from lms.mentoring.services.schemes import DEFAULT_WEIGHTS

_TEXT = [Optional(), Length(max=8000), check_markdown]
_WEIGHT = [InputRequired(), NumberRange(0, 1000)]


class SchemeForm(Form):
    """Texts, dates and rules of a scheme. Dates are wall-clock times in its zone."""

    title_en = StringField(_l("Title in English"), [InputRequired(), Length(max=200)])
    title_zh = StringField(_l("Title in Chinese"), [Optional(), Length(max=200)])
    summary_en = TextAreaField(
        _l("Summary in English"), _TEXT, description=_l("Markdown. What it is for, and for whom.")
    )
    summary_zh = TextAreaField(_l("Summary in Chinese"), _TEXT)
    sub_centre = SelectField(_l("Field"), [Optional()])
    countries = SelectMultipleField(
        _l("States of the mentees"),
        [Optional()],
        description=_l("By their home institution. Choose none to admit mentees of every state."),
    )
    zone = SelectField(_l("Time zone of the scheme"), choices=zone_choices)
    opens_local = WallClockField(_l("Joining opens"), [InputRequired()])
    closes_local = WallClockField(_l("Joining closes"), [InputRequired()])
    ends_on = DateField(
        _l("Mentorships end"), [InputRequired()], description=_l("On this day both are asked to close with a note.")
    )
    objective = SelectField(_l("What the matching aims at"), choices=choices(OBJECTIVES.items()))
    floor = IntegerField(
        _l("Least score of a pair"),
        [InputRequired(), NumberRange(0, 7000)],
        default=200,
        description=_l("Pairs below it do not come about."),
    )
    answer_days = IntegerField(_l("Days to answer a proposal"), [InputRequired(), NumberRange(1, 60)], default=7)
    idle_days = IntegerField(
        _l("Days without a meeting until both are asked"), [InputRequired(), NumberRange(7, 180)], default=30
    )
    max_capacity = IntegerField(
        _l("Mentees that one mentor may guide"), [InputRequired(), NumberRange(1, 20)], default=3
    )
    institution_limit = IntegerField(
        _l("Mentees that the mentors of one institution guide together"),
        [Optional(), NumberRange(1, 999)],
        description=_l("Empty: no limit."),
    )
    weight_fields = IntegerField(CRITERIA["fields"], _WEIGHT)
    weight_methods = IntegerField(CRITERIA["methods"], _WEIGHT)
    weight_languages = IntegerField(CRITERIA["languages"], _WEIGHT)
    weight_hours = IntegerField(CRITERIA["hours"], _WEIGHT)
    weight_seniority = IntegerField(CRITERIA["seniority"], _WEIGHT)
    weight_mentee_wish = IntegerField(CRITERIA["mentee_wish"], _WEIGHT)
    weight_mentor_wish = IntegerField(CRITERIA["mentor_wish"], _WEIGHT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sub_centre.choices = choices([("", _l("Every field")), *_named(sub_centres())])
        self.countries.choices = choices(_named(countries()))

    @classmethod
    def of(cls, scheme: MentoringScheme) -> "SchemeForm":
        """The form as the scheme stands."""
        zone = ZoneInfo(scheme.zone)
        return cls(
            data={
                **{name: getattr(scheme, name) for name in _COLUMNS},
                "sub_centre": scheme.sub_centre.code if scheme.sub_centre else "",
                "countries": [country.code for country in scheme.countries],
                "opens_local": scheme.opens_at.astimezone(zone).replace(tzinfo=None),
                "closes_local": scheme.closes_at.astimezone(zone).replace(tzinfo=None),
                **{f"weight_{name}": weight for name, weight in scheme.weights.items()},
            },
            version=str(scheme.version),
        )

    def columns(self) -> dict[str, Any]:
        """The values as `services.schemes` takes them: local times become instants. Raises Invalid for far years."""
        values = self.values()
        ids = {centre.code: centre.id for centre in sub_centres()}
        return {
            **{name: values[name] for name in _COLUMNS},
            "sub_centre_id": ids.get(values["sub_centre"]),
            "countries": values["countries"] or [],
            "opens_at": deadline_in_zone(values["opens_local"], values["zone"]),
            "closes_at": deadline_in_zone(values["closes_local"], values["zone"]),
            "weights": {name: values[f"weight_{name}"] for name in CRITERIA},
        }


_COLUMNS = (
    "title_en", "title_zh", "summary_en", "summary_zh", "zone", "ends_on", "objective", "floor", "answer_days",
    "idle_days", "max_capacity", "institution_limit",
)  # fmt: skip
DEFAULTS = {f"weight_{name}": weight for name, weight in DEFAULT_WEIGHTS.items()}


def _named(things: Any) -> list[tuple[str, str]]:
    return [(thing.code, in_reader_language(thing, "name")) for thing in things]


class ProfileForm(Form):
    """What somebody says about themselves in a scheme."""

    fields = SelectMultipleField(_l("Fields"), [Optional()])
    methods = SelectMultipleField(_l("Methods"), [Optional()], choices=choices(METHODS.items()))
    languages = SelectMultipleField(
        _l("Languages in which you can talk"), [Optional()], choices=choices(LANGUAGES.items())
    )
    zone = SelectField(_l("Time zone in which you live"), choices=zone_choices)
    hours = SelectMultipleField(
        _l("Hours in which you can meet"), [Optional()], choices=choices((one, one) for one in HOURS)
    )
    years = IntegerField(_l("Years of experience"), [Optional(), NumberRange(0, 80)])
    capacity = IntegerField(_l("How many mentees you would guide"), [InputRequired(), NumberRange(1, 20)], default=1)
    about = TextAreaField(_l("About you"), [Optional(), Length(max=3000)])
    apart_text = TextAreaField(
        _l("People with whom you should not be matched"),
        [Optional(), Length(max=2000)],
        description=_l("E-mail addresses, such as of your own supervisor. Nobody but the matching reads this."),
    )

    @classmethod
    def of(cls, participant: Participant, *, sent: bool = True) -> "ProfileForm":
        """The form as the profile stands; with `sent` False without what was sent, to be shown beside another form."""
        form = cls(
            **({} if sent else {"formdata": None}),
            obj=participant,
            apart_text="\n".join(participant.apart),
            version=str(participant.version),
        )
        form["fields"].choices = choices(_named(sub_centres()))  # type: ignore[attr-defined]
        if participant.side == "mentor":
            form["fields"].description = _l("In which you can guide others.")
            form.methods.description = _l("Which you know well.")
            form.about.description = _l("What you can offer a younger colleague. Mentees of the scheme read this.")
        else:
            del form.capacity
            form["fields"].description = _l("In which you look for guidance.")
            form.methods.description = _l("Which you want to learn.")
            form.about.description = _l("What you hope for, and where you want to go. Mentors of the scheme read this.")
        return form

    def columns(self) -> dict[str, Any]:
        """The values as columns of a participant. Raises Invalid for what is not an e-mail address."""
        values = self.values()
        values["apart"] = addresses_in(values.pop("apart_text") or "")
        for name in ("fields", "methods", "languages", "hours"):
            values[name] = values[name] or []
        return values


class GoalForm(Form):
    """One more goal."""

    text = StringField(_l("Goal"), [InputRequired(), Length(max=400)])


PROGRESS = [
    ("0", _l("Not begun")),
    ("25", _l("Begun")),
    ("50", _l("Half way")),
    ("75", _l("Nearly")),
    ("100", _l("Reached")),
]


class ProgressForm(Form):
    """How far a goal is."""

    progress = SelectField(_l("How far"), [InputRequired()], choices=choices(PROGRESS), coerce=int)


class NoteForm(Form):
    """A note."""

    text = TextAreaField(_l("Note"), [InputRequired(), Length(max=8000)])
    is_shared = BooleanField(_l("Both of us read this note"))


class MeetingForm(Form):
    """A time to meet, on one's own clock."""

    starts_local = WallClockField(_l("Begins"), [InputRequired()])
    minutes = IntegerField(_l("Minutes"), [InputRequired(), NumberRange(5, 480)], default=60)
    place = StringField(
        _l("Where"), [Optional(), Length(max=300)], description=_l("The address of a video room, or a place.")
    )
    agenda = TextAreaField(_l("What to talk about"), [Optional(), Length(max=2000)])

    def meeting(self, zone: str) -> dict[str, Any]:
        """The values of a meeting. Raises Invalid for a year too far away."""
        values = self.values()
        try:
            starts_at = deadline_in_zone(values.pop("starts_local"), zone)
        except Invalid as error:
            raise Invalid(error.message, "starts_local") from None
        return {**values, "starts_at": starts_at, "place": values["place"] or "", "agenda": values["agenda"] or ""}


class ConcernForm(Form):
    """What somebody confides."""

    text = TextAreaField(_l("What happened"), [InputRequired(), Length(max=8000)])
