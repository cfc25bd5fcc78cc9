"""Roles at institutions and labs, and who may do what with them."""

from collections.abc import Collection, Mapping

from lms.accounts.scopes import ScopeKind, ScopeText, register_scope_kind
from lms.core.access import Permission, Role, holds, predicate, register_role
from lms.core.actor import Actor
from lms.core.i18n import lazy_gettext as _l
from lms.institutions import queries
from lms.institutions.models import Affiliation, Institution, Lab

_GIVERS = ("coordinator", "secretariat", "admin")

COORDINATOR = register_role(Role("coordinator", _l("Coordinator"), "institution", given_by=_GIVERS))
INSTRUCTOR = register_role(Role("instructor", _l("Instructor"), "institution", given_by=_GIVERS))
SIGNATORY = register_role(Role("signatory", _l("Signatory"), "institution", given_by=_GIVERS))
HOST = register_role(Role("host", _l("Host"), "lab", given_by=("host", "secretariat", "admin")))


def _describe_institutions(ids: Collection[int]) -> Mapping[int, ScopeText]:
    return {
        found.id: ScopeText(found.slug, found.name_en, found.name_zh) for found in queries.institutions(ids).values()
    }


def _describe_labs(ids: Collection[int]) -> Mapping[int, ScopeText]:
    return {lab.id: _describe_lab(lab) for lab in queries.labs(ids).values()}


def _describe_lab(lab: Lab) -> ScopeText:
    host = lab.institution
    chinese = f"{lab.name_zh or lab.name_en}（{host.name_zh or host.name_en}）"
    return ScopeText(lab.ref, f"{lab.name_en} ({host.name_en})", chinese)


def _coordinates_lab(actor: Actor, lab_id: int) -> bool:
    mine = actor.scopes_of("coordinator", "institution")
    return bool(mine) and queries.institution_of_lab(lab_id) in mine


register_scope_kind(
    ScopeKind(
        "institution",
        _l("Institution"),
        queries.institution_id_of,
        _describe_institutions,
        search=queries.institutions_called,
    )
)
register_scope_kind(
    ScopeKind("lab", _l("Laboratory"), queries.lab_id_of, _describe_labs, _coordinates_lab, search=queries.labs_called)
)

is_secretariat = holds("secretariat", "platform")
is_coordinator = holds("coordinator", "institution", lambda institution: institution.id)
is_its_coordinator = holds("coordinator", "institution", lambda affiliation: affiliation.institution_id)


@predicate("is the person")
def is_the_person(actor: Actor, affiliation: Affiliation) -> bool:
    """Whether the affiliation is the actor's own."""
    return actor.is_signed_in and affiliation.person_id == actor.person_id


@predicate("proposed it")
def proposed_it(actor: Actor, institution: Institution) -> bool:
    """Whether the actor proposed the institution."""
    return actor.is_signed_in and institution.proposed_by_id == actor.person_id


DECIDE_INSTITUTION = Permission("institution.decide", any_of=[is_secretariat], none_of=[proposed_it])
EDIT_INSTITUTION = Permission("institution.edit", any_of=[is_secretariat])
MANAGE_INSTITUTION = Permission("institution.manage", any_of=[is_coordinator, is_secretariat], hidden=True)
MERGE_INSTITUTIONS = Permission("institution.merge", any_of=[is_secretariat, holds("admin", "platform")])
SECRETARIAT = Permission("secretariat", any_of=[is_secretariat])

VIEW_AFFILIATION = Permission(
    "affiliation.view", any_of=[is_the_person, is_its_coordinator, is_secretariat], hidden=True
)
# Nobody confirms themselves, not even in the secretariat.
DECIDE_AFFILIATION = Permission(
    "affiliation.decide", any_of=[is_its_coordinator, is_secretariat], none_of=[is_the_person], hidden=True
)
OWN_AFFILIATION = Permission("affiliation.own", any_of=[is_the_person], hidden=True)
END_AFFILIATION = Permission("affiliation.end", any_of=[is_the_person, is_its_coordinator, is_secretariat], hidden=True)
OPEN_LETTER = Permission("affiliation.letter", any_of=[is_the_person, is_secretariat], hidden=True)
