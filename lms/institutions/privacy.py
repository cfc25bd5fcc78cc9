"""What is kept about people at institutions, and why it is read."""

from collections.abc import Collection

from sqlalchemy import select

from lms.accounts import privacy, readings
from lms.accounts.privacy import Holding
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Title
from lms.core.waiting.kinds import Titled
from lms.institutions.models import Affiliation, Institution, person_sub_centre

privacy.register(
    Holding("affiliations", Affiliation, _l("Affiliations with institutions"), subject="affiliation"),
    Holding("subjects", person_sub_centre, _l("Fields of work")),
)
privacy.register_mentions(
    privacy.ACTED,
    "affiliation.decided_by_id",
    "institution.proposed_by_id",
)


def _titles(ids: Collection[int]) -> dict[int, Titled]:
    rows = db.session.execute(
        select(Affiliation.id, Institution.name_en, Institution.name_zh)
        .join(Affiliation.institution)
        .where(Affiliation.id.in_(ids))
    )
    return {row[0]: Title(row[1], row[2]) for row in rows}


readings.register(
    readings.Readable(
        Affiliation,
        "affiliation",
        _l("Your place at an institution"),
        lambda affiliation: affiliation.person_id,
        {
            "affiliation.view": _l("To confirm that you belong there"),
            "affiliation.letter": _l("To check the letter of a coordinator"),
        },
        _titles,
    )
)
