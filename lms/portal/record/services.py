"""Sharing a record by a link, and having it signed as a document."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts import queries as people
from lms.core import audit, settings, workflow
from lms.core.actor import Actor, system_actor
from lms.core.clock import CENTER_ZONE
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.events import Event, subscribe
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref, new_token
from lms.core.pdf import bilingual
from lms.credentials import services as credentials
from lms.credentials.record import RecordEntry, both
from lms.credentials.rules import content_of
from lms.portal.record import queries
from lms.portal.record.document import HEADING, STATEMENT, body_of, codes_in, title_on
from lms.portal.record.models import RecordOpening, RecordShare
from lms.portal.record.rules import SHARE_DAYS, STATEMENT_DAYS
from lms.portal.record.rules import STATEMENT as STATEMENT_KIND

if TYPE_CHECKING:
    from lms.credentials.models import Credential

_ONE_OPENING = timedelta(minutes=1)


def share_record(actor: Actor, *, entries: Collection[str], days: int, note: str) -> tuple[RecordShare, str]:
    """Make a link to these entries (their keys) of the actor's record; the link's secret is told once, here.

    Raises Invalid for entries that the record does not hold and days that are not offered.
    """
    picked = _chosen(actor, entries)
    if days not in SHARE_DAYS:
        raise Invalid(_l("Choose one of the periods."), "days")
    token = new_token()
    share = RecordShare(
        ref=new_ref(),
        digest=people.digest(token),
        person_id=actor.person_id,
        note=note,
        entries=[entry.key for entry in picked],
        created_at=actor.now,
        expires_at=actor.now + timedelta(days=days),
    )
    db.session.add(share)
    db.session.flush()
    audit.record(actor, "record.shared", subject=("record_share", share.id), detail={"entries": len(picked)})
    return share, token


def _chosen(actor: Actor, keys: Collection[str]) -> list[RecordEntry]:
    picked = queries.chosen(queries.own_record(actor).entries, keys)
    if not picked or len(picked) != len(set(keys)):
        raise Invalid(_l("Choose at least one entry of your record."), "entries")
    return picked


def end_share(actor: Actor, share: RecordShare) -> None:
    """Let a link lead nowhere from now on. Ending it twice is ending it once."""
    if share.revoked_at is None:
        share.revoked_at = actor.now
        db.session.flush()
        audit.record(actor, "record.share_ended", subject=("record_share", share.id))


def note_opening(session: Session, *, share_id: int, actor: Actor) -> None:
    """Keep that a link was opened; several times within a minute count once. `session` is a transaction of its own."""
    last = session.scalar(select(func.max(RecordOpening.at)).where(RecordOpening.share_id == share_id))
    if last is None or actor.now - last >= _ONE_OPENING:
        session.add(RecordOpening(share_id=share_id, at=actor.now))
        session.flush()


def issue_statement(actor: Actor, *, entries: Collection[str], days: int) -> "Credential":
    """Have these entries of the actor's record signed and printed as one document that holds for so many days.

    Raises Invalid as `share_record` does, and UnprintableText for characters that no font of ours has.
    """
    picked: Sequence[RecordEntry] = _chosen(actor, entries)
    if days not in STATEMENT_DAYS:
        raise Invalid(_l("Choose one of the periods."), "days")
    assert actor.person_id is not None
    names = settings.center_names()
    today = actor.now.astimezone(ZoneInfo(CENTER_ZONE)).date()
    return credentials.issue(
        actor,
        person_id=actor.person_id,
        kind=STATEMENT_KIND,
        subject=("person", actor.person_id),
        heading=HEADING,
        statement=STATEMENT,
        title=title_on(today),
        issuer=both(names["en"], names["zh"]),
        issuer_id=None,
        signatories=[],
        zone=CENTER_ZONE,
        valid_until=today + timedelta(days=days),
        body=body_of(picked, today),
    )


@subscribe("credential_revoked")
def _revoke_what_rests_on_it(event: Event) -> None:
    """A document never outlives a certificate in it."""
    revoked = event.subject
    if revoked.kind == STATEMENT_KIND:
        return
    machine = workflow.machine_named("credential")
    for statement in queries.statements_of(revoked.person_id):
        if statement.state == "issued" and revoked.code in codes_in(content_of(statement)):
            reason = bilingual(_l("A certificate in this record was revoked."))
            workflow.perform(
                machine,
                statement,
                "revoke",
                actor=system_actor(event.actor.now),
                reason=f"{reason['en']} / {reason['zh']}",
            )
