"""Who may do what in mentoring. A subject's mentor and mentee, and their scheme, must be loaded."""

from typing import Any

from lms.accounts.scopes import ScopeKind, register_scope_kind
from lms.core.access import Permission, Role, holds, holds_somewhere, predicate, register_role
from lms.core.actor import Actor
from lms.core.i18n import lazy_gettext as _l
from lms.mentoring.queries import scopes

SCOPE = "mentoring_scheme"

COORDINATOR = register_role(
    Role("coordinator", _l("Mentoring coordinator"), SCOPE, given_by=("coordinator", "secretariat", "admin"))
)
SAFEGUARDING = register_role(Role("safeguarding", _l("Safeguarding contact"), SCOPE, given_by=("secretariat", "admin")))
SCHEME_SCOPE = register_scope_kind(
    ScopeKind(SCOPE, _l("Mentoring scheme"), scopes.scheme_id_named, scopes.describe_schemes)
)

is_secretariat = holds("secretariat", "platform")
coordinates_scheme = holds("coordinator", SCOPE, lambda scheme: scheme.id)
coordinates_it = holds("coordinator", SCOPE, lambda subject: subject.scheme_id)


@predicate("is the participant")
def is_participant(actor: Actor, participant: Any) -> bool:
    """Whether the participation is the actor's own."""
    return actor.is_signed_in and participant.person_id == actor.person_id


def side_of(actor: Actor, pair: Any) -> str:
    """On which side of a proposal or mentorship the actor stands: `mentor`, `mentee`, or neither."""
    if not actor.is_signed_in:
        return ""
    if pair.mentor.person_id == actor.person_id:
        return "mentor"
    return "mentee" if pair.mentee.person_id == actor.person_id else ""


@predicate("is the mentor or the mentee")
def is_party(actor: Actor, pair: Any) -> bool:
    """Whether the actor is one of the pair."""
    return bool(side_of(actor, pair))


@predicate("is the mentee")
def is_mentee(actor: Actor, pair: Any) -> bool:
    """Whether the actor is the mentee of the pair."""
    return side_of(actor, pair) == "mentee"


@predicate("takes part in the meeting")
def meets(actor: Actor, meeting: Any) -> bool:
    """Whether the meeting is one of the actor's own."""
    return bool(side_of(actor, meeting.mentorship))


@predicate("proposed the meeting")
def proposed_it(actor: Actor, meeting: Any) -> bool:
    """Whether the actor is who proposed the time."""
    return bool(meeting.proposed_by_id == actor.person_id)


@predicate("is a party to the mentorship")
def is_concerned(actor: Actor, concern: Any) -> bool:
    """Whether the concern is about a mentorship of the actor's own."""
    return bool(side_of(actor, concern.mentorship))


@predicate("is whom the concern goes to")
def handles_concern(actor: Actor, concern: Any) -> bool:
    """Whether the actor is a safeguarding contact of the scheme, or of the secretariat where these are parties."""
    if concern.goes_to == "secretariat":
        return actor.is_secretariat
    return actor.holds("safeguarding", SCOPE, concern.mentorship.scheme_id)


MAKE_SCHEMES = Permission("mentoring.make", any_of=[is_secretariat])
COORDINATE = Permission("mentoring.coordinate", any_of=[is_secretariat, holds_somewhere("coordinator", SCOPE)])
MANAGE_SCHEME = Permission("mentoring.manage", any_of=[is_secretariat, coordinates_scheme], hidden=True)
MANAGE_RUN = Permission("mentoring.match", any_of=[is_secretariat, coordinates_it], hidden=True)
# Nobody decides about their own offer to guide others.
SEE_PARTICIPANT = Permission("participant.see", any_of=[is_secretariat, coordinates_it], hidden=True)
DECIDE_PARTICIPANT = Permission(
    "participant.decide", any_of=[is_secretariat, coordinates_it], none_of=[is_participant], hidden=True
)
OWN_PARTICIPANT = Permission("participant.own", any_of=[is_participant], hidden=True)
ANSWER_PROPOSAL = Permission("proposal.answer", any_of=[is_party], hidden=True)
OWN_MENTORSHIP = Permission("mentorship.own", any_of=[is_party], hidden=True)
CHANGE_MENTOR = Permission("mentorship.change", any_of=[is_mentee], hidden=True)
WATCH_MENTORSHIP = Permission(
    "mentorship.watch",
    any_of=[is_secretariat, coordinates_it],
    none_of=[is_party],
    hidden=True,
)
OWN_MEETING = Permission("meeting.own", any_of=[meets], hidden=True)
CONFIRM_MEETING = Permission("meeting.confirm", any_of=[meets], none_of=[proposed_it], hidden=True)
SAFEGUARD = Permission("concern.safeguard", any_of=[holds_somewhere("safeguarding", SCOPE)])
CONCERNS = Permission("concern.list", any_of=[is_secretariat, holds_somewhere("safeguarding", SCOPE)])
HANDLE_CONCERN = Permission("concern.handle", any_of=[handles_concern], none_of=[is_concerned], hidden=True)
