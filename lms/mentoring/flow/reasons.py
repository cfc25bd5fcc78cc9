"""Why a pair is proposed, for one of its sides: in words, on their own clock, in their own language."""

from typing import Any

from lms.accounts.queries import contacts
from lms.core.i18n import Text, in_language, lazy_names
from lms.institutions.queries import sub_centres
from lms.mentoring.models import Participant
from lms.mentoring.rules import common_hours, in_words, reasons


def field_names() -> dict[str, Text]:
    """The sub centres by their code, each in the language of whoever reads it."""
    return {centre.code: lazy_names([centre], "name") for centre in sub_centres()}


def reasons_of(pair: Any, *, reader: str, zone: str, zone_name: Text = "") -> list[Text]:
    """The reasons of a proposal for one of its sides, or for who looks on; hours are those of `zone`.

    `pair` is a proposal, or anything with mentor, mentee, parts and scheme.
    """
    week = pair.scheme.closes_at.date()
    slots = common_hours(pair.mentor, pair.mentee, week)
    return reasons(
        pair.parts,
        reader=reader,
        fields=field_names(),
        hours=in_words(slots, zone, week),
        zone_name=zone_name,
    )


def reasons_for(proposal: Any, one: Participant) -> list[str]:
    """The reasons as they are mailed to one side."""
    contact = contacts([one.person_id]).get(one.person_id)
    reader = "mentor" if one.id == proposal.mentor_id else "mentee"
    with in_language(contact.language if contact else "en"):
        return [str(reason) for reason in reasons_of(proposal, reader=reader, zone=one.zone)]
