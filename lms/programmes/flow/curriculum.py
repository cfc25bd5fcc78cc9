"""A version of the curriculum: drafted, put to the parties, confirmed by all of them, and replaced by the next."""

from lms.accounts import queries as people
from lms.core import audit, waiting
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office
from lms.core.workflow import Context, Input, Machine, State, Transition, perform
from lms.programmes import study_messages as messages
from lms.programmes.models import Curriculum, CurriculumParty
from lms.programmes.queries import curriculum as queries
from lms.programmes.study_policy import CONFIRM_CURRICULUM, MANAGE_CURRICULUM
from lms.programmes.tally import content_faults


def _is_complete(context: Context) -> Text | None:
    if faults := content_faults(queries.curriculum_by_id(context.subject.id)):
        return faults[0]
    return None


def _own_parties(actor: Actor, curriculum: Curriculum) -> list[CurriculumParty]:
    mine = actor.scopes_of("coordinator", "institution")
    return [one for one in curriculum.parties if one.institution_id in mine]


def _has_not_confirmed(context: Context) -> Text | None:
    """Said once, it is said."""
    parties = _own_parties(context.actor, queries.curriculum_by_id(context.subject.id))
    if parties and all(one.confirmed_at is not None for one in parties):
        return _l("Your university has confirmed this version already.")
    return None


def _ask_parties(context: Context) -> None:
    curriculum = queries.curriculum_by_id(context.subject.id)
    waiting.close_items(context.actor, subject=("curriculum", curriculum.id))
    for party in curriculum.parties:
        _open(context.actor, messages.CONFIRM_CURRICULUM, curriculum, party.institution_id)


def _open(actor: Actor, kind: waiting.WaitingKind, curriculum: Curriculum, institution_id: int) -> None:
    waiting.open_item(
        actor,
        kind,
        to=Office("coordinator", "institution", institution_id),
        subject=("curriculum", curriculum.id),
        about=[curriculum.programme],
        url_values={"ref": curriculum.ref},
    )


def _keep_confirmation(context: Context) -> None:
    """The word of the actor's university; with the last one the version holds."""
    curriculum = queries.curriculum_by_id(context.subject.id)
    signer = people.person_by_id(context.actor.person_id or 0)
    for party in _own_parties(context.actor, curriculum):
        party.signed_name, party.confirmed_at = signer.name, context.actor.now
        party.confirmed_by_id = signer.id
        audit.record(
            context.actor,
            "curriculum.party_confirmed",
            subject=("curriculum", curriculum.id),
            detail={"institution_id": party.institution_id},
        )
    db.session.flush()
    if all(party.confirmed_at is not None for party in curriculum.parties):
        _take_effect(system_actor(context.actor.now), curriculum)


def _take_effect(actor: Actor, curriculum: Curriculum) -> None:
    """Only one version of a programme holds: the last one makes room first."""
    last = queries.confirmed_curriculum(curriculum.programme_id)
    if last is not None:
        perform(CURRICULUM, last, "replace", actor=actor)
    perform(CURRICULUM, curriculum, "take_effect", actor=actor)


def _forget_confirmations(context: Context) -> None:
    """What was confirmed is about to change: nobody's word is carried over."""
    curriculum = queries.curriculum_by_id(context.subject.id)
    waiting.close_items(context.actor, subject=("curriculum", curriculum.id))
    for party in curriculum.parties:
        party.signed_name, party.confirmed_at, party.confirmed_by_id = "", None, None
    _open(context.actor, messages.MAKE_CURRICULUM, curriculum, curriculum.programme.coordinating_id)


def _stamp_confirmed(context: Context) -> None:
    context.subject.confirmed_at = context.actor.now


def _stop_waiting(context: Context) -> None:
    waiting.close_items(context.actor, subject=("curriculum", context.subject.id))


CURRICULUM = Machine(
    "curriculum",
    model=Curriculum,
    initial="draft",
    states=[
        State("draft", _l("Draft"), "neutral"),
        State("proposed", _l("Waits for the parties"), "info"),
        State("confirmed", _l("Confirmed by all parties"), "success"),
        State("replaced", _l("Replaced"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "propose",
            _l("Put it to the parties"),
            ("draft",),
            "proposed",
            MANAGE_CURRICULUM,
            guards=(_is_complete,),
            effects=(_ask_parties,),
            confirm=_l("Put this version to the parties? It cannot be changed while they look at it."),
            done_label=_l("Put to the parties"),
        ),
        Transition(
            "confirm",
            _l("Confirm for my university"),
            ("proposed",),
            None,
            CONFIRM_CURRICULUM,
            guards=(_has_not_confirmed,),
            effects=(_keep_confirmation,),
            tone="success",
            confirm=_l("Confirm this version in the name of your university?"),
            done_label=_l("Confirmed by a party"),
        ),
        Transition(
            "send_back",
            _l("Send it back"),
            ("proposed",),
            "draft",
            MANAGE_CURRICULUM,
            inputs=(Input("reason", _l("Reason"), hint=_l("All parties read this.")),),
            effects=(_forget_confirmations,),
            tone="warning",
            done_label=_l("Sent back"),
        ),
        Transition(
            "take_effect",
            _l("Hold from now on"),
            ("proposed",),
            "confirmed",
            stamps=(_stamp_confirmed,),
            effects=(_stop_waiting,),
            event="curriculum_confirmed",
            done_label=_l("Confirmed by all parties"),
        ),
        Transition("replace", _l("Replace by the next version"), ("confirmed",), "replaced", done_label=_l("Replaced")),
    ],
)
