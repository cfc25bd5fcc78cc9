"""Taking part: profiles and wishes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from lms.accounts.queries import person_by_id
from lms.core import audit, waiting, workflow
from lms.core.actor import Actor
from lms.core.db import db, expect_version
from lms.core.errors import Conflict, Invalid, NotFound, Refused
from lms.core.i18n import LANGUAGES as INTERFACE
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_ngettext
from lms.core.ids import new_ref
from lms.institutions.queries import sub_centre_ids_of, sub_centres
from lms.mentoring import messages, rules
from lms.mentoring.flow import PARTICIPANT
from lms.mentoring.flow.proposal import go_on
from lms.mentoring.models import MentoringScheme, Participant, Wish
from lms.mentoring.queries import participants as queries
from lms.mentoring.queries.schemes import lock_scheme

MOST_WISHES = 5
_MOST_APART = 20
_ADDRESS = re.compile(r"[^@\s,;]{1,64}@[^@\s,;]{3,190}")
_CHANGEABLE = ("draft", "submitted", "active", "on_leave")
# What one says about oneself once, and what the next profile begins with.
_KEPT = ("fields", "methods", "languages", "zone", "hours", "years", "about", "apart")


def join(actor: Actor, scheme: MentoringScheme, side: str) -> Participant:
    """Begin a profile on one side of a scheme, or go on with the one that is there.

    It begins with what was said in an earlier scheme, else with what the account tells. Raises Refused when the
    scheme is not open, or is for mentees of other states.
    """
    if side not in rules.SIDES:
        raise NotFound
    existing = queries.live_participation(actor.person_id, scheme.id, side)
    if existing is not None:
        return existing
    if not rules.is_open(scheme, actor.now):
        raise Refused([_l("This scheme does not take profiles now.")])
    codes = {country.code for country in scheme.countries}
    if side == "mentee" and codes and actor.country not in codes:
        raise Refused([_l("This scheme is for mentees whose home institution is in other states. See who may join.")])
    assert actor.person_id is not None
    participant = Participant(
        ref=new_ref(),
        scheme_id=scheme.id,
        person_id=actor.person_id,
        side=side,
        created_at=actor.now,
        **_known(actor.person_id, side),
    )
    workflow.start(PARTICIPANT, participant, actor=actor)
    waiting.open_item(
        actor,
        messages.FINISH_PROFILE,
        to=actor.person_id,
        subject=("mentoring_participant", participant.id),
        about=[scheme],
        url_values={"ref": participant.ref},
        due_at=scheme.closes_at,
    )
    return participant


def _known(person_id: int, side: str) -> dict[str, Any]:
    """What is known of somebody already: nobody types the same thing twice."""
    earlier = queries.latest_profile(person_id)
    if earlier is not None:
        known = {name: getattr(earlier, name) for name in _KEPT}
        # What one offers is not what one looks for.
        return known if earlier.side == side else {**known, "about": ""}
    person = person_by_id(person_id)
    works_on = set(sub_centre_ids_of(person_id))
    spoken = {person.language, person.name_local_lang.split("-")[0]} & rules.LANGUAGES.keys()
    return {
        "fields": [centre.code for centre in sub_centres() if centre.id in works_on],
        "languages": [code for code in rules.LANGUAGES if code in spoken] or [INTERFACE[0].code],
        "zone": person.zone,
    }


def save_profile(
    actor: Actor,
    participant: Participant,
    *,
    version: int | None,
    values: Mapping[str, Any],
    is_by_itself: bool = False,
) -> None:
    """Keep what somebody says about themselves; a draft may be incomplete.

    A page that saves itself (`is_by_itself`) leaves the version as it is, so that what the same page sends afterwards
    still fits. Raises Invalid for a capacity that is too large or already given away, Stale for a stale page, and
    Conflict when the participation is over.
    """
    lock_scheme(participant.scheme_id)
    db.session.refresh(participant, attribute_names=["state", "version", "capacity"], with_for_update=True)
    expect_version(participant, version)
    if participant.state not in _CHANGEABLE:
        raise Conflict(_l("This profile can no longer be changed."))
    capacity = values.get("capacity") or participant.capacity
    _check_capacity(participant, capacity)
    if participant.state != "draft" and not (values["fields"] and values["languages"] and values["hours"]):
        raise Invalid(_l("Keep at least one field, one language and the hours in which you can meet."), "fields")
    has_more = capacity > participant.capacity and participant.state == "active"
    changed = sorted(name for name, value in values.items() if getattr(participant, name) != value)
    for name in changed:
        setattr(participant, name, values[name])
    participant.capacity = capacity
    participant.version += not is_by_itself
    db.session.flush()
    audit.record(
        actor,
        "mentoring_participant.edited",
        subject=("mentoring_participant", participant.id),
        detail={"fields": changed},
    )
    if has_more:
        go_on(actor, participant.scheme_id, f"room:{participant.id}:{participant.version}")


def _check_capacity(participant: Participant, capacity: int) -> None:
    most = participant.scheme.max_capacity
    if participant.side == "mentor" and capacity > most:
        raise Invalid(
            lazy_ngettext(
                "In this scheme a mentor guides at most %(num)d mentee.",
                "In this scheme a mentor guides at most %(num)d mentees.",
                most,
            ),
            "capacity",
        )
    held = queries.places_held([participant.id]).get(participant.id, 0)
    if capacity < held:
        raise Invalid(
            lazy_ngettext(
                "%(num)d place is taken by a mentee or a proposal. Choose no fewer.",
                "%(num)d places are taken by mentees or proposals. Choose no fewer.",
                held,
            ),
            "capacity",
        )


def addresses_in(text: str) -> list[str]:
    """The e-mail addresses of a list typed by hand, lower-case, each once. Raises Invalid for anything else."""
    words = [word for word in re.split(r"[\s,;]+", text.lower()) if word]
    wrong = [word for word in words if not _ADDRESS.fullmatch(word)]
    if wrong:
        raise Invalid(_l("This is not an e-mail address: %(word)s", word=wrong[0]), "apart_text")
    if len(words) > _MOST_APART:
        raise Invalid(_l("Name at most %(number)d people.", number=_MOST_APART), "apart_text")
    return list(dict.fromkeys(words))


# --- wishes ------------------------------------------------------------------------------------------------


def add_wish(actor: Actor, participant: Participant, *, other_ref: str) -> None:
    """Put somebody of the other side at the end of one's list. Raises Refused when the list is full."""
    _begin(participant)
    other = queries.other_by_ref(participant, other_ref)
    listed = [wish for wish in queries.wishes_of(participant.id) if wish.rank is not None]
    if any(wish.other_id == other.id for wish in listed):
        return
    if len(listed) >= MOST_WISHES:
        raise Refused([_l("Your list holds %(number)d people already. Take one away first.", number=MOST_WISHES)])
    _say(participant, other.id, len(listed) + 1)
    _note(actor, participant, other.id)


def rather_not(actor: Actor, participant: Participant, *, other_ref: str) -> None:
    """Say that no pair shall come about with somebody. They never learn of it."""
    _begin(participant)
    other = queries.other_by_ref(participant, other_ref)
    _say(participant, other.id, None)
    _renumber(participant)
    _note(actor, participant, other.id)


def take_back(actor: Actor, participant: Participant, *, other_ref: str) -> None:
    """Say nothing about somebody any more."""
    _begin(participant)
    for wish in queries.wishes_of(participant.id):
        if wish.other.ref == other_ref:
            db.session.execute(delete(Wish).where(Wish.id == wish.id))
            _renumber(participant)
            _note(actor, participant, wish.other_id)


def move_wish(actor: Actor, participant: Participant, *, other_ref: str, direction: str) -> None:
    """Move somebody `up` or `down` on one's list by one place; nothing changes at an end."""
    _begin(participant)
    listed = [wish for wish in queries.wishes_of(participant.id) if wish.rank is not None]
    here = next((index for index, wish in enumerate(listed) if wish.other.ref == other_ref), None)
    if here is None:
        raise NotFound
    there = here + (-1 if direction == "up" else 1)
    if 0 <= there < len(listed):
        listed[here], listed[there] = listed[there], listed[here]
        _number(listed)
        _note(actor, participant, listed[there].other_id)


def _begin(participant: Participant) -> None:
    db.session.refresh(participant, attribute_names=["state", "version"], with_for_update=True)
    if participant.state not in ("active", "on_leave"):
        raise Conflict(_l("Wishes are open to those who take part."))


def _say(participant: Participant, other_id: int, rank: int | None) -> None:
    wish = db.session.scalars(
        select(Wish).where(Wish.participant_id == participant.id, Wish.other_id == other_id)
    ).one_or_none()
    if wish is None:
        wish = Wish(participant_id=participant.id, other_id=other_id)
        db.session.add(wish)
    wish.rank = rank
    db.session.flush()


def _renumber(participant: Participant) -> None:
    _number([wish for wish in queries.wishes_of(participant.id) if wish.rank is not None])


def _number(listed: Sequence[Wish]) -> None:
    """Write the places anew, first where nobody stands: no two may share one for a moment."""
    for start in (len(listed) + MOST_WISHES, 0):
        for place, wish in enumerate(listed, start=1):
            wish.rank = start + place
        db.session.flush()


def _note(actor: Actor, participant: Participant, other_id: int) -> None:
    audit.record(
        actor,
        "mentoring_participant.wished",
        subject=("mentoring_participant", participant.id),
        detail={"other_id": other_id},
    )
