"""What accounts do outside of requests."""

import tempfile

from flask import render_template
from sqlalchemy import select

from lms.accounts import queries
from lms.accounts.models import Erasure
from lms.accounts.services import erasure, export
from lms.accounts.services.registration import forget_unconfirmed
from lms.core import storage
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import in_language, language
from lms.core.outbox import Work, effect, enqueue, job
from lms.core.outbox.registry import Finish
from lms.core.storage import StoredFile, backend


def ask_for_today(actor: Actor) -> None:
    """Have today's sweeping done, once, however often this is asked."""
    enqueue(actor, "accounts.forget_unconfirmed", {}, key=f"forget-unconfirmed:{actor.now.date().isoformat()}")
    enqueue(actor, "accounts.forget_exports", {}, key=f"forget-exports:{actor.now.date().isoformat()}")


@effect("accounts.forget_unconfirmed")
def forget(work: Work) -> None:
    """Forget what strangers may have typed about people who never confirmed it."""
    forget_unconfirmed(work.actor)


@job("accounts.export")
def make_export(work: Work) -> Finish:
    """Write the archive of everything that is kept about the person who asked."""
    person = queries.person_by_id(work.owner_id or 0)
    person_id, code, name, zone = person.id, person.language, person.name, person.zone

    def index(contents: export.Contents) -> str:
        with in_language(code):
            lang = language(code).html
            return render_template(
                "accounts/export_index.html", contents=contents, name=name, made_at=work.now, zone=zone, lang=lang
            )

    with tempfile.TemporaryFile() as archive:
        export.write_archive(person_id, archive, index=index, report=work.report)
        archive.seek(0)
        staged = storage.keep_made(archive, f"my-data-{work.now.date()}.zip", media_type="application/zip")

    def finish() -> dict[str, str]:
        storage.attach(staged, owner_id=person_id, purpose=queries.EXPORT, is_personal=True, now=work.now)
        return {"url": "/accounts/my-data"}

    return finish


@effect("accounts.forget_exports")
def forget_exports(work: Work) -> None:
    """Delete archives that can be downloaded no more."""
    old = StoredFile.created_at <= work.now - export.EXPORTS_LAST
    for file in db.session.scalars(select(StoredFile).where(StoredFile.purpose == queries.EXPORT, old)):
        storage.remove(file)


@effect("accounts.erase")
def erase(work: Work) -> None:
    """Carry a request out, or its rest when a hold has ended."""
    request = db.session.get_one(Erasure, work.payload["erasure_id"], with_for_update=True)
    erasure.carry_out(work.actor, request)


@job("accounts.erase_bytes")
def erase_bytes(work: Work) -> None:
    """Delete the bytes of files whose rows are gone for good."""
    store = backend.current()
    for key in work.payload["keys"]:
        store.delete(key)
