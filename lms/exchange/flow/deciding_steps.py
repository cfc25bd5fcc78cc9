"""How a closed call comes to its decisions: what each step needs, and what follows from it."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from lms.accounts.queries import office_member_ids
from lms.applications.queries.reviews import standings
from lms.core import outbox, waiting
from lms.core.actor import Actor
from lms.core.clock import deadline_in_zone
from lms.core.i18n import Text, lazy_listed, lazy_names, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office
from lms.core.workflow import Context, machine_named, perform
from lms.exchange import messages
from lms.exchange.flow.screening_steps import SECRETARIAT
from lms.exchange.guarantees import exceeded
from lms.exchange.models import Call, Post
from lms.exchange.queries import capacities, guarantees
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.ranking import impartial_hosts, posts_to_rank
from lms.notifications.services import notify, notify_office

# --- hosts rank -------------------------------------------------------------------------------------


def screening_is_over(context: Context) -> Text | None:
    """Nothing waits for screening or for a correction."""
    counts = queries.count_by_state(context.subject.id)
    waiting_for = counts.get("submitted", 0) + counts.get("returned", 0)
    if not waiting_for:
        return None
    return lazy_ngettext(
        "%(num)d application is not screened yet or was returned. Accept or refuse it first.",
        "%(num)d applications are not screened yet or were returned. Accept or refuse them first.",
        waiting_for,
    )


def reviews_are_complete(context: Context) -> Text | None:
    """Every application in review has all the reviews that it must have."""
    missing = sum(not one.is_complete for one in standings(context.subject).values())
    if not missing:
        return None
    return lazy_ngettext(
        "%(num)d application lacks reviews. Assign reviewers or remind them.",
        "%(num)d applications lack reviews. Assign reviewers or remind them.",
        missing,
    )


def due_is_ahead(context: Context) -> Text | None:
    """Hosts get at least a day."""
    due = context.inputs.get("due_on")
    if due is None or _end_of(context.subject, due) > context.actor.now:
        return None
    return _l("Choose a day that is still to come.")


def ask_hosts(context: Context) -> None:
    """The hosts of every post that somebody chose rank its applicants."""
    call: Call = context.subject
    due_at = _end_of(call, context.inputs["due_on"])
    for post in posts_to_rank(call):
        ask_host(context.actor, call, post, due_at)


def ask_host(actor: Actor, call: Call, post: Post, due_at: datetime | None) -> None:
    """One post waits for its ranking, and its lab is written to.

    A host whom a candidate asked to stay away hears nothing of it; where that is every host, the coordinators of
    the institution rank.
    """
    due_at = due_at or messages.RANK.due_from(actor.now)
    values = {
        "call_en": call.title_en,
        "call_zh": call.title_zh,
        "post_en": post.title_en,
        "post_zh": post.title_zh,
        "due_at": due_at.isoformat(),
        "path": f"/exchange/ranking/{post.ref}",
    }
    lab = Office("host", "lab", post.lab_id)
    able = impartial_hosts(post, actor.now)
    if len(able) < len(office_member_ids(lab, actor.now)):
        for person_id in able:
            _wait_for_ranking(actor, post, person_id, due_at)
            notify(actor, person_id=person_id, message=messages.RANKING_ASKED, values=values)
        if able:
            return
        lab = Office("coordinator", "institution", post.institution_id)
    _wait_for_ranking(actor, post, lab, due_at)
    notify_office(actor, office=lab, message=messages.RANKING_ASKED, values=values)


def _wait_for_ranking(actor: Actor, post: Post, to: Office | int, due_at: datetime) -> None:
    waiting.open_item(
        actor,
        messages.RANK,
        to=to,
        subject=("post_ranking", post.id),
        about=[post],
        url_values={"ref": post.ref},
        due_at=due_at,
    )


def _end_of(call: Call, day: date) -> datetime:
    return deadline_in_zone(datetime.combine(day, time(23, 59)), call.zone)


# --- deciding ---------------------------------------------------------------------------------------


def all_posts_ranked(context: Context) -> Text | None:
    """Every post that somebody chose was ranked."""
    missing = [post for post in posts_to_rank(context.subject) if post.ranked_at is None]
    if not missing:
        return None
    return lazy_ngettext(
        "%(num)d post is not ranked yet. Remind its host, or go on without it and say why.",
        "%(num)d posts are not ranked yet. Remind their hosts, or go on without them and say why.",
        len(missing),
    )


def some_post_unranked(context: Context) -> Text | None:
    """Nothing is left out where nothing is missing."""
    if all_posts_ranked(context) is None:
        return _l("Every post is ranked. Start deciding without a reason.")
    return None


def ask_to_decide(context: Context) -> None:
    """Ranking is over; the secretariat runs the allocation."""
    call: Call = context.subject
    for post in posts_to_rank(call):
        waiting.close_items(context.actor, subject=("post_ranking", post.id))
    waiting.open_item(
        context.actor,
        messages.DECIDE,
        to=SECRETARIAT,
        subject=("call_decisions", call.id),
        about=[call],
        url_values={"ref": call.ref},
    )


# --- release ----------------------------------------------------------------------------------------


def everybody_decided(context: Context) -> Text | None:
    """There is a decision about every application in review."""
    undecided = queries.readiness(context.subject).undecided
    if not undecided:
        return None
    return lazy_ngettext(
        "%(num)d application has no decision yet.", "%(num)d applications have no decision yet.", undecided
    )


def places_suffice(context: Context) -> Text | None:
    """No post is offered to more people than it has places."""
    overfull = queries.readiness(context.subject).overfull
    if not overfull:
        return None
    return _l("More offers than places: %(posts)s.", posts=lazy_names(overfull, "title"))


def limits_hold(context: Context) -> Text | None:
    """No host and no lab is given more people than it takes."""
    overfull = capacities.overfull(context.subject)
    if not overfull:
        return None
    units = lazy_names((one.institution or one.lab for one in overfull), "name")
    return _l("More offers than the limits of hosts and labs allow: %(units)s.", units=units)


def quotas_hold(context: Context) -> Text | None:
    """No group is given more places of the call than its quota."""
    call: Call = context.subject
    kept = guarantees.guarantees_of(call.id)
    broken = exceeded(kept, guarantees.decided_places(call.id, kept)) if kept.limits else []
    if not broken:
        return None
    names = guarantees.Names(call.id)
    groups = lazy_listed(names.group(quota.group) for quota in broken)
    return _l("More offers than the quotas of the call allow: %(groups)s.", groups=groups)


def ask_to_release(context: Context) -> None:
    """The relay performs it: thousands of decisions take longer than anybody waits for a page."""
    call: Call = context.subject
    outbox.enqueue(
        context.actor,
        "call.release",
        {"call_id": call.id},
        key=queries.release_key(call),
        owner_id=context.actor.person_id,
    )


def release_all(context: Context) -> None:
    """Every decision becomes what the applicant sees, all in this transaction."""
    call: Call = context.subject
    # The platform performs it, in the name of whoever releases.
    platform = replace(context.actor, kind="system")
    machine = machine_named("application")
    decisions = queries.decisions_of(call)
    for application in queries.in_review(call):
        decision = decisions[application.id]
        decision.released_at = context.actor.now
        inputs: dict[str, Any] = (
            {"reason": decision.reason} if decision.outcome == "reject" else {"post_id": decision.post_id}
        )
        # An outcome bears the name of its transition.
        perform(machine, application, decision.outcome, actor=platform, **inputs)
    call.released_at = context.actor.now
    waiting.close_items(context.actor, subject=("call_decisions", call.id))
