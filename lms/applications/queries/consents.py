"""Which consents an application still needs."""

from collections.abc import Sequence

from lms.accounts.consents import Consenting
from lms.accounts.queries import has_consent


def not_yet_given(person_id: int, named: Sequence[Sequence[Consenting]], *, language: str) -> list[Consenting]:
    """The recipients whose consent does not hold yet, in whichever language it was given: nobody is asked twice.

    `named` holds the same recipients in each language; those who are asked are named in the reader's.
    """
    return [
        next(one for one in same if one.language == language)
        for same in zip(*named, strict=True)
        if not any(has_consent(person_id, one.purpose, recipient=one.recipient, context=one.context) for one in same)
    ]
