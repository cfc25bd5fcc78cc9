"""What people say they work on."""

from collections.abc import Collection

from sqlalchemy import delete, insert

from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.institutions import queries
from lms.institutions.models import person_sub_centre


def choose_sub_centres(actor: Actor, *, sub_centre_ids: Collection[int]) -> None:
    """Keep the sub research centres that the actor works with. Raises Invalid for one that does not exist."""
    wanted = sorted(set(sub_centre_ids))
    if len(queries.sub_centres(wanted)) != len(wanted) or actor.person_id is None:
        raise Invalid(_l("Choose from the list."), "sub_centre_ids")
    db.session.execute(delete(person_sub_centre).where(person_sub_centre.c.person_id == actor.person_id))
    if wanted:
        rows = [{"person_id": actor.person_id, "sub_centre_id": one} for one in wanted]
        db.session.execute(insert(person_sub_centre), rows)
    db.session.flush()
    audit.record(actor, "person.sub_centres_chosen", subject=("person", actor.person_id), detail={"ids": wanted})
