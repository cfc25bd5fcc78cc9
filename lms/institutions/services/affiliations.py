"""Where people study and work."""

from typing import TYPE_CHECKING

from lms.accounts import queries as people
from lms.accounts import services as accounts
from lms.accounts.consents import HOME, Consenting, offers
from lms.core import storage, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.events import Event, subscribe
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.storage import StagedFile
from lms.core.waiting import Office
from lms.institutions import queries
from lms.institutions.flow import AFFILIATION
from lms.institutions.models import Affiliation, Institution
from lms.institutions.rules import NEED_CONFIRMATION, ROLES, is_address_at, sharing_with

if TYPE_CHECKING:
    from lms.accounts.models import Person


def home_consent(institution: Institution, language: str) -> Consenting:
    """The consent that shares one's record with the coordinators of an institution, named in a language."""
    return Consenting(
        HOME.name,
        (institution.name_zh if language == "zh" else "") or institution.name_en,
        institution.country_code,
        HOME.language(language),
        context=sharing_with(institution.id),
    )


@offers
def _offer_home(actor: Actor, language: str) -> list[Consenting]:
    """It can be given at any time for each institution that somebody belongs to."""
    return [home_consent(one.institution, language) for one in queries.affiliations_of(actor)]


def needs_letter(actor: Actor, institution: Institution, role: str) -> bool:
    """Whether a letter is asked for: of the first coordinator of an institution."""
    office = Office("coordinator", "institution", institution.id)
    return role == "coordinator" and not people.office_member_ids(office, actor.now)


def join(
    actor: Actor,
    *,
    institution: Institution,
    role: str,
    department: str = "",
    position: str = "",
    is_home: bool = True,
    letter: StagedFile | None = None,
    consent: Consenting | None = None,
) -> Affiliation:
    """State that the actor belongs to an institution; what they stated there before ends.

    A role that means something to others is asked to be confirmed at once. A `consent` shares the
    actor's record with the institution's coordinators. Raises Invalid for an unknown role or when the
    first coordinator brings no letter, and Refused while the actor sits in the office they would leave.
    """
    if role not in ROLES:
        raise Invalid(_l("Choose one of the roles."), "role")
    if letter is None and needs_letter(actor, institution, role):
        raise Invalid(
            _l("Nobody coordinates this institution yet. Add a signed letter that names you coordinator."),
            "letter",
        )
    person = people.myself(actor)
    _leave(actor, person.id, institution.id, leaves_home=is_home)
    affiliation = _start(
        actor, person, institution, role=role, department=department, position=position, is_home=is_home
    )
    if letter is not None:
        stored = storage.attach(
            letter, owner_id=person.id, purpose="affiliation.letter", is_personal=True, now=actor.now
        )
        affiliation.letter_id = stored.id
    if consent is not None:
        accounts.give_consent(actor, person_id=person.id, consenting=consent)
    if role in NEED_CONFIRMATION:
        workflow.perform(AFFILIATION, affiliation, "request", actor=actor)
    return affiliation


def _leave(actor: Actor, person_id: int, institution_id: int, *, leaves_home: bool) -> None:
    """End what a new affiliation replaces: an earlier one at the same institution, and an earlier home."""
    for current in queries.current_affiliations(person_id):
        if current.institution_id == institution_id:
            workflow.perform(AFFILIATION, current, "end", actor=actor)
        elif leaves_home and current.is_home:
            current.is_home = False
    db.session.flush()


def _start(
    actor: Actor, person: "Person", institution: Institution, *, role: str, is_home: bool, **details: str
) -> Affiliation:
    is_home = is_home or queries.home_of(person.id) is None
    affiliation = Affiliation(
        ref=new_ref(),
        person_id=person.id,
        institution_id=institution.id,
        role=role,
        is_home=is_home,
        is_domain_checked=person.is_confirmed and is_address_at(person.email, institution.domain),
        started_at=actor.now,
        **details,
    )
    workflow.start(AFFILIATION, affiliation, actor=actor)
    if is_home:
        accounts.set_home(actor, person_id=person.id, institution_id=institution.id, country=institution.country_code)
    return affiliation


def belong(
    actor: Actor,
    *,
    person: "Person",
    institution: Institution,
    role: str,
    is_confirmed: bool = True,
    **details: str,
) -> Affiliation:
    """Make somebody belong to an institution on behalf of the platform, for imports and seeds.

    With `is_confirmed` the affiliation is confirmed, which gives coordinators and signatories their role.
    """
    affiliation = _start(actor, person, institution, role=role, is_home=True, **details)
    if is_confirmed:
        workflow.perform(AFFILIATION, affiliation, "confirm", actor=system_actor(actor.now))
    return affiliation


@subscribe("invitation_accepted")
def _confirm_invited(event: Event) -> None:
    """Whom an institution's office invites belongs there: the invitation is the confirmation."""
    invitation = event.subject
    if invitation.scope_kind != "institution":
        return
    actor, role = event.actor, invitation.role if invitation.role in ROLES else "staff"
    system = system_actor(actor.now)
    person = people.myself(actor)
    current = queries.affiliation_at(person.id, invitation.scope_id)
    if current is None or (role not in {current.role, "staff"}):
        institution = queries.institutions([invitation.scope_id])[invitation.scope_id]
        if current is not None:
            workflow.perform(AFFILIATION, current, "close", actor=system)
        current = _start(actor, person, institution, role=role, is_home=False)
    if current.state != "confirmed":
        workflow.perform(AFFILIATION, current, "confirm", actor=system)


@subscribe("email_changed")
def _check_domain_again(event: Event) -> None:
    """A new address proves another domain."""
    person = event.subject
    for affiliation in queries.current_affiliations(person.id):
        affiliation.is_domain_checked = is_address_at(person.email, affiliation.institution.domain)
    db.session.flush()
