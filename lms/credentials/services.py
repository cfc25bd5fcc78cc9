"""Certifying what somebody has done. Revoking and replacing are transitions of `flow.CREDENTIAL`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lms.core import audit, storage
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.ids import new_code
from lms.core.pdf import Bilingual, Field, Signatory, check_printable
from lms.credentials import flow
from lms.credentials.document import LEARNING_DATES
from lms.credentials.models import Credential


def issue(
    actor: Actor,
    *,
    person_id: int,
    kind: str,
    subject: tuple[str, int],
    heading: Bilingual,
    statement: Bilingual,
    title: Bilingual,
    issuer: Bilingual,
    issuer_id: int | None,
    signatories: Sequence[Signatory],
    zone: str,
    hours: int | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    dates: Bilingual = LEARNING_DATES,
    extra: Sequence[Field] = (),
    valid_until: date | None = None,
    body: Mapping[str, Any] | None = None,
) -> Credential:
    """Certify something to a person, with the names of their profile as they stand now.

    `kind` is `noun.noun`; `subject` what it is about; `heading` such as "Certificate of completion";
    `statement` such as "has completed the short course"; `title` what was completed. `issuer` is the
    issuing body's name as printed; coordinators of `issuer_id` may revoke and replace. `dates` says what
    `from_on` and `to_on` are the first and last day of; `zone` decides the day of issue. A name that cannot be
    printed holds the credential back and asks its holder to correct it. The PDF follows by the outbox.

    After `valid_until`, a day in `zone`, it shows as expired. `body` (strings, whole numbers and lists only) is
    what a kind with a layout of its own (`document.register_layout`) prints besides. Raises UnprintableText for
    characters in a body that no font of ours has.
    """
    claim: dict[str, Any] = {
        "kind": kind,
        "heading": heading,
        "statement": statement,
        "title": title,
        "issuer": issuer,
        "signatories": list(signatories),
        "zone": zone,
        "hours": hours,
        "from_on": from_on.isoformat() if from_on else None,
        "to_on": to_on.isoformat() if to_on else None,
        "dates": dates,
        "extra": list(extra),
    }
    claim |= _further(title, valid_until, body)
    credential = Credential(
        code=new_code(),
        kind=kind,
        person_id=person_id,
        issuer_id=issuer_id,
        subject_kind=subject[0],
        subject_id=subject[1],
        claim=claim,
        created_at=actor.now,
    )
    flow.begin(actor, credential)
    return credential


def _further(title: Bilingual, valid_until: date | None, body: Mapping[str, Any] | None) -> dict[str, Any]:
    """What certificates do not have: an end, and a body. Raises UnprintableText."""
    further: dict[str, Any] = {}
    if valid_until is not None:
        further["valid_until"] = valid_until.isoformat()
    if body is not None:
        check_printable([title, body])
        further["body"] = dict(body)
    return further


def attach_pdf(actor: Actor, *, credential_id: int, staged: storage.StagedFile) -> None:
    """Keep the printed certificate. A second one, of a job that ran twice, is dropped."""
    credential = db.session.get_one(Credential, credential_id, with_for_update=True)
    if credential.pdf_id is not None:
        storage.discard(staged)
        return
    file = storage.attach(
        staged, owner_id=credential.person_id, purpose="credential.pdf", is_personal=True, now=actor.now
    )
    credential.pdf_id = file.id
    db.session.flush()
    audit.record(actor, "credential.printed", subject=("credential", credential.id), detail={"file_id": file.id})
