"""Forms of curricula and grade scales."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, DateField, DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.core.errors import Invalid
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.programmes.models import Curriculum, CurriculumParty, Module, ScaleVersion
from lms.programmes.services.curriculum import ModuleFacts, Terms
from lms.programmes.tally import shown
from lms.recognition import METHODS, RecognitionError, credit_systems, grade_scales
from lms.recognition.grades import OUTCOMES
from lms.recognition.methods import pairs_from

_AGREED_METHODS = ("none", "linear", "table", "pass_fail")
_CREDITS = [InputRequired(), NumberRange(Decimal("0.01"), Decimal(1000))]
_SOME_CREDITS = [InputRequired(), NumberRange(0, Decimal(1000))]
_OUTCOME_LABELS = {
    "passed": _l("Passed, without a grade"),
    "failed": _l("Failed, without a grade"),
    "credited": _l("Credited from elsewhere"),
    "open": _l("Still open"),
    "withdrawn": _l("Withdrawn"),
    "none": _l("Without credit"),
}


def _systems() -> list[Any]:
    return choices((one.code, in_reader_language(one, "name")) for one in credit_systems().values())


def _scales(own: Iterable[ScaleVersion] = (), *, none: bool = False) -> list[Any]:
    """The shipped scales, and those that an institution keeps itself with the day they are valid from."""
    kept = [
        (
            str(one.id),
            _l("%(name)s, from %(day)s", name=in_reader_language(one, "name"), day=one.valid_from.isoformat()),
        )
        for one in own
    ]
    shipped = [(one.code, in_reader_language(one, "name")) for one in grade_scales().values()]
    empty = [("", _l("Do not convert grades"))] if none else []
    return choices([*empty, *kept, *shipped])


def _chosen(scale: ScaleVersion | None) -> str:
    """A kept scale as the form names it."""
    if scale is None:
        return ""
    return scale.code if scale.institution_id is None else str(scale.id)


class FrameForm(Form):
    """What the degree requires."""

    credit_system = SelectField(
        _l("Credits of the programme"),
        description=_l("Requirements count in these. Each university keeps its own credits beside them."),
    )
    credits_required = DecimalField(_l("Credits for the degree"), _CREDITS)
    semesters = IntegerField(_l("Semesters"), [InputRequired(), NumberRange(1, 20)])
    double_limit = DecimalField(
        _l("Credits that may count at two universities"),
        _SOME_CREDITS,
        description=_l("Of modules that stand for a module of another university."),
    )
    scale = SelectField(_l("Scale beside the original grades"), [Optional()])

    @classmethod
    def of(cls, curriculum: Curriculum) -> "FrameForm":
        """The form as the curriculum stands."""
        names = ("credit_system", "credits_required", "semesters", "double_limit")
        data = {name: getattr(curriculum, name) for name in names} | {"scale": _chosen(curriculum.scale)}
        form = cls(data=data, version=str(curriculum.version))
        form.credit_system.choices = _systems()
        form.scale.choices = _scales(none=True)
        return form


class TermsForm(Form):
    """How one university counts and grades."""

    credit_system = SelectField(_l("Own credits"))
    factor = StringField(
        _l("One own credit is so many of the programme's"),
        [InputRequired(), Length(max=20)],
        description=_l("A number such as 1.5, or a fraction such as 5/3."),
    )
    factor_source = StringField(
        _l("Where this factor stands"),
        [InputRequired(), Length(max=200)],
        description=_l("Such as the annex of the agreement. Printed on transcripts."),
    )
    rounding_step = SelectField(
        _l("Rounded to"),
        choices=choices([("0.01", "0.01"), ("0.1", "0.1"), ("0.25", "0.25"), ("0.5", "0.5"), ("1", "1")]),
    )
    least_credits = DecimalField(_l("Least share"), _SOME_CREDITS, description=_l("In credits of the programme."))
    scale = SelectField(_l("Own grade scale"))
    method = SelectField(
        _l("How its grades are converted"), choices=choices((name, METHODS[name]) for name in _AGREED_METHODS)
    )
    pairs = TextAreaField(
        _l("Agreed table"),
        [Optional(), Length(max=4000)],
        description=_l("Only for the agreed table. A line for each grade, the best first, such as: 90 = A"),
    )

    @classmethod
    def of(cls, curriculum: Curriculum, party: CurriculumParty, own: Sequence[ScaleVersion]) -> "TermsForm":
        """The form as the party's terms stand."""
        form = cls(
            data={
                "credit_system": party.credit_system,
                "factor": party.factor,
                "factor_source": party.factor_source,
                "rounding_step": shown(party.rounding_step),
                "least_credits": party.least_credits,
                "scale": _chosen(party.scale),
                "method": party.method,
                "pairs": "\n".join(f"{left} = {right}" for left, right in party.pairs),
            },
            version=str(curriculum.version),
        )
        form.credit_system.choices = _systems()
        form.scale.choices = _scales(own)
        return form

    def validate_pairs(self, field: Any) -> None:
        """Each line is a pair."""
        try:
            pairs_from(field.data or "")
        except RecognitionError as error:
            raise ValidationError(str(error)) from error

    def terms(self) -> Terms:
        """What was entered."""
        return Terms(
            credit_system=self.credit_system.data,
            factor=self.factor.data or "",
            factor_source=self.factor_source.data or "",
            rounding_step=Decimal(self.rounding_step.data),
            least_credits=self.least_credits.data or Decimal(0),
            scale=self.scale.data,
            method=self.method.data,
            pairs=pairs_from(self.pairs.data or "") if self.method.data == "table" else [],
        )


class ModuleForm(Form):
    """A module of one university."""

    institution = SelectField(_l("University"), coerce=int)
    code = StringField(_l("Code"), [InputRequired(), Length(max=20)], description=_l("As the university writes it."))
    title_en = StringField(_l("Title in English"), [InputRequired(), Length(max=200)])
    title_zh = StringField(_l("Title in Chinese"), [Optional(), Length(max=200)])
    credits = DecimalField(
        _l("Own credits"), [InputRequired(), NumberRange(Decimal("0.01"), Decimal(100))],
        description=_l("In the credits of its university."),
    )  # fmt: skip
    semester = IntegerField(_l("Semester"), [InputRequired(), NumberRange(1, 20)], default=1)
    is_compulsory = BooleanField(_l("Compulsory"), default=True)
    is_thesis = BooleanField(_l("This is the thesis"))
    stands_for = SelectField(
        _l("Stands for"),
        [Optional()],
        description=_l("A module of another university that it is equivalent to. Its credits then count at both."),
    )
    examiner = StringField(
        _l("E-mail address of the examiner"),
        [Optional(), Length(max=200)],
        description=_l("Somebody who works at this university. Empty: its coordinators enter the grades."),
    )

    @classmethod
    def of(cls, curriculum: Curriculum, module: Module | None, parties: Sequence[CurriculumParty]) -> "ModuleForm":
        """The form of a module, or of a new one; `parties` are those for whom the reader speaks."""
        replaced = next((one for one in curriculum.modules if module and one.id == module.stands_for_id), None)
        names = ("code", "title_en", "title_zh", "credits", "semester", "is_compulsory", "is_thesis")
        data = {name: getattr(module, name) for name in names} if module else {}
        data["institution"] = module.institution_id if module else parties[0].institution_id
        data["stands_for"] = replaced.ref if replaced else ""
        data["examiner"] = module.examiner.email if module and module.examiner else ""
        form = cls(data=data, version=str(curriculum.version))
        form.institution.choices = choices(
            (one.institution_id, in_reader_language(one.institution, "name")) for one in parties
        )
        others = [(one.ref, f"{one.code} {in_reader_language(one, 'title')}") for one in curriculum.modules]
        form.stands_for.choices = choices([("", _l("None")), *others])
        return form

    def facts(self) -> ModuleFacts:
        """What was entered."""
        values = self.values()
        values["institution_id"] = values.pop("institution")
        values["stands_for"] = values["stands_for"] or ""
        values["title_zh"] = values["title_zh"] or ""
        values["examiner"] = values["examiner"] or ""
        return ModuleFacts(**values)


class ScaleForm(Form):
    """A grade scale that a university keeps itself."""

    institution = SelectField(_l("University"))
    name_en = StringField(_l("Name in English"), [InputRequired(), Length(max=120)])
    name_zh = StringField(_l("Name in Chinese"), [Optional(), Length(max=120)])
    valid_from = DateField(_l("Valid from"), [InputRequired()])
    source = StringField(
        _l("Where it stands"), [InputRequired(), Length(max=200)], description=_l("Such as the examination rules.")
    )
    kind = SelectField(_l("Kind"), choices=choices([("numbers", _l("Numbers")), ("letters", _l("Letters or words"))]))
    best = DecimalField(
        _l("Best grade"), [Optional()], description=_l("Only for numbers. It may be the lowest number.")
    )
    worst = DecimalField(_l("Worst grade"), [Optional()])
    passing = DecimalField(_l("Pass mark"), [Optional()])
    step = DecimalField(_l("Steps"), [Optional()], default=Decimal(1))
    letters = TextAreaField(
        _l("Letters that pass"),
        [Optional(), Length(max=2000)],
        description=_l(
            "Only for letters. The best first, a line each, with points if there are any, such as: B+ = 3.5"
        ),
    )
    failing = TextAreaField(_l("Letters that fail"), [Optional(), Length(max=500)])
    codes = TextAreaField(
        _l("Codes that are no grade"),
        [Optional(), Length(max=1000)],
        description=_l("A line each, such as: I = open. Known: %(known)s.", known=", ".join(OUTCOMES)),
    )

    def definition(self) -> dict[str, Any]:
        """The scale as data. Raises Invalid for lines that cannot be read."""
        common = {
            "code": "-".join((self.name_en.data or "").casefold().split())[:40],
            "name_en": self.name_en.data or "",
            "name_zh": self.name_zh.data or "",
            "source": self.source.data or "",
            "kind": self.kind.data,
            "codes": [{"code": code, "outcome": outcome} for code, outcome in _pairs(self.codes)],
        }
        if self.kind.data == "numbers":
            names = {"best": self.best, "worst": self.worst, "pass": self.passing, "step": self.step}
            for field in names.values():
                if field.data is None:
                    raise Invalid(_l("Fill this in for a scale of numbers."), field.short_name)
            return common | {name: str(field.data) for name, field in names.items()}
        passing, failing = _letters(self.letters, passes=True), _letters(self.failing, passes=False)
        return common | {"grades": [*passing, *failing]}


def _pairs(field: Any) -> list[tuple[str, str]]:
    try:
        return pairs_from(field.data or "")
    except RecognitionError as error:
        raise Invalid(error.message, field.short_name) from error


def _letters(field: Any, *, passes: bool) -> list[dict[str, Any]]:
    rows = []
    for line in filter(None, (one.strip() for one in (field.data or "").splitlines())):
        grade, _equals, points = (part.strip() for part in line.partition("="))
        rows.append({"grade": grade, "points": points, "passes": passes})
    return rows
