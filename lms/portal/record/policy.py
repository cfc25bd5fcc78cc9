"""Who reads records."""

from lms.core.access import Permission, holds, predicate
from lms.core.actor import Actor
from lms.portal.record.models import RecordShare
from lms.portal.record.queries import PersonRecord


@predicate("coordinates an institution of the person, or one of an entry")
def _is_concerned(actor: Actor, record: PersonRecord) -> bool:
    own = actor.scopes_of("coordinator", "institution")
    return bool(record.homes & own) or any(entry.institution_ids & own for entry in record.entries)


@predicate("made the link")
def _made_it(actor: Actor, share: RecordShare) -> bool:
    return actor.is_signed_in and share.person_id == actor.person_id


READ = Permission("record.read", any_of=[_is_concerned, holds("secretariat", "platform")], hidden=True)
OWN_SHARE = Permission("record.share", any_of=[_made_it], hidden=True)
