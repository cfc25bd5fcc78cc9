"""Who may see and change a credential."""

from lms.core.access import Permission, holds, predicate
from lms.core.actor import Actor
from lms.credentials.models import Credential


@predicate("holder of the credential")
def _is_holder(actor: Actor, credential: Credential) -> bool:
    return actor.is_signed_in and credential.person_id == actor.person_id


@predicate("holder of a document about themself")
def _is_their_own(actor: Actor, credential: Credential) -> bool:
    """What a holder had made of their own data, such as a record, is theirs to take back."""
    return (
        actor.is_signed_in
        and credential.person_id == actor.person_id
        and (credential.subject_kind, credential.subject_id) == ("person", actor.person_id)
    )


_SECRETARIAT = holds("secretariat", "platform")
_ISSUER = holds("coordinator", "institution", lambda credential: credential.issuer_id)

VIEW = Permission("credential.view", any_of=[_is_holder, _ISSUER, _SECRETARIAT], hidden=True)
MANAGE = Permission("credential.manage", any_of=[_ISSUER, _SECRETARIAT])
REVOKE = Permission("credential.revoke", any_of=[_ISSUER, _SECRETARIAT, _is_their_own])
RELEASE = Permission("credential.release", any_of=[_is_holder, _ISSUER, _SECRETARIAT])
