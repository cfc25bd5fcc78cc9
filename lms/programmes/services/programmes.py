"""Making a programme and keeping its page."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.applications.services.editing import begin_edit
from lms.core import audit, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.translated import translate
from lms.institutions.queries import sub_centres
from lms.programmes.flow import PROGRAMME
from lms.programmes.indexing import index_programme
from lms.programmes.models import Programme
from lms.programmes.queries.programmes import programme_by_id


def make_programme(
    actor: Actor, *, coordinating_id: int, sub_centre_ids: Sequence[int] = (), **columns: Any
) -> Programme:
    """A programme in preparation. Raises Invalid for a university that the actor does not speak for."""
    if not actor.is_secretariat and coordinating_id not in actor.scopes_of("coordinator", "institution"):
        raise Invalid(_l("Choose a university that you coordinate."), "coordinating_id")
    programme = Programme(
        ref=new_ref(),
        coordinating_id=coordinating_id,
        created_by_id=actor.person_id,
        created_at=actor.now,
        sub_centres=list(sub_centres(sub_centre_ids)),
        **columns,
    )
    workflow.start(PROGRAMME, programme, actor=actor)
    made = programme_by_id(programme.id)
    index_programme(made)
    return made


def edit_programme(
    actor: Actor, programme: Programme, *, version: int | None, sub_centre_ids: Sequence[int] = (), **columns: Any
) -> None:
    """Change texts and facts. Raises Invalid when a published programme would lose a text, Stale for an old page."""
    begin_edit(programme, version)
    for name, value in columns.items():
        setattr(programme, name, value)
    if programme.state == "published" and not all((programme.title_zh, programme.summary_en, programme.summary_zh)):
        raise Invalid(_l("A published programme keeps its title and its summary in both languages."))
    programme.sub_centres = list(sub_centres(sub_centre_ids))
    db.session.flush()
    index_programme(programme)
    audit.record(actor, "programme.edited", subject=("programme", programme.id), detail={"fields": sorted(columns)})


def translate_programme(
    actor: Actor, programme: Programme, *, language: str, texts: Mapping[str, str], version: int | None
) -> None:
    """Give a programme its texts in a further language. It comes with its sub centres. Raises Stale."""
    translate(actor, programme, subject=("programme", programme.id), language=language, texts=texts, version=version)
    index_programme(programme)
    db.session.flush()
