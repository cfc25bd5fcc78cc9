"""How a proposed institution is decided on, and how somebody's place at one is confirmed."""

from typing import Any

from lms.accounts import queries as people
from lms.accounts import services as accounts
from lms.core import waiting, workflow
from lms.core.access import give_grant
from lms.core.actor import system_actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office, WaitingKind, register_kind
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.institutions import indexing, queries
from lms.institutions.models import Affiliation, Institution
from lms.institutions.policy import (
    DECIDE_AFFILIATION,
    DECIDE_INSTITUTION,
    END_AFFILIATION,
    OWN_AFFILIATION,
)
from lms.institutions.rules import NEED_CONFIRMATION

SECRETARIAT = Office("secretariat", "platform")

PROPOSAL = register_kind(
    WaitingKind("institution_proposal", _l("Check a proposed institution"), "institutions.proposal")
)
REQUEST = register_kind(WaitingKind("affiliation_request", _l("Confirm somebody's role"), "institutions.affiliation"))

_REASON = Input("reason", _l("Reason"), hint=_l("The person reads it."))


def _decided(context: Context) -> None:
    context.subject.decided_reason = context.inputs.get("reason") or ""


# --- institutions --------------------------------------------------------------------------------------


def _close_proposal(context: Context) -> None:
    waiting.close_items(context.actor, subject=("institution", context.subject.id))


def _index(context: Context) -> None:
    indexing.index_institution(context.subject)


def _stamp_merged(context: Context) -> None:
    context.subject.merged_into_id = context.inputs["into_id"]


def _tell_proposer(context: Context) -> None:
    institution: Institution = context.subject
    if institution.proposed_by_id is None:
        return
    confirmed = institution.state == "confirmed"
    accounts.mail_person(
        context.actor,
        person_id=institution.proposed_by_id,
        template="institution_confirmed" if confirmed else "institution_declined",
        values={
            "institution_en": institution.name_en,
            "institution_zh": institution.name_zh,
            "reason": institution.decided_reason,
            "path": f"/institutions/{institution.slug}" if confirmed else "/institutions/home",
        },
        key=f"institution_{institution.state}:{institution.id}",
    )


def _empty(context: Context) -> None:
    """Nobody belongs to an institution that the platform does not know: their affiliations end."""
    for affiliation in queries.current_affiliations_at(context.subject.id):
        workflow.perform(AFFILIATION, affiliation, "close", actor=system_actor(context.actor.now))


INSTITUTION = Machine(
    "institution",
    model=Institution,
    initial="proposed",
    states=[
        State("proposed", _l("Proposed"), "warning"),
        State("confirmed", _l("Confirmed"), "success", is_final=True),
        State("declined", _l("Not accepted"), "danger", is_final=True),
        State("merged", _l("Merged into another one"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "confirm",
            _l("Confirm"),
            ("proposed",),
            "confirmed",
            DECIDE_INSTITUTION,
            effects=(_close_proposal, _index, _tell_proposer),
            tone="success",
            done_label=_l("Confirmed"),
        ),
        Transition(
            "decline",
            _l("Decline"),
            ("proposed",),
            "declined",
            DECIDE_INSTITUTION,
            inputs=(_REASON,),
            stamps=(_decided,),
            effects=(_close_proposal, _tell_proposer, _empty),
            tone="danger",
            done_label=_l("Not accepted"),
        ),
        Transition(
            "merge",
            _l("Merge into another one"),
            ("proposed", "confirmed"),
            "merged",
            stamps=(_stamp_merged,),
            effects=(_close_proposal,),
            done_label=_l("Merged into another one"),
        ),
    ],
)


# --- affiliations ----------------------------------------------------------------------------------------


def _stamp_decision(context: Context) -> None:
    _decided(context)
    context.subject.decided_at = context.actor.now
    context.subject.decided_by_id = context.actor.person_id


def _stamp_end(context: Context) -> None:
    context.subject.ended_at = context.actor.now


def _ask_office(context: Context) -> None:
    """Ask the institution's coordinators; while it has none, the secretariat."""
    affiliation: Affiliation = context.subject
    own = Office("coordinator", "institution", affiliation.institution_id)
    members = set(people.office_member_ids(own, context.actor.now)) - {affiliation.person_id}
    office = own if members else SECRETARIAT
    person = people.person_by_id(affiliation.person_id)
    institution = queries.institutions([affiliation.institution_id])[affiliation.institution_id]
    accounts.mail_office(
        context.actor,
        office=office,
        template="affiliation_requested",
        values={
            "person": person.name,
            "institution_en": institution.name_en,
            "institution_zh": institution.name_zh,
            "path": f"/institutions/affiliations/{affiliation.ref}",
        },
    )
    waiting.open_item(
        context.actor,
        REQUEST,
        to=office,
        subject=("affiliation", affiliation.id),
        about=[person.name, waiting.Title(institution.name_en, institution.name_zh)],
        url_values={"ref": affiliation.ref},
    )


def _close_request(context: Context) -> None:
    waiting.close_items(context.actor, subject=("affiliation", context.subject.id))


def _grant_role(context: Context) -> None:
    affiliation: Affiliation = context.subject
    if affiliation.role in {"coordinator", "signatory"}:
        give_grant(
            context.actor,
            person_id=affiliation.person_id,
            role=affiliation.role,
            scope_kind="institution",
            scope_id=affiliation.institution_id,
            reason=f"affiliation {affiliation.ref}",
        )


def _tell_person(context: Context) -> None:
    affiliation: Affiliation = context.subject
    institution = queries.institutions([affiliation.institution_id])[affiliation.institution_id]
    accounts.mail_person(
        context.actor,
        person_id=affiliation.person_id,
        template=f"affiliation_{affiliation.state}",
        values={
            "institution_en": institution.name_en,
            "institution_zh": institution.name_zh,
            "reason": affiliation.decided_reason,
            "path": "/institutions/home",
        },
    )


def _forget_home(context: Context) -> None:
    affiliation: Affiliation = context.subject
    if affiliation.is_home:
        accounts.set_home(context.actor, person_id=affiliation.person_id, institution_id=None, country=None)


def _asks_for_a_role(context: Context) -> Text | None:
    if context.subject.role in NEED_CONFIRMATION:
        return None
    return _l("Students need no confirmation to begin.")


def _holds_no_office(context: Context) -> Text | None:
    affiliation: Any = context.subject
    office = Office("coordinator", "institution", affiliation.institution_id)
    if affiliation.person_id in people.office_member_ids(office, context.actor.now):
        return _l("They sit in the institution's office. End that role first and hand over what was taken.")
    return None


AFFILIATION = Machine(
    "affiliation",
    model=Affiliation,
    initial="stated",
    states=[
        State("stated", _l("Not proven"), "neutral"),
        State("waiting", _l("Not proven, confirmation asked for"), "warning"),
        State("confirmed", _l("Confirmed"), "success"),
        State("declined", _l("Not confirmed"), "danger"),
        State("ended", _l("Ended"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "request",
            _l("Ask for confirmation"),
            ("stated", "declined"),
            "waiting",
            OWN_AFFILIATION,
            guards=(_asks_for_a_role,),
            effects=(_ask_office,),
            done_label=_l("Confirmation asked for"),
        ),
        Transition(
            "confirm",
            _l("Confirm"),
            ("stated", "waiting", "declined"),
            "confirmed",
            DECIDE_AFFILIATION,
            stamps=(_stamp_decision,),
            effects=(_close_request, _grant_role, _tell_person),
            event="affiliation_confirmed",
            tone="success",
            done_label=_l("Confirmed"),
        ),
        Transition(
            "decline",
            _l("Do not confirm"),
            ("stated", "waiting"),
            "declined",
            DECIDE_AFFILIATION,
            inputs=(_REASON,),
            stamps=(_stamp_decision,),
            effects=(_close_request, _tell_person),
            tone="danger",
            done_label=_l("Not confirmed"),
        ),
        Transition(
            "end",
            _l("End"),
            ("stated", "waiting", "confirmed", "declined"),
            "ended",
            END_AFFILIATION,
            guards=(_holds_no_office,),
            stamps=(_stamp_end,),
            effects=(_close_request, _forget_home),
            tone="danger",
            done_label=_l("Ended"),
            confirm=_l("End this affiliation?"),
        ),
        Transition(
            "close",
            _l("Close"),
            ("stated", "waiting", "confirmed", "declined"),
            "ended",
            stamps=(_stamp_end,),
            effects=(_close_request, _forget_home),
            by_clock=True,
            done_label=_l("Ended, because the institution was declined"),
        ),
    ],
)
