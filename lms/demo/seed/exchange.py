"""Calls of the exchange, one in each phase in which somebody has work to do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.applications.queries import endorsements as endorsing
from lms.core import workflow
from lms.demo.seed import calls
from lms.demo.seed.calls import CallPlan
from lms.demo.seed.world import World, staged_document
from lms.exchange.flow import PLACEMENT, POST
from lms.exchange.guarantees import Quota, Reserve
from lms.exchange.queries import deciding, placements
from lms.exchange.services import placements as placement_services
from lms.exchange.services import screening

if TYPE_CHECKING:
    from lms.applications.models import Application

_REPORT = (
    "I learned the whole way from the swab to the tree and brought the protocol home in two languages. Two colleagues "
    "can do it now. What I would do otherwise: begin the paperwork for the samples three months earlier."
)


def make_calls(world: World) -> None:
    """The call of last year, one just released, one that hosts rank, one in review, and the one that is open."""
    _last_year(world)
    _just_released(world)
    _ranking(world)
    _in_review(world)
    _open_now(world)


def _plan(
    world: World, name: str, name_zh: str, made: float, opens: float, closes: float, starts: float, posts: Sequence[str]
) -> CallPlan:
    year = world.at(starts).year
    return CallPlan(
        f"Sample call: young scientists {year}, {name}",
        f"示范征集：{year}年东盟青年科学家来华工作计划（{name_zh}）",
        made,
        opens,
        closes,
        starts,
        posts,
    )


def _last_year(world: World) -> None:
    """Three stays: completed with a certificate, reported, and under way."""
    plan = _plan(world, "first round", "第一批", -460, -440, -400, -290, ("plants", "sequencing"))
    call = calls.open_call(world, plan)
    applied = {"scientist-ph": ["plants"], "scientist-vn": ["plants"], "scientist-th": ["sequencing"]}
    calls.apply_whole(world, call, applied, plan)
    calls.review(world, call, given=-395, due=-375)
    calls.ask_to_rank(world, call, day=-370, due=-360)
    calls.rank(world, call, day=-365)
    calls.decide_and_release(world, call, day=-355, released=-350)
    stays = {account: calls.answer(world, call, account, "accept", -345) for account in applied}
    for account, arrived in (("scientist-ph", -288), ("scientist-vn", -200), ("scientist-th", -120)):
        _arrive(world, account, "host" if account == "scientist-th" else "mentor", stays[account], arrived)
    _report(world, "scientist-ph", stays["scientist-ph"], -110)
    _countersign_and_close(world, stays["scientist-ph"], -105)
    _report(world, "scientist-vn", stays["scientist-vn"], -2)


def _just_released(world: World) -> None:
    """Offers to be answered, one accepted, one on the waiting list."""
    plan = _plan(world, "second round", "第二批", -190, -170, -120, 55, ("sequencing", "dengue", "ventilation"))
    quotas = [Quota("country", "TL", 1, 1), Quota("country", "MM", 2)]
    call = calls.open_call(world, plan, quotas=quotas, reserves=[Reserve("sequencing", "country", "TL", 1)])
    applied = {
        "scientist": ["sequencing", "dengue"],
        "scientist-kh": ["ventilation"],
        "scientist-my": ["sequencing"],
        "scientist-mm": ["dengue"],
        "scientist-tl": ["sequencing"],
    }
    calls.apply_whole(world, call, applied, plan)
    calls.review(world, call, given=-110, due=-80)
    calls.ask_to_rank(world, call, day=-70, due=-50)
    calls.rank(world, call, day=-60)
    calls.decide_and_release(world, call, day=-20, released=-5)
    calls.answer(world, call, "scientist-kh", "accept", -3)


def _ranking(world: World) -> None:
    """Hosts rank: one has, another has not yet."""
    plan = _plan(world, "summer", "夏季", -130, -110, -60, 190, ("ventilation", "plants", "sequencing"))
    call = calls.open_call(world, plan)
    applied = {
        "scientist-la": ["ventilation", "sequencing"],
        "scientist-id": ["ventilation"],
        "scientist-ph": ["plants", "sequencing"],
        "scientist-tl": ["sequencing", "plants"],
    }
    calls.apply_whole(world, call, applied, plan)
    calls.review(world, call, given=-50, due=-20)
    calls.ask_to_rank(world, call, day=-6, due=6)
    calls.rank(world, call, day=-2, but=("ventilation", "sequencing"))


def _in_review(world: World) -> None:
    """Reviewers read; one application is still to be screened."""
    plan = _plan(world, "autumn", "秋季", -75, -60, -14, 280, ("dengue", "plants", "sequencing"))
    call = calls.open_call(world, plan)
    applied = {
        "scientist-id": ["dengue"],
        "scientist-th": ["sequencing", "dengue"],
        "scientist-mm": ["dengue"],
        "scientist-vn": ["plants"],
    }
    for number, (account, chosen) in enumerate(applied.items()):
        application = calls.submit(world, call, account, plan.opens + 2 + number, chosen)
        calls.endorse(world, account, application, plan.opens + 8)
        calls.screen(world, application, plan.opens + 12)
    late = calls.submit(world, call, "scientist-kh", plan.closes - 1, ["dengue"])
    calls.endorse(world, "scientist-kh", late, plan.closes + 6)
    calls.close(world, call, plan)
    calls.review(world, call, given=-8, due=9, but={"reviewer": 2, "reviewer2": 1})


def _open_now(world: World) -> None:
    """One can apply: drafts, an endorsement that is waited for, a sheet to check, a file that was returned."""
    posts = ("sequencing", "ventilation", "plants", "dengue")
    plan = _plan(world, "spring", "春季", -45, -20, 24, 370, posts)
    quotas = [Quota("country", "KH", 2, 1), Quota("country", "ID", 3), Quota("level", "doctorate", 6)]
    call = calls.open_call(world, plan, quotas=quotas, reserves=[Reserve("dengue", "country", "LA", 1)])
    calls.hand_in_post(world, call, "early-warning", -4, plan.starts)
    draft = calls.hand_in_post(world, call, "ventilation", -7, plan.starts + 30)
    reason = "This post is in the call already. Say what is different in the second one, or withdraw it."
    workflow.perform(POST, draft, "return", actor=world.acting("secretariat", -3), reason=reason)
    calls.fill_in(world, call, "scientist", -1, ["sequencing", "dengue"], ["cv", "degree"])
    calls.submit(world, call, "scientist-la", -6, ["dengue"])
    application = calls.submit(world, call, "scientist-kh", -9, ["ventilation"])
    calls.endorse(world, "scientist-kh", application, -5)
    calls.submit(world, call, "scientist-mm", -5, ["dengue"])
    sheet = endorsing.live_endorsement(calls.submit(world, call, "scientist-my", -8, ["sequencing"]))
    assert sheet is not None
    calls.hand_in_sheet(world, "scientist-my", sheet, -3)
    returned = calls.submit(world, call, "scientist-id", -10, ["dengue", "ventilation"])
    actor = world.acting("secretariat", -7)
    screening.return_application(
        actor,
        deciding.staff_application(actor, returned.ref),
        reasons={"document:degree": "The second page is missing. Upload both pages in one file."},
        due_at=world.at(7),
        version=None,
    )


# --- stays ------------------------------------------------------------------------------------------


def _arrive(world: World, account: str, host: str, application: "Application", day: float) -> None:
    """Both sides prepare the stay; then the scientist arrives."""
    placement = placements.placement_of(application.id)
    assert placement is not None
    keys = {
        account: ("visa", "insurance", "travel"),
        host: ("visa_letter",),
    }
    for who, done in keys.items():
        actor = world.acting(who, day - 20)
        for key in done:
            seen = placements.placement_visible_to(actor, placement.ref)
            placement_services.tick(actor, seen, key=key, done=True)
    actor = world.acting(host, day + 0.5)
    seen = placements.placement_visible_to(actor, placement.ref)
    workflow.perform(PLACEMENT, seen, "confirm_arrival", actor=actor, arrived_on=world.at(day).date())
    for key in ("accommodation", "induction"):
        placement_services.tick(world.acting(host, day + 1), seen, key=key, done=True)
    actor = world.acting(account, day + 18)
    seen = placements.placement_visible_to(actor, placement.ref)
    placement_services.tick(actor, seen, key="residence_permit", done=True)


def _report(world: World, account: str, application: "Application", day: float) -> None:
    placement = placements.placement_of(application.id)
    assert placement is not None
    actor = world.acting(account, day)
    seen = placements.placement_visible_to(actor, placement.ref)
    staged = staged_document("Report on the stay")
    placement_services.submit_report(actor, seen, text=_REPORT, staged=staged, version=None)


def _countersign_and_close(world: World, application: "Application", day: float) -> None:
    placement = placements.placement_of(application.id)
    assert placement is not None
    actor = world.acting("mentor", day)
    seen = placements.placement_visible_to(actor, placement.ref)
    workflow.perform(PLACEMENT, seen, "countersign", actor=actor)
    actor = world.acting("secretariat", day + 3)
    seen = placements.placement_visible_to(actor, placement.ref)
    workflow.perform(PLACEMENT, seen, "close", actor=actor)
