"""Forms of study: the plan, the grades of a sheet, a correction, a conversion."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.core.i18n import Text, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import whole_number
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.programmes.models import GradeEntry, GradeSheet, PlanItem, Student
from lms.programmes.services.grades import Typed
from lms.programmes.tally import shown
from lms.recognition import METHODS, RecognitionError
from lms.recognition.methods import pairs_from

_SINGLE_METHODS = ("linear", "table", "rank", "pass_fail", "none")


class PlanForm(Form):
    """For each elective module the semester in which it is taken, or none."""

    modules: Mapping[str, int] = {}

    def semesters(self) -> dict[int, int]:
        """What was chosen, by module id; what is no semester is left to the form's own checks."""
        chosen = {module_id: whole_number(self[name].data or "") for name, module_id in self.modules.items()}
        return {module_id: semester for module_id, semester in chosen.items() if semester}


def plan_form(student: Student, graded: set[int]) -> PlanForm:
    """The form of a loaded student's electives; what has a grade is not asked any more."""
    fields: dict[str, Any] = {}
    names: dict[str, int] = {}
    data: dict[str, str] = {}
    taken = {item.module_id: item.semester for item in student.plan}
    options = choices(
        [
            ("", _l("Not taken")),
            *(
                (number, _l("Semester %(number)d", number=number))
                for number in range(1, student.curriculum.semesters + 1)
            ),
        ]
    )
    for module in student.curriculum.modules:
        if module.is_compulsory or module.id in graded:
            continue
        name = f"m{module.id}"
        names[name] = module.id
        fields[name] = SelectField(
            f"{module.code} · {in_reader_language(module, 'title')}",
            [Optional()],
            choices=options,
            description=_l(
                "%(institution)s · %(credits)s credits of its own",
                institution=in_reader_language(module.institution, "name"),
                credits=shown(module.credits),
            ),
        )
        data[name] = str(taken.get(module.id, ""))
    made: type[PlanForm] = type("StudentPlanForm", (PlanForm,), {**fields, "modules": names})
    return made(data=data, version=str(student.version))


Read = Callable[[Sequence[Typed]], list[tuple[str, Text]]]


class GradesForm(Form):
    """A cell for each grade of a sheet that does not hold yet."""

    items: Mapping[str, PlanItem] = {}
    read: Read | None = None

    def typed(self) -> list[Typed]:
        """What was typed, with the cell it stands in."""
        return [Typed(item, self[name].data or "", name) for name, item in self.items.items()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Put what cannot be read beside its cell."""
        is_valid = super().validate(extra_validators)
        assert self.read is not None
        for name, message in self.read(self.typed()):
            self.refuse(message, name)
            is_valid = False
        return is_valid


def grades_form(
    sheet: GradeSheet,
    rows: Sequence[PlanItem],
    entries: Mapping[int, GradeEntry],
    holding: Mapping[int, GradeEntry],
    read: Read,
) -> GradesForm:
    """The form of a sheet's grades, filled with what was entered."""
    fields: dict[str, Any] = {}
    items: dict[str, PlanItem] = {}
    data: dict[str, str] = {}
    for item in rows:
        if item.id in holding:
            continue
        name = f"g{item.id}"
        items[name] = item
        label = _l("%(name)s: %(code)s", name=item.student.person.name, code=item.module.code)
        fields[name] = StringField(label, [Optional(), Length(max=20)])
        data[name] = entries[item.id].text if item.id in entries else ""
    made: type[GradesForm] = type("SheetForm", (GradesForm,), {**fields, "items": items, "read": staticmethod(read)})
    return made(data=data, version=str(sheet.version))


class CorrectForm(Form):
    """Another grade instead of the one that holds."""

    grade = StringField(_l("Correct grade"), [InputRequired(), Length(max=20)])
    reason = TextAreaField(
        _l("Reason"), [InputRequired(), Length(max=2000)], description=_l("The student and the universities read this.")
    )


class ConvertForm(Form):
    """Another conversion of one grade."""

    method = SelectField(_l("Method"), choices=choices((name, METHODS[name]) for name in _SINGLE_METHODS))
    pairs = TextAreaField(
        _l("Agreed table"),
        [Optional(), Length(max=2000)],
        description=_l("For the agreed table, such as: B+ = 85"),
    )
    rank = StringField(_l("Rank"), [Optional(), Length(max=6)], description=_l("For the method by rank."))
    of = StringField(_l("Among how many who passed"), [Optional(), Length(max=6)])
    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=2000)])

    def validate_pairs(self, field: Any) -> None:
        """Each line is a pair."""
        try:
            pairs_from(field.data or "")
        except RecognitionError as error:
            raise ValidationError(str(error)) from error

    def parameters(self) -> dict[str, Any]:
        """What the method needs."""
        match self.method.data:
            case "table":
                return {"pairs": pairs_from(self.pairs.data or "")}
            case "rank":
                return {"rank": self.rank.data, "of": self.of.data}
            case _:
                return {}
