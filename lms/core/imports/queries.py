"""Reading what somebody brought in."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.imports.models import ImportFault, ImportRun


def run_visible_to(actor: Actor, ref: str) -> ImportRun:
    """One of the actor's own tables, with its job and file. Raises NotFound."""
    found = db.session.scalars(
        select(ImportRun)
        .where(ImportRun.ref == ref, ImportRun.owner_id == actor.person_id)
        .options(joinedload(ImportRun.job), joinedload(ImportRun.file))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def faults_of(run: ImportRun, *, q: str = "") -> Select[ImportFault]:
    """The rows of a table that have faults; only those that hold `q` as it is written."""
    query = select(ImportFault).where(ImportFault.run_id == run.id)
    return query.where(ImportFault.words.icontains(q, autoescape=True)) if q else query
