"""Printing certificates outside of requests."""

import io

from flask import current_app

from lms.core import storage
from lms.core.outbox import Work, job
from lms.core.outbox.registry import Finish
from lms.core.pdf import render
from lms.credentials import queries, services
from lms.credentials.document import layout_of
from lms.credentials.rules import content_of

_MAX_BYTES = 10 * 1024 * 1024


@job("credentials.pdf")
def print_certificate(work: Work) -> Finish | None:
    """Render the PDF of an issued credential and keep it, once."""
    credential = queries.issued_by_id(work.payload["credential_id"])
    if credential is None or credential.pdf_id is not None or credential.issued_at is None:
        return None
    content = content_of(credential)
    layout = layout_of(credential.kind)
    data = layout.data(
        content,
        verify_url=f"{current_app.config['BASE_URL']}/verify/{credential.code}",
        demo=current_app.config["IS_DEMO"],
    )
    title = f"{content['heading']['en']} {credential.code}"
    pdf = render(layout.template, data, title=title, language="en", issued_at=credential.issued_at)
    staged = storage.stage(
        io.BytesIO(pdf), f"{layout.template}-{credential.code}.pdf", kinds=frozenset({"pdf"}), max_bytes=_MAX_BYTES
    )
    credential_id = credential.id
    return lambda: services.attach_pdf(work.actor, credential_id=credential_id, staged=staged)
