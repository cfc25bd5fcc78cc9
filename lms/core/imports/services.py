"""Bringing a table in: received and checked at once, written when its owner says so, forgotten after a month."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from lms.core import audit, storage
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import AppError, Conflict, NotPermitted
from lms.core.i18n import in_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.imports.checking import Examined, examine, faults_of
from lms.core.imports.kinds import ImportKind, Values, import_named, owner_as_actor
from lms.core.imports.models import CHECKED, CHECKING, DONE, WRITING, ImportFault, ImportRun
from lms.core.outbox.registry import Finish, Work, job
from lms.core.outbox.services import enqueue
from lms.core.storage import StagedFile

KEPT = timedelta(days=30)


def begin(actor: Actor, *, kind: ImportKind, target: Values, staged: StagedFile, back: str) -> ImportRun:
    """Take a table in and have it checked by a job. `back` is the page that it is imported from."""
    stored = storage.attach(staged, owner_id=actor.person_id, purpose="import.table", is_personal=False, now=actor.now)
    run = ImportRun(
        ref=new_ref(),
        kind=kind.name,
        target=dict(target),
        back=back,
        owner_id=actor.person_id,
        file_id=stored.id,
        stage=CHECKING,
        created_at=actor.now,
    )
    db.session.add(run)
    db.session.flush()
    _ask(actor, run, "imports.check")
    return run


def confirm(actor: Actor, run: ImportRun) -> None:
    """Have the rows written that were found to be new.

    Raises Conflict for a table that is not checked, holds nothing new, or is being written already.
    """
    # Only the row itself: the file and the job that the page has loaded are joined to it, and cannot be locked.
    db.session.refresh(run, attribute_names=["stage", "new_count"], with_for_update=True)
    if run.stage != CHECKED or not run.new_count:
        raise Conflict(_l("This table is written already, or holds nothing new. Look at it as it stands now."))
    run.stage = WRITING
    _ask(actor, run, "imports.write")


def _ask(actor: Actor, run: ImportRun, name: str) -> None:
    run.job_id = enqueue(actor, name, {"run_id": run.id}, owner_id=run.owner_id).id
    db.session.flush()


# --- the jobs ---------------------------------------------------------------------------------------


def _run(run_id: int, stage: str) -> ImportRun | None:
    """The run with its file, if it is still at this stage."""
    query = select(ImportRun).where(ImportRun.id == run_id, ImportRun.stage == stage)
    return db.session.scalars(query.options(joinedload(ImportRun.file))).one_or_none()


def _examined(run: ImportRun, work: Work) -> tuple[Actor, Examined]:
    """The table as it stands to its owner now; what they may no longer do is its problem as a whole."""
    actor, kind = owner_as_actor(run.owner_id, work.now), import_named(run.kind)
    try:
        subject = kind.load(actor, run.target)
        if not kind.permission.allows(actor, subject):
            raise NotPermitted(_l("Your roles no longer include this. Ask your coordinator or the secretariat."))
        return actor, examine(actor, kind, subject, run.file, work.report)
    except AppError as error:
        return actor, Examined(problem=error.message or _l("What this table belongs to is no longer there."))


@job("imports.check")
def _check(work: Work) -> Finish | None:
    run = _run(work.payload["run_id"], CHECKING)
    if run is None:
        return None
    actor, found = _examined(run, work)
    run_id = run.id

    def finish() -> dict[str, Any] | None:
        run = _run(run_id, CHECKING)
        return _note(run, actor, found) if run else None

    return finish


@job("imports.write")
def _write(work: Work) -> Finish | None:
    run = _run(work.payload["run_id"], WRITING)
    if run is None:
        return None
    actor, found = _examined(run, work)
    run_id = run.id

    def finish() -> dict[str, Any] | None:
        run = _run(run_id, WRITING)
        if run is None:
            return None
        _write_rows(actor, run, found)
        result = _note(run, actor, found)
        if not found.problem and run.stage == CHECKED:
            run.stage, run.finished_at = DONE, actor.now
            detail = {"kind": run.kind, "rows": run.new_count, "left_out": run.fault_count}
            audit.record(actor, "import.written", subject=("import_run", run.id), detail=detail)
        return result

    return finish


def _write_rows(actor: Actor, run: ImportRun, found: Examined) -> None:
    """Write every new row, or none: one that has become impossible meanwhile takes back the others."""
    if found.problem:
        return
    kind = import_named(run.kind)
    subject = kind.load(actor, run.target)
    titles = {column.key: column.headings[0] for column in kind.columns(actor, subject)}
    row = None
    try:
        with db.session.begin_nested():
            for row in found.new:
                kind.write(actor, subject, row.values)
    except AppError as error:
        if row is None:
            raise
        for column, text in faults_of(error, titles):
            found.blame(row.number, column, text)
        found.new.remove(row)
        found.problem = _l("A row has become impossible meanwhile, so nothing was written. Look at the faults.")


def _note(run: ImportRun, actor: Actor, found: Examined) -> dict[str, Any]:
    """Keep what was found, in the owner's language."""
    db.session.execute(delete(ImportFault).where(ImportFault.run_id == run.id))
    with in_language(actor.language):
        run.problem = str(found.problem)
        for row, faults in sorted(found.faults.items()):
            cells = found.table.cells.get(row, found.table.titles)
            told = [[column, str(text)] for column, text in faults]
            db.session.add(ImportFault(run_id=run.id, row=row, cells=cells, words=" ".join(cells), faults=told))
    run.stage, run.titles, run.unknown = CHECKED, found.table.titles, found.table.unknown
    run.new_count, run.known_count, run.fault_count = len(found.new), found.known, len(found.faults)
    db.session.flush()
    return {"url": f"/imports/{run.ref}"}


# --- reading and forgetting -------------------------------------------------------------------------


def forget_before(instant: datetime) -> int:
    """Forget tables that were brought in before this instant, with their files; how many."""
    old = select(ImportRun).where(ImportRun.created_at < instant, ImportRun.stage != WRITING)
    runs = db.session.scalars(old.options(joinedload(ImportRun.file))).all()
    for run in runs:
        file = run.file
        db.session.execute(delete(ImportFault).where(ImportFault.run_id == run.id))
        db.session.delete(run)
        db.session.flush()
        storage.remove(file)
    return len(runs)
