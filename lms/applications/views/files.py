"""Handing out personal files of applications. Access was checked by the view that calls."""

from flask import Response

from lms.core import storage
from lms.core.storage import StoredFile
from lms.core.storage.serving import send
from lms.core.web import afterwards, current_actor


def send_personal(file: StoredFile) -> Response:
    """The file; its owner will see that somebody else opened it, and when."""
    actor = current_actor()
    if file.owner_id != actor.person_id:
        afterwards(lambda session: storage.record_opening(session, file, actor))
    return send(file, inline=True)
