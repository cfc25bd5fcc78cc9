"""Forms of reviews."""

from typing import Any

from wtforms import DateField, EmailField, HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.applications.review_rules import HIGHEST, LOWEST
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.core.web.templating import in_reader_language

_STEPS = {
    1: _l("1 – weak"),
    2: _l("2 – below what is expected"),
    3: _l("3 – as expected"),
    4: _l("4 – above what is expected"),
    5: _l("5 – outstanding"),
}


class InTheEnd(Optional):
    """Needed for handing in, not for saving; the page says nothing of "optional"."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"required": True}


class ReviewForm(Form):
    """Scores and a comment; saved as often as one likes, handed in once."""


def review_form(review: Any, *, is_handed_in: bool = False, **sent: Any) -> ReviewForm:
    """The form with one choice for each criterion of the call, filled with what was saved.

    What is handed in is complete: what is missing is said beside each field. `sent` may replace what was sent.
    """
    needed = InputRequired() if is_handed_in else InTheEnd()
    names: dict[str, Any] = {
        f"score_{criterion['key']}": RadioField(
            _criterion_label(criterion),
            [needed],
            choices=choices((step, _STEPS[step]) for step in range(LOWEST, HIGHEST + 1)),
        )
        for criterion in review.application.call.criteria
    }
    names["comment"] = TextAreaField(
        _l("Comment"),
        [needed, Length(max=6000)],
        description=_l(
            "What led to your scores, in a few sentences. The secretariat reads it; the applicant does not."
        ),
    )
    made = type("FilledReviewForm", (ReviewForm,), names)
    kept = {f"score_{key}": str(score) for key, score in review.scores.items()}
    return made(data={**kept, "comment": review.comment}, version=str(review.version), **sent)


def _criterion_label(criterion: dict[str, Any]) -> str:
    class Shown:
        label_en = criterion["label_en"]
        label_zh = criterion.get("label_zh", "")

    return in_reader_language(Shown, "label")


class DueForm(Form):
    """Until when reviews are to be handed in: the end of that day in the call's zone."""

    due_on = DateField(_l("Reviews are due on"), [InputRequired()])


class AssignForm(DueForm):
    """One reviewer for one application."""

    reviewer = HiddenField()


class TieForm(Form):
    """A tie that a reviewer declares."""

    email = EmailField(
        _l("E-mail address of the other person"),
        [InputRequired(), Length(max=200)],
        description=_l("The address of their account here."),
    )
    reason = TextAreaField(
        _l("What ties you"),
        [InputRequired(), Length(max=1000)],
        description=_l("Such as: family, former student, joint grant. Only the secretariat reads it."),
    )
