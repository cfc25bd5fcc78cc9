"""Placements as entries of one record."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lms.accounts import queries as people
from lms.core import settings
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual, Field, bilingual
from lms.core.workflow import histories_of
from lms.core.workflow.history import History
from lms.credentials import queries as credentials
from lms.credentials.record import Confirmation, RecordEntry, RecordKind, both
from lms.exchange.models import Application, Placement, Post

if TYPE_CHECKING:
    from lms.credentials.models import Credential

_STATES: Mapping[str, tuple[Text, str]] = {
    "active": (_l("Under way"), "info"),
    "reported": (_l("Report handed in"), "info"),
    "countersigned": (_l("Report countersigned"), "accent"),
    "completed": (_l("Completed"), "success"),
    "ended": (_l("Ended early"), "warning"),
}
# The transitions by which somebody other than the scientist confirmed something.
_CONFIRMING: Mapping[str, Text] = {
    "confirm_arrival": _l("Arrival confirmed"),
    "countersign": _l("Report countersigned"),
    "close": _l("Stay certified"),
}


def record_entries(person_id: int) -> list[RecordEntry]:
    """A person's stays at hosts, from the arrival on."""
    rows = db.session.scalars(
        select(Placement)
        .join(Placement.post)
        .join(Placement.application)
        .where(Placement.person_id == person_id, Placement.arrived_on.is_not(None))
        .options(
            contains_eager(Placement.post).joinedload(Post.lab),
            contains_eager(Placement.post).joinedload(Post.institution),
            contains_eager(Placement.application).joinedload(Application.home_institution),
        )
        .order_by(Placement.id)
    ).all()
    if not rows:
        return []
    histories = histories_of([("placement", row.id) for row in rows], public_only=False)
    confirming = [row for row in histories if row.transition in _CONFIRMING]
    names = {one.id: one.name for one in people.people([row.actor_id for row in confirming]).values()}
    certificates = credentials.credentials_about("placement", [row.id for row in rows])
    return [
        _entry(row, [one for one in confirming if one.subject_id == row.id], names, certificates.get(row.id))
        for row in rows
    ]


def _entry(
    placement: Placement, confirming: Sequence[History], names: Mapping[int, str], certificate: "Credential | None"
) -> RecordEntry:
    post, host, home = placement.post, placement.post.institution, placement.application.home_institution
    label, tone = _STATES[placement.state]
    is_revoked = certificate is not None and certificate.state == "revoked"
    if is_revoked:
        label, tone = _l("Certificate revoked"), "danger"
    return RecordEntry(
        kind=RecordKind.PLACEMENT,
        ref=placement.ref,
        title=both(post.title_en, post.title_zh),
        organisations=[both(host.name_en, host.name_zh)],
        state=bilingual(label),
        tone=tone,
        is_complete=placement.state in ("completed", "ended"),
        from_on=placement.arrived_on,
        to_on=placement.last_day if placement.state in ("completed", "ended") else None,
        address=f"/exchange/placements/{placement.ref}",
        facts=_facts(placement),
        confirmations=[] if is_revoked else [_confirmation(row, placement, names) for row in confirming],
        code=certificate.code if certificate is not None and certificate.state == "issued" else "",
        institution_ids=frozenset({host.id, *({home.id} if home else ())}),
    )


def _facts(placement: Placement) -> list[Field]:
    lab, home = placement.post.lab, placement.application.home_institution
    facts: list[Field] = [{"label": bilingual(_l("Laboratory")), "value": both(lab.name_en, lab.name_zh)}]
    if home is not None:
        facts.append({"label": bilingual(_l("Home institution")), "value": both(home.name_en, home.name_zh)})
    return facts


def _confirmation(row: History, placement: Placement, names: Mapping[int, str]) -> Confirmation:
    by_secretariat = row.transition == "close"
    return Confirmation(
        what=bilingual(_CONFIRMING[row.transition]),
        at=row.at,
        organisation=_center() if by_secretariat else _host(placement),
        name=names.get(row.actor_id or 0, ""),
        office=bilingual(_l("Secretariat") if by_secretariat else _l("Host")),
    )


def _host(placement: Placement) -> Bilingual:
    host = placement.post.institution
    return both(host.name_en, host.name_zh)


def _center() -> Bilingual:
    names = settings.center_names()
    return both(names["en"], names["zh"])
