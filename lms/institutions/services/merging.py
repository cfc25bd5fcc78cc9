"""Making one institution of two entries. It cannot be undone: nobody knows afterwards what came from which."""

from sqlalchemy import select

from lms.accounts import services as accounts
from lms.core import audit, events, search, workflow
from lms.core.access import Grant, end_grant
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.institutions import indexing, queries, references
from lms.institutions.flow import AFFILIATION, INSTITUTION
from lms.institutions.models import Institution
from lms.institutions.rules import sharing_with

# The better proof wins where somebody belongs to both.
_PROOF = ("confirmed", "waiting", "stated", "declined")


def merge(actor: Actor, *, source: Institution, into: Institution) -> dict[str, int]:
    """Make everything that refers to `source` refer to `into`; how many rows of each table.

    The old entry stays as a signpost: its address leads to the other one, its names find it. Publishes
    `institution_merged`. Raises Refused with whatever stands at both and may stand at one only, and Conflict for an
    entry that was merged or declined already.
    """
    _lock(source, into)
    if source.id == into.id:
        raise Refused([_l("These are the same entry. Choose another one.")])
    if source.state not in ("proposed", "confirmed") or into.state != "confirmed":
        raise Conflict(_l("One of the two was merged or declined meanwhile. Look at them as they stand now."))
    if problems := references.conflicts("institution", source.id, into.id):
        raise Refused(problems)
    _fold_affiliations(actor, source, into)
    _end_doubled_grants(actor, source, into)
    if into.parent_id == source.id:
        into.parent_id = source.parent_id if source.parent_id != into.id else None
        db.session.flush()
    accounts.move_homes(source.id, into_id=into.id, country=into.country_code)
    moved = references.move("institution", source.id, into.id)
    moved["consent"] = accounts.move_consents(sharing_with(source.id), sharing_with(into.id))
    _tell_proposer(actor, source, into)
    workflow.perform(INSTITUTION, source, "merge", actor=system_actor(actor.now), into_id=into.id)
    search.remove(queries.INDEX, source.id)
    indexing.index_institution(into)
    detail = {"merged_id": source.id} | moved
    audit.record(actor, "institution.merged", subject=("institution", into.id), detail=detail)
    events.publish(events.Event("institution_merged", into, actor, {"merged_id": source.id}))
    return moved


def _tell_proposer(actor: Actor, source: Institution, into: Institution) -> None:
    """Whoever proposed what is there already learns under which name."""
    if source.state == "proposed" and source.proposed_by_id is not None:
        names = {"institution_en": into.name_en, "institution_zh": into.name_zh, "path": f"/institutions/{into.slug}"}
        accounts.mail_person(
            actor, person_id=source.proposed_by_id, template="institution_confirmed", values={"reason": ""} | names
        )


def _lock(*institutions: Institution) -> None:
    for institution in sorted(institutions, key=lambda one: one.id):  # in one order, so that two never wait in a ring
        db.session.refresh(institution, with_for_update=True, attribute_names=["state", "version", "parent_id"])


def _fold_affiliations(actor: Actor, source: Institution, into: Institution) -> None:
    """Whoever belongs to both keeps the place that is proven better, and their home with it."""
    system = system_actor(actor.now)
    there = {one.person_id: one for one in queries.current_affiliations_at(into.id)}
    for here in queries.current_affiliations_at(source.id):
        if (other := there.get(here.person_id)) is None:
            continue
        kept, gone = sorted((other, here), key=lambda one: _PROOF.index(one.state))
        if gone.is_home:
            gone.is_home = False
            db.session.flush()
            kept.is_home = True
        workflow.perform(AFFILIATION, gone, "close", actor=system)


def _end_doubled_grants(actor: Actor, source: Institution, into: Institution) -> None:
    """Whoever holds a role at both holds it once."""
    rows = _grants(actor, source) + _grants(actor, into)
    seen = {(grant.person_id, grant.role) for grant in rows if grant.scope_id == into.id}
    for grant in rows:
        if grant.scope_id == source.id and (grant.person_id, grant.role) in seen:
            end_grant(actor, grant, reason="merged")


def _grants(actor: Actor, institution: Institution) -> list[Grant]:
    query = select(Grant).where(Grant.scope_kind == "institution", Grant.scope_id == institution.id)
    return [grant for grant in db.session.scalars(query.order_by(Grant.id)) if grant.is_current(actor.now)]
