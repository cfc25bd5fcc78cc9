"""The steps of a call, each as those would take it who take it in life."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lms.accounts.queries import myself
from lms.applications.queries import endorsements as endorsing
from lms.applications.queries.facts import profile_facts
from lms.applications.queries.reviews import review_visible_to, reviews_of
from lms.applications.services import endorsements, reviews
from lms.core import workflow
from lms.core.actor import Actor
from lms.demo.seed.posts import COORDINATORS, OFFICES, POSTS, REVIEWS, STATEMENTS
from lms.demo.seed.world import World, staged_document
from lms.exchange.flow import ALLOCATION_RUN, APPLICATION, CALL, POST
from lms.exchange.guarantees import Guarantees, Quota, Reserve
from lms.exchange.queries import applying as applications
from lms.exchange.queries import deciding, posts, ranking
from lms.exchange.services import allocation, applying
from lms.exchange.services import calls as call_services
from lms.exchange.services import posts as post_services
from lms.exchange.services import ranking as ranking_services
from lms.exchange.services.guarantees import set_guarantees
from lms.exchange.services.release import finish as finish_release

if TYPE_CHECKING:
    from lms.applications.models import Application, Call, Endorsement

_DOCUMENTS = {
    "cv": "Curriculum vitae",
    "degree": "Certificate of the highest degree",
    "employment": "Proof of employment",
    "work_plan": "Work plan",
}


@dataclass(frozen=True)
class CallPlan:
    """A call with its texts, the days (from now) of its making, opening and closing, and its posts by key."""

    title_en: str
    title_zh: str
    made: float
    opens: float
    closes: float
    starts: float
    posts: Sequence[str]


def open_call(
    world: World, plan: CallPlan, *, quotas: Sequence[Quota] = (), reserves: Sequence[Reserve] = ()
) -> "Call":
    """Write a call, collect and approve its posts, and publish it; a reserve names its post by the post's key."""
    actor = world.acting("secretariat", plan.made)
    call = call_services.open_call(
        actor,
        title_en=plan.title_en,
        title_zh=plan.title_zh,
        summary_en="Young scientists of ASEAN work for six or twelve months in a laboratory of China. A sample call: "
        "nothing in it binds anybody.",
        summary_zh="东盟青年科学家赴中国实验室工作六个月或十二个月。本征集为示范，不具约束力。",
        zone="Asia/Shanghai",
        opens_at=world.wall(plan.opens, 9, 0, "Asia/Shanghai"),
        closes_at=world.wall(plan.closes, 17, 0, "Asia/Shanghai"),
    )
    workflow.perform(CALL, call, "open_preparation", actor=actor)
    refs: dict[str, str] = {}
    for key in plan.posts:
        post = hand_in_post(world, call, key, plan.made + 3, plan.starts)
        workflow.perform(POST, post, "approve", actor=world.acting("secretariat", plan.made + 6))
        refs[key] = post.ref
    kept = Guarantees(quotas=tuple(quotas), reserves=tuple(replace(one, post=refs[one.post]) for one in reserves))
    set_guarantees(world.acting("secretariat", plan.made + 7), call, kept, reason="", version=None)
    workflow.perform(CALL, call, "publish", actor=world.acting("secretariat", plan.made + 8))
    return call


def hand_in_post(world: World, call: "Call", key: str, day: float, starts: float) -> Any:
    """Draft a post and hand it in for approval."""
    draft = POSTS[key]
    actor = world.acting(draft.account, day)
    post = post_services.draft_post(
        actor,
        call_id=call.id,
        lab_id=world.labs[draft.lab],
        sub_centre_ids=[world.sub_centres[code] for code in draft.sub_centres],
        title_en=draft.title_en,
        title_zh=draft.title_zh,
        duties=draft.duties,
        requirements=draft.requirements,
        places=draft.places,
        months=draft.months,
        starts_on=world.at(starts).date(),
    )
    workflow.perform(POST, post, "submit", actor=actor)
    return post


# --- applying ---------------------------------------------------------------------------------------


def fill_in(
    world: World, call: "Call", account: str, day: float, chosen: Sequence[str], documents: Sequence[str]
) -> "Application":
    """Start an application and fill it in: facts, posts, statement, some documents, and how to be endorsed."""
    actor = world.acting(account, day)
    application = applying.start_application(actor, call)
    facts = replace(
        profile_facts(myself(actor)),
        degree="doctorate",
        research_years=6,
        languages={"en": "fluent"},
        is_full_time=True,
    )
    applying.save_facts(actor, application, version=None, facts=facts)
    titles = {POSTS[key].title_en: key for key in chosen}
    refs = {titles[post.title_en]: post.ref for post in posts.posts_of_call(call) if post.title_en in titles}
    for key in chosen:
        applying.add_choice(actor, application, version=None, post_ref=refs[key])
    applying.save_statement(actor, application, version=None, statement=STATEMENTS[account])
    for kind in documents:
        staged = staged_document(_DOCUMENTS[kind])
        applying.add_document(actor, application, version=None, kind=kind, staged=staged)
    applying.save_wish(actor, application, version=None, wish=_wish(actor, account))
    return application


def _wish(actor: Actor, account: str) -> dict[str, Any]:
    if account in COORDINATORS:
        return {"route": "platform", "institution_id": actor.institution_id}
    if account == "scientist-my":
        return {"route": "sheet", "office": OFFICES[account]}
    office = OFFICES[account]
    return {
        "route": "link",
        "office": office,
        "name": "Director of international cooperation",
        "email": f"cooperation-{account.rpartition('-')[2]}@ministry.example",
        "language": "en",
    }


def submit(world: World, call: "Call", account: str, day: float, chosen: Sequence[str]) -> "Application":
    """Fill in an application whole and submit it, with a consent for each recipient."""
    application = fill_in(world, call, account, day, chosen, tuple(_DOCUMENTS))
    actor = world.acting(account, day + 0.1)
    needed = applications.recipients_of(application, center=world.center)
    applying.submit(actor, application, version=None, needed=needed, given=needed)
    return application


def endorse(world: World, account: str, application: "Application", day: float) -> None:
    """Let the home side give its word, by the way that the applicant chose."""
    endorsement = endorsing.live_endorsement(application)
    assert endorsement is not None
    if endorsement.route == "sheet":
        hand_in_sheet(world, account, endorsement, day)
        endorsements.check_sheet(
            world.acting("secretariat", day + 1), endorsement, transition="accept_sheet", version=None
        )
        return
    if endorsement.route == "platform":
        actor = world.acting(COORDINATORS[account], day)
    else:
        actor = Actor(now=world.at(day), kind="token", token_subject=("endorsement", endorsement.id))
    endorsements.decide(actor, endorsement, gives=True, version=None)


def hand_in_sheet(world: World, account: str, endorsement: "Endorsement", day: float) -> None:
    """Hand in the sealed sheet, for the secretariat to check."""
    actor = world.acting(account, day)
    staged = staged_document("Endorsement sheet")
    endorsements.upload_sheet(actor, endorsement, staged=staged, version=None)


def screen(world: World, application: "Application", day: float) -> None:
    """Let the secretariat accept an application for review."""
    actor = world.acting("secretariat", day)
    seen = deciding.staff_application(actor, application.ref)
    workflow.perform(APPLICATION, seen, "accept_screening", actor=actor)


def apply_whole(world: World, call: "Call", applied: Mapping[str, Sequence[str]], plan: CallPlan) -> None:
    """Everybody applies, is endorsed and passes screening while the call is open; then the clock closes it."""
    for number, (account, chosen) in enumerate(applied.items()):
        application = submit(world, call, account, plan.opens + 1 + number, chosen)
        endorse(world, account, application, plan.opens + 4 + number)
        screen(world, application, plan.opens + 7 + number)
    close(world, call, plan)


def close(world: World, call: "Call", plan: CallPlan) -> None:
    """The closing date comes."""
    workflow.perform(CALL, call, "close", actor=world.system(plan.closes + 1))


# --- reviewing and ranking --------------------------------------------------------------------------


def review(world: World, call: "Call", *, given: float, due: float, but: Mapping[str, int] | None = None) -> None:
    """Share the applications out among the reviewers, who hand their reviews in; `but` how many each leaves open."""
    reviews.assign_all(world.acting("secretariat", given), call, due_at=world.at(due))
    accounts = {person_id: account for account, person_id in world.people.items()}
    left = dict(but or {})
    every = [one for of_one in reviews_of([app.id for app in deciding.in_review(call)]).values() for one in of_one]
    for number, one in enumerate(sorted(every, key=lambda one: one.id)):
        account = accounts[one.reviewer_id]
        if left.get(account, 0):
            left[account] -= 1
            continue
        actor = world.acting(account, given + 2)
        scores = {row["key"]: 3 + (number + place) % 3 for place, row in enumerate(call.criteria)}
        seen = review_visible_to(actor, one.ref)
        comment = REVIEWS[number % len(REVIEWS)]
        reviews.submit(actor, seen, scores=scores, comment=comment, version=None)


def ask_to_rank(world: World, call: "Call", *, day: float, due: float) -> None:
    """Ask the hosts to rank until the end of a day."""
    actor = world.acting("secretariat", day)
    workflow.perform(CALL, call, "start_ranking", actor=actor, due_on=world.at(due).date())


def rank(world: World, call: "Call", *, day: float, but: Sequence[str] = ()) -> None:
    """Let the hosts rank their candidates in the order in which they applied, except the posts in `but`."""
    left = {POSTS[key].title_en for key in but}
    drafts = {draft.title_en: draft for draft in POSTS.values()}
    for post in ranking.posts_to_rank(call):
        if post.title_en in left or post.ranked_at is not None:
            continue
        actor = world.acting(_host_of(drafts[post.title_en].account), day)
        seen = ranking.post_to_rank(actor, post.ref)
        candidates = ranking.candidates_of(actor, seen)
        opinions = {one.ref: ranking_services.Opinion(number) for number, one in enumerate(candidates, start=1)}
        ranking_services.submit_ranking(actor, seen, opinions=opinions, version=None)


def _host_of(account: str) -> str:
    """Who ranks: the host of the lab, also where the coordinator drafted the post."""
    return "instructor3" if account == "coordinator-cn" else account


# --- deciding ---------------------------------------------------------------------------------------


def decide_and_release(world: World, call: "Call", *, day: float, released: float) -> None:
    """Run the allocation, record it and release everything."""
    actor = world.acting("secretariat", day)
    workflow.perform(CALL, call, "start_deciding", actor=actor)
    run = allocation.start_run(actor, call)
    allocation.finish_run(world.system(day + 0.01), run, allocation.compute(run))
    run = deciding.run_visible_to(actor, run.ref)
    reason = "There were more good applications than places. Your reviews encourage you to apply again."
    workflow.perform(ALLOCATION_RUN, run, "record", actor=world.acting("secretariat", day + 1), reason=reason)
    workflow.perform(CALL, call, "release", actor=world.acting("secretariat", released))
    finish_release(world.system(released), call)


def answer(world: World, call: "Call", account: str, transition: str, day: float) -> "Application":
    """Accept or decline an offer."""
    actor = world.acting(account, day)
    application = applications.live_application(actor, call)
    assert application is not None
    workflow.perform(APPLICATION, application, transition, actor=actor)
    return application
