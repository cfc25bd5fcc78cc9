"""Forms of screening, ranking, deciding, offers and placements."""

from typing import Any

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.applications.forms import ReturnForm, form_for_fields
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.core.web.forms import StoredFileField
from lms.exchange.allocating import OUTCOMES
from lms.exchange.models import Application, Call, Placement, Post
from lms.exchange.rules import returnable_fields
from lms.exchange.services.ranking import Opinion


def return_form(call: Call, **options: Any) -> ReturnForm:
    """The form with one line for each field that may be sent back."""
    return form_for_fields(returnable_fields(call), **options)


class RankingForm(Form):
    """A position, or a refusal with its reason, for each candidate."""

    def opinions(self, candidates: Any) -> dict[str, Opinion]:
        """What was said, by the applications' references."""
        return {
            one.ref: Opinion(self[f"position-{one.ref}"].data, self[f"reason-{one.ref}"].data or "")
            for one in candidates
        }


def ranking_form(post: Post, candidates: Any, said: Any) -> RankingForm:
    """The form for a post's candidates, filled with what was saved."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for one in candidates:
        name = one.person.name
        fields[f"position-{one.ref}"] = IntegerField(
            _l("Position of %(name)s", name=name), [Optional(), NumberRange(min=1, max=9999)]
        )
        fields[f"reason-{one.ref}"] = StringField(
            _l("Why you refuse %(name)s", name=name), [Optional(), Length(max=1000)]
        )
        if one.id in said:
            data[f"position-{one.ref}"] = said[one.id].position
            data[f"reason-{one.ref}"] = said[one.id].reason
    return type("PostRankingForm", (RankingForm,), fields)(data=data, version=str(post.version))


class DecisionForm(Form):
    """A decision by hand."""

    outcome = RadioField(_l("Decision"), [InputRequired()], choices=choices(OUTCOMES.items()))
    post = SelectField(_l("Post"), [Optional()], validate_choice=False)
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(max=2000)],
        description=_l("Kept with the decision. Applicants who are not selected read it after the release."),
    )
    overrides = BooleanField(
        _l("Give the place although it is reserved for others"),
        description=_l("Kept in the journal with the reason. The next run has it as a fixed place."),
    )


def decision_form(application: Application, posts: Any, decision: Any) -> DecisionForm:
    """The form with the applicant's posts, filled with what was decided."""
    by_id = {post.id: post.ref for post in posts}
    data = (
        {"outcome": decision.outcome, "post": by_id.get(decision.post_id, ""), "reason": decision.reason}
        if decision
        else None
    )
    form = DecisionForm(data=data, version=str(application.version))
    form.post.choices = choices([("", _l("None")), *((one.ref, in_reader_language(one, "title")) for one in posts)])
    return form


class ExtendForm(Form):
    """More time to answer an offer."""

    until_on = DateField(_l("New last day to answer"), [InputRequired()])


class CloseListForm(Form):
    """The end of the waiting list."""

    reason = TextAreaField(
        _l("Reason"), [InputRequired(), Length(max=2000)], description=_l("Everybody on the list reads this.")
    )


class PlanForm(Form):
    """The first day of a stay."""

    planned_from = DateField(_l("First day of the stay"), [InputRequired()])


class ExcuseForm(Form):
    """Why a task of the checklist is not needed."""

    reason = StringField(_l("Why it is not needed"), [InputRequired(), Length(max=600)])


class ReportForm(Form):
    """The scientist's report."""

    text = TextAreaField(
        _l("What you did, and what came of it"),
        [InputRequired(), Length(max=20000)],
        description=_l("Work done, results, publications, plans with the host."),
    )
    file = StoredFileField(_l("File"), [Optional()], description=_l("PDF, Word or a picture, up to 20 MB."))


def report_form(placement: Placement, report: Any) -> ReportForm:
    """The form, filled with a report that was returned."""
    return ReportForm(data={"text": report.text} if report else None, version=str(placement.version))
