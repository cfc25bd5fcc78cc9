"""Mentoring: last year's scheme with a mentorship that was closed, and this year's with pairs at work."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lms.core import workflow
from lms.core.access import give_grant
from lms.demo.seed.world import World
from lms.mentoring import matching
from lms.mentoring.flow import MATCHING_RUN, MEETING, MENTORSHIP, PARTICIPANT, SCHEME
from lms.mentoring.queries import matching as pairs
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.queries.participants import live_participation
from lms.mentoring.queries.schemes import scheme_by_id
from lms.mentoring.services import matching as running
from lms.mentoring.services import mentorships, participants, schemes

if TYPE_CHECKING:
    from datetime import datetime

    from lms.mentoring.models import MentoringScheme, Mentorship, Participant

_OFFICE = {"coordinator": "coordinator-vn", "safeguarding": "reviewer3"}
_EVENINGS = ["0-18", "1-18", "2-18", "3-18", "4-16"]
_AFTERNOONS = ["0-14", "1-14", "2-14", "3-14", "2-18"]
_MENTORS: dict[str, dict[str, Any]] = {
    "mentor": {
        "fields": ["communicable-disease", "health-technology"],
        "methods": ["laboratory", "writing", "trials"],
        "languages": ["zh", "en"],
        "hours": _EVENINGS,
        "years": 24,
        "capacity": 3,
        "about": "I have led a laboratory of natural products for twenty years and like to read first drafts. We would "
        "talk about how a question becomes a study, and how a study becomes a paper.",
    },
    "reviewer": {
        "fields": ["health-systems-uhc", "communicable-disease"],
        "methods": ["policy", "qualitative", "reviews"],
        "languages": ["en", "ms"],
        "hours": _AFTERNOONS,
        "years": 19,
        "capacity": 2,
        "about": "From a district hospital to health policy research: I can help you to find the question that your "
        "ministry will want answered.",
    },
    "instructor3": {
        "fields": ["communicable-disease", "health-emergency"],
        "methods": ["surveillance", "modelling", "gis"],
        "languages": ["zh", "en", "vi"],
        "hours": _EVENINGS,
        "years": 14,
        "capacity": 1,
        "about": "Field epidemiologist. Bring your outbreak, we look at the data together.",
    },
}
_MENTEES: dict[str, dict[str, Any]] = {
    "scientist": {
        "fields": ["communicable-disease"],
        "methods": ["laboratory", "writing"],
        "languages": ["lo", "en"],
        "hours": _EVENINGS,
        "years": 8,
        "about": "I sequence bacteria at home and want to publish what we found in three provinces.",
    },
    "student": {
        "fields": ["communicable-disease", "health-technology"],
        "methods": ["trials", "writing"],
        "languages": ["km", "en"],
        "hours": ["0-18", "2-18", "3-18"],
        "years": 1,
        "about": "My first study is about rapid tests for dengue. I look for somebody who tells me what I overlook.",
    },
    "scientist-mm": {
        "fields": ["health-systems-uhc"],
        "methods": ["policy", "reviews"],
        "languages": ["my", "en"],
        "hours": _AFTERNOONS,
        "years": 9,
        "about": "I want to write my first systematic review.",
    },
    "learner-la": {
        "fields": ["communicable-disease"],
        "methods": ["surveillance", "gis"],
        "languages": ["lo", "en"],
        "hours": ["1-18", "3-18"],
        "years": 2,
        "about": "I map outbreaks in my province and would like to do it properly.",
    },
    "learner-tl": {
        "fields": ["maternal-child-health"],
        "methods": ["qualitative"],
        "languages": ["tet", "pt"],
        "hours": ["5-10"],
        "years": 1,
        "about": "I look for somebody with whom I can talk in Portuguese.",
    },
}
_HOST_OFFERS = "I read manuscripts of young colleagues line by line, and answer within two weeks."
_PH = {
    "fields": ["health-technology", "communicable-disease"],
    "methods": ["laboratory", "writing"],
    "languages": ["fil", "en"],
    "hours": _EVENINGS,
    "years": 10,
    "about": "After my stay in Beijing I would like to go on talking about the plants of our islands.",
}


def make_mentoring(world: World) -> None:
    """The schemes of last year, of this year, and the one that can be joined."""
    _last_year(world)
    _this_year(world)
    _open_now(world)


def _scheme(world: World, title: str, title_zh: str, made: float, closes: float, ends: float) -> "MentoringScheme":
    """A published scheme with its office."""
    actor = world.acting("secretariat", made)
    zone = "Asia/Shanghai"
    scheme = schemes.open_scheme(
        actor,
        title_en=title,
        title_zh=title_zh,
        summary_en="An experienced scientist accompanies you for a year: before, during or after a stay abroad, or "
        "while you write your first paper. You meet **about once a month**, on line or in person.",
        summary_zh="资深科学家陪伴您一年：出国前、出国期间、回国后，或在您撰写第一篇论文时。**大约每月**线上或当面会面一次。",
        zone=zone,
        opens_at=world.wall(made + 1, 9, 0, zone),
        closes_at=world.wall(closes, 17, 0, zone),
        ends_on=world.at(ends).date(),
        objective="best-total",
        weights=dict(schemes.DEFAULT_WEIGHTS),
        floor=200,
        answer_days=10,
        idle_days=45,
        max_capacity=3,
        institution_limit=None,
        sub_centre_id=None,
        countries=[],
    )
    for role, account in _OFFICE.items():
        give_grant(
            world.system(made),
            person_id=world.people[account],
            role=role,
            scope_kind="mentoring_scheme",
            scope_id=scheme.id,
            reason="demonstration",
        )
    workflow.perform(SCHEME, scheme, "publish", actor=world.acting("secretariat", made + 0.5))
    return scheme


def _joins(world: World, scheme: "MentoringScheme", account: str, side: str, said: dict[str, Any], day: float) -> None:
    """A profile, sent, and for a mentor approved two days later."""
    one = _begins(world, scheme, account, side, said, day)
    if side == "mentee":
        workflow.perform(PARTICIPANT, one, "join", actor=world.acting(account, day))
    else:
        workflow.perform(PARTICIPANT, one, "approve", actor=world.acting(_OFFICE["coordinator"], day + 2))


def _find_pairs(world: World, scheme: "MentoringScheme", day: float) -> None:
    actor = world.acting(_OFFICE["coordinator"], day)
    run = running.start_run(actor, scheme_by_id(scheme.id))
    running.finish_run(world.system(day + 0.01), run, matching.answer(run.question))
    workflow.perform(MATCHING_RUN, run, "send", actor=world.acting(_OFFICE["coordinator"], day + 0.1))


def _yes(world: World, scheme: "MentoringScheme", mentee: str, days: dict[str, float]) -> "Mentorship | None":
    """The answers of one or both sides, by account; the mentorship when both have said yes."""
    proposal = next(one for one in pairs.proposals_of(scheme.id) if one.mentee.person_id == world.people[mentee])
    for account, day in days.items():
        running.answer(world.acting(account, day), pairs.proposal_by_id(proposal.id), "say_yes")
    begun = queries.mentorship_of_proposal(proposal.id)
    return queries.mentorship_by_id(begun.id) if begun else None


def _meet(world: World, pair: "Mentorship", accounts: tuple[str, str], day: float, minutes: int, agenda: str) -> None:
    """A meeting that one proposed and the other confirmed; held if it is past."""
    proposer, other = accounts
    starts_at: datetime = world.wall(day, 19, 0, "Asia/Shanghai")
    made = mentorships.propose_meeting(
        world.acting(proposer, min(day, 0) - 3),
        queries.mentorship_by_id(pair.id),
        starts_at=starts_at,
        minutes=minutes,
        place="https://meet.example/sample-room",
        agenda=agenda,
    )
    meeting = queries.meeting_by_id(made.id)
    workflow.perform(MEETING, meeting, "confirm", actor=world.acting(other, min(day, 0) - 2))
    ends = starts_at + timedelta(minutes=minutes)
    if ends < world.now:
        workflow.perform(MEETING, meeting, "hold", actor=world.system((ends - world.now) / timedelta(days=1)))


def _last_year(world: World) -> None:
    """One pair, closed with a note of both and certified."""
    title = f"Sample scheme: mentors for young scientists {world.at(-300).year}"
    scheme = _scheme(world, title, f"示范计划：{world.at(-300).year}年青年科学家导师计划", -440, -400, -40)
    _joins(world, scheme, "mentor", "mentor", _MENTORS["mentor"], -430)
    _joins(world, scheme, "scientist-ph", "mentee", _PH, -425)
    workflow.perform(SCHEME, scheme, "close", actor=world.system(-399))
    _find_pairs(world, scheme, -395)
    pair = _yes(world, scheme, "scientist-ph", {"mentor": -393, "scientist-ph": -392})
    assert pair is not None
    for day in (-380, -330, -250, -170, -95):
        _meet(world, pair, ("scientist-ph", "mentor"), day, 60, "")
    notes = {
        "mentor": "He came with plants and left with a plan: two papers are out, his students write the third.",
        "scientist-ph": "Once a month somebody asked me the question that I had avoided. That was worth the year.",
    }
    for account, day in (("mentor", -42), ("scientist-ph", -40)):
        pair = queries.mentorship_by_id(pair.id)
        workflow.perform(MENTORSHIP, pair, "close", actor=world.acting(account, day), closing_note=notes[account])
    workflow.perform(SCHEME, scheme, "finish", actor=world.acting("secretariat", -35))


def _this_year(world: World) -> None:
    """A pair with goals and meetings, a proposal that waits for the mentor, one that nobody has answered yet."""
    title = f"Sample scheme: mentors for young scientists {world.at(60).year}"
    scheme = _scheme(world, title, f"示范计划：{world.at(60).year}年青年科学家导师计划", -100, -62, 270)
    for number, (account, said) in enumerate(_MENTORS.items()):
        _joins(world, scheme, account, "mentor", said, -95 + number)
    _joins(world, scheme, "scientist", "mentee", _MENTEES["scientist"], -90)
    _find_pairs(world, scheme, -70)
    pair = _yes(world, scheme, "scientist", {"mentor": -68, "scientist": -67})
    assert pair is not None
    _work_together(world, pair)
    for number, account in enumerate(name for name in _MENTEES if name != "scientist"):
        _joins(world, scheme, account, "mentee", _MENTEES[account], -66 + number / 2)
    workflow.perform(SCHEME, scheme, "close", actor=world.system(-61))
    _find_pairs(world, scheme, -2)
    _yes(world, scheme, "student", {"student": -1})


def _open_now(world: World) -> None:
    """One can join: a mentor is to be approved, a profile is still a draft."""
    scheme = _scheme(world, "Sample scheme: your first paper", "示范计划：您的第一篇论文", -12, 24, 220)
    _joins(world, scheme, "reviewer", "mentor", _MENTORS["reviewer"], -8)
    _joins(world, scheme, "learner-my", "mentee", {**_MENTEES["scientist-mm"], "languages": ["ms", "en"]}, -6)
    _begins(world, scheme, "host", "mentor", {**_MENTORS["instructor3"], "about": _HOST_OFFERS}, -2)
    _begins(world, scheme, "learner-cn", "mentee", {**_MENTEES["learner-la"], "about": ""}, -1)


def _begins(
    world: World, scheme: "MentoringScheme", account: str, side: str, said: dict[str, Any], day: float
) -> "Participant":
    """A profile that is a draft, or for a mentor waits for approval."""
    actor = world.acting(account, day)
    participants.join(actor, scheme_by_id(scheme.id), side)
    one = live_participation(world.people[account], scheme.id, side)
    assert one is not None
    participants.save_profile(actor, one, version=None, values={"zone": actor.zone, "apart": [], **said})
    if side == "mentor":
        workflow.perform(PARTICIPANT, one, "offer", actor=actor)
    return one


def _work_together(world: World, pair: "Mentorship") -> None:
    """Goals that are under way, meetings held and to come, a note for both."""
    mentee = "scientist"
    for text, progress in (("Write up the resistance data of three provinces", 50), ("Choose a journal", 100)):
        whole = queries.mentorship_by_id(pair.id)
        goal = mentorships.add_goal(world.acting(mentee, -60), whole, text=text)
        whole = queries.mentorship_by_id(pair.id)
        mentorships.set_progress(world.acting("mentor", -12), whole, goal, progress=progress, version=None)
    whole = queries.mentorship_by_id(pair.id)
    mentorships.add_goal(world.acting("mentor", -12), whole, text="Present it at the regional meeting")
    for day in (-61, -33, -12):
        _meet(world, pair, (mentee, "mentor"), day, 60, "")
    _meet(world, pair, (mentee, "mentor"), 6, 60, "The second draft: methods and the first figure.")
    note = "We agreed to send the draft to both departments before the meeting, and to ask for the permission early."
    whole = queries.mentorship_by_id(pair.id)
    mentorships.write_note(world.acting("mentor", -12), whole, text=note, is_shared=True)
