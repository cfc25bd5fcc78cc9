"""What certificates keep about people, for how long, and why they are read."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import RowMapping, select

from lms.accounts import privacy, readings
from lms.accounts.privacy import Hold, Holding
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Title
from lms.core.waiting.kinds import Titled
from lms.credentials.models import Credential
from lms.credentials.rules import content_of

KEPT = timedelta(days=10 * 365)
"""How long whoever was shown a certificate can check it, from the day of issue, unless its kind says otherwise."""
DEGREES_KEPT = timedelta(days=50 * 365)
"""The same for degrees and transcripts, which count for a whole working life."""


def _must_stay_checkable(row: RowMapping, _now: datetime) -> Hold | None:
    if row["issued_at"] is None:
        return None
    is_degree = row["kind"].startswith(("degree.", "transcript."))
    reason = _l("Whoever was shown the certificate must be able to check it. It holds the name itself.")
    if last := row["claim"].get("valid_until"):  # What expires need not be kept any longer.
        return Hold(reason, datetime.fromisoformat(last).replace(tzinfo=UTC) + timedelta(days=1))
    return Hold(reason, row["issued_at"] + (DEGREES_KEPT if is_degree else KEPT))


privacy.register(
    Holding("certificates", Credential, _l("Certificates"), hold=_must_stay_checkable, subject="credential"),
)


def _titles(ids: Collection[int]) -> dict[int, Titled]:
    found = db.session.scalars(select(Credential).where(Credential.id.in_(ids)))
    contents = {credential.id: content_of(credential)["title"] for credential in found}
    return {id_: Title(title["en"], title["zh"]) for id_, title in contents.items()}


readings.register(
    readings.Readable(
        Credential,
        "credential",
        _l("Certificate"),
        lambda credential: credential.person_id,
        {"credential.view": _l("To look after the certificates of the issuing body")},
        _titles,
    )
)
