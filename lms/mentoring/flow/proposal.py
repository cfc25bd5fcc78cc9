"""A proposed pair: both say yes and it becomes a mentorship; else it goes on to the next best.

Whoever moves a proposal holds the lock of the scheme (`queries.schemes.lock_scheme`): an open proposal takes up a place
of its mentor, so that nobody is ever over capacity.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lms.core import outbox, waiting
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.workflow import Context, Machine, State, Transition, machine_named, perform, start
from lms.mentoring import messages
from lms.mentoring.flow.mentorship_steps import begin_mentorship
from lms.mentoring.flow.reasons import reasons_for
from lms.mentoring.flow.telling import tell_both, tell_one
from lms.mentoring.models import MentoringScheme, Participant, Proposal
from lms.mentoring.policy import ANSWER_PROPOSAL, side_of
from lms.mentoring.queries import matching as queries
from lms.mentoring.queries.mentorships import guided_by
from lms.mentoring.queries.participants import open_proposals_of, places_held

# --- making one --------------------------------------------------------------------------------------------


def propose(actor: Actor, scheme: MentoringScheme, pair: Mapping[str, Any], run_id: int | None) -> Proposal | None:
    """Propose a pair to both, if it still can come about; None when somebody has left or was faster.

    `pair` names mentor and mentee by reference, with score and parts. Needs the lock of the scheme.
    """
    people = queries.by_ref([pair["mentor"], pair["mentee"]])
    mentor, mentee = people[pair["mentor"]], people[pair["mentee"]]
    if not _may_be_proposed(scheme, mentor, mentee):
        return None
    proposal = Proposal(
        ref=new_ref(),
        scheme_id=scheme.id,
        run_id=run_id,
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        score=pair["score"],
        parts=pair["parts"],
        made_at=actor.now,
        expires_at=actor.now + timedelta(days=scheme.answer_days),
    )
    start(PROPOSAL, proposal, actor=actor)
    _ask_both(actor, queries.proposal_by_id(proposal.id))
    return proposal


def _may_be_proposed(scheme: MentoringScheme, mentor: Participant, mentee: Participant) -> bool:
    if not queries.are_active(scheme.id, {mentor.id, mentee.id}) or mentee.id in queries.busy_mentees(scheme.id):
        return False
    if places_held([mentor.id]).get(mentor.id, 0) >= mentor.capacity:
        return False
    unit = queries.unit_of(scheme, mentor)
    if unit is not None and not queries.rooms(scheme, {unit})[unit]:
        return False
    return not queries.excluded_pairs(scheme, [mentee], [mentor])


def _ask_both(actor: Actor, proposal: Proposal) -> None:
    """Both read the reasons in words and answer before it expires; then the clock lets it go."""
    for one, other in ((proposal.mentor, proposal.mentee), (proposal.mentee, proposal.mentor)):
        waiting.open_item(
            actor,
            messages.ANSWER_PROPOSAL,
            to=one.person_id,
            subject=("mentoring_proposal", proposal.id),
            about=[other.person.name, proposal.scheme],
            url_values={"ref": proposal.ref},
            due_at=proposal.expires_at,
        )
        values = {
            "expires_at": proposal.expires_at.isoformat(),
            "is_mentor": one is proposal.mentor,
            "reasons": reasons_for(proposal, one),
        }
        tell_one(actor, proposal, one.person_id, messages.PROPOSED, f"/mentoring/proposals/{proposal.ref}", values)
    outbox.enqueue(
        actor,
        "mentoring.lapse",
        {"proposal_id": proposal.id},
        due_at=proposal.expires_at,
        key=f"mentoring.lapse:{proposal.id}",
    )


# --- guards and stamps -------------------------------------------------------------------------------------


def _is_in_time(context: Context) -> Text | None:
    if context.actor.now < context.subject.expires_at:
        return None
    return _l("The time to answer this proposal is over.")


def _has_expired(context: Context) -> Text | None:
    return None if context.actor.now >= context.subject.expires_at else _l("This proposal has not expired.")


def _has_not_said_yes(context: Context) -> Text | None:
    side = side_of(context.actor, queries.proposal_by_id(context.subject.id))
    if getattr(context.subject, f"{side}_yes_at") is None:
        return None
    return _l("You have said yes already. The other side has not answered yet.")


def _mentor_has_a_place(context: Context) -> Text | None:
    mentor = queries.proposal_by_id(context.subject.id).mentor
    if guided_by([mentor.id]).get(mentor.id, 0) < mentor.capacity:
        return None
    return _l("The mentor has no free place any more.")


def _stamp_yes(context: Context) -> None:
    with db.session.no_autoflush:
        side = side_of(context.actor, queries.proposal_by_id(context.subject.id))
    setattr(context.subject, f"{side}_yes_at", context.actor.now)


# --- what becomes of it ------------------------------------------------------------------------------------


def _agree_when_both_did(context: Context) -> None:
    proposal: Proposal = context.subject
    waiting.close_items(context.actor, subject=("mentoring_proposal", proposal.id), person_id=context.actor.person_id)
    if proposal.mentor_yes_at and proposal.mentee_yes_at:
        perform(PROPOSAL, proposal, "agree", actor=system_actor(context.actor.now))


def _begin(context: Context) -> None:
    begin_mentorship(context.actor, queries.proposal_by_id(context.subject.id))


def _stop_waiting(context: Context) -> None:
    waiting.close_items(context.actor, subject=("mentoring_proposal", context.subject.id))
    outbox.cancel(f"mentoring.lapse:{context.subject.id}")


def _tell_both_and_go_on(context: Context) -> None:
    """Neither learns who said no; both may be proposed to somebody else."""
    proposal = queries.proposal_by_id(context.subject.id)
    path = f"/mentoring/proposals/{proposal.ref}"
    tell_both(system_actor(context.actor.now), proposal, messages.NOT_AGREED, path)
    go_on(context.actor, proposal.scheme_id, f"proposal:{proposal.id}")


def go_on(actor: Actor, scheme_id: int, cause: str) -> None:
    """Have the next best pairs found for whoever is free again; `cause` names what made them free, once."""
    outbox.enqueue(actor, "mentoring.next_best", {"scheme_id": scheme_id}, key=f"mentoring.next:{cause}")


def withdraw_proposals(actor: Actor, participant: Participant) -> None:
    """Take back what was proposed to somebody who has left."""
    for proposal in open_proposals_of(participant.id):
        perform(machine_named("mentoring_proposal"), proposal, "withdraw", actor=system_actor(actor.now))


PROPOSAL = Machine(
    "mentoring_proposal",
    model=Proposal,
    initial="open",
    states=[
        State("open", _l("Waits for answers"), "accent"),
        State("agreed", _l("Both said yes"), "success", is_final=True),
        State("declined", _l("Did not come about"), "neutral", is_final=True),
        State("lapsed", _l("Not answered in time"), "neutral", is_final=True),
        State("withdrawn", _l("Taken back"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "say_yes",
            _l("Yes, I would like this"),
            ("open",),
            None,
            ANSWER_PROPOSAL,
            guards=(_is_in_time, _has_not_said_yes, _mentor_has_a_place),
            stamps=(_stamp_yes,),
            effects=(_agree_when_both_did,),
            tone="success",
            done_label=_l("Said yes"),
        ),
        Transition(
            "agree",
            _l("Begin the mentorship"),
            ("open",),
            "agreed",
            effects=(_stop_waiting, _begin),
            done_label=_l("Both said yes"),
        ),
        Transition(
            "decline",
            _l("No, thank you"),
            ("open",),
            "declined",
            ANSWER_PROPOSAL,
            guards=(_is_in_time,),
            effects=(_stop_waiting, _tell_both_and_go_on),
            tone="danger",
            confirm=_l("Say no to this pair? You need not give a reason, and you may be proposed to others."),
            done_label=_l("Declined"),
            is_public=False,
        ),
        Transition(
            "lapse",
            _l("Let it lapse"),
            ("open",),
            "lapsed",
            guards=(_has_expired,),
            effects=(_stop_waiting, _tell_both_and_go_on),
            by_clock=True,
            done_label=_l("Not answered in time"),
        ),
        Transition(
            "withdraw",
            _l("Take it back"),
            ("open",),
            "withdrawn",
            effects=(_stop_waiting, _tell_both_and_go_on),
            done_label=_l("Taken back"),
        ),
    ],
)
