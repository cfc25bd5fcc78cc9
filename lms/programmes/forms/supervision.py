"""Forms of supervisors: offering one, opening a round, and ranking the other side."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import DateField, EmailField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.accounts.forms import check_email
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.programmes.services.supervision import Opinion
from lms.programmes.supervising import MOST_STUDENTS


class OfferForm(Form):
    """Whom a university offers, and for how many students."""

    institution = SelectField(_l("University"), [InputRequired()], coerce=int)
    email = EmailField(
        _l("E-mail address of the supervisor"),
        [InputRequired(), check_email],
        description=_l("Of their account here. The fields are those of their profile."),
    )
    capacity = IntegerField(
        _l("Students at a time"),
        [InputRequired(), NumberRange(0, MOST_STUDENTS)],
        description=_l("0 takes nobody new. Offering somebody again changes the number."),
    )

    @classmethod
    def of(cls, universities: Sequence[tuple[int, Text]]) -> "OfferForm":
        """The form for the universities that the actor may speak for."""
        form = cls(prefix="offer-")
        form.institution.choices = choices(universities)
        return form


class RoundForm(Form):
    """Until when both sides say whom they want."""

    closes_on = DateField(_l("Wishes until"), [InputRequired()])


class RankForm(Form):
    """A place for each of the other side, 1 the most wanted; supervisors may say whom they cannot take."""

    def ranks(self, ids: Sequence[int]) -> dict[int, int | None]:
        """What a student typed, by the ids of the supervisors."""
        return {one: self[f"rank-{one}"].data for one in ids}

    def opinions(self, ids: Sequence[int]) -> dict[int, Opinion]:
        """What a supervisor typed, by the ids of the students."""
        return {one: Opinion(self[f"rank-{one}"].data, self[f"reason-{one}"].data or "") for one in ids}


def rank_form(names: Mapping[int, str], data: Mapping[str, Any], *, refuses: bool, version: int) -> RankForm:
    """The form for the people of the other side, by id, filled with what was said."""
    fields: dict[str, Any] = {}
    for one, name in names.items():
        fields[f"rank-{one}"] = IntegerField(
            _l("Place of %(name)s", name=name), [Optional(), NumberRange(1, 999)], render_kw={"min": 1}
        )
        if refuses:
            fields[f"reason-{one}"] = StringField(
                _l("Why you cannot take %(name)s", name=name), [Optional(), Length(max=600)]
            )
    return type("PeopleRankForm", (RankForm,), fields)(data=data, version=str(version))
