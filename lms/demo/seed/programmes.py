"""Two joint degrees: one that has run for two years, one that takes applications of which each stands elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lms.accounts.queries import myself
from lms.applications.eligibility import Facts
from lms.applications.queries.facts import profile_facts
from lms.applications.services import applying as shared
from lms.core import workflow
from lms.demo.seed.studies import make_curriculum, make_studies
from lms.demo.seed.supervision import make_supervision
from lms.demo.seed.world import World, staged_document
from lms.institutions import queries as institutions
from lms.programmes.flow import ADMISSION, AGREEMENT, AGREEMENT_PARTY, INTAKE, OFFER_CONDITION, PROGRAMME
from lms.programmes.queries import admission as queries
from lms.programmes.queries import agreements as agreed
from lms.programmes.queries.applying import recipients_of
from lms.programmes.queries.conditions import condition_by_id, conditions_of
from lms.programmes.queries.programmes import programme_by_id
from lms.programmes.services import agreements, applying, deciding, intakes, programmes
from lms.programmes.services.deciding import Asked

if TYPE_CHECKING:
    from lms.applications.models import Application
    from lms.programmes.models import Intake, Programme


@dataclass(frozen=True)
class Plan:
    """A programme: its texts, who speaks for its parties (the coordinating one first), and what they agree."""

    title_en: str
    title_zh: str
    summary_en: str
    summary_zh: str
    field: str
    sub_centres: Sequence[str]
    parties: Sequence[tuple[str, str]]
    degree_en: str
    degree_zh: str
    made: float
    terms: Mapping[str, Any]


_RUNNING = Plan(
    "Master of Public Health in Tropical and Respiratory Infections",
    "热带病与呼吸道感染公共卫生硕士",
    "Two years at two universities: epidemiology and laboratory work in Guangzhou, tropical medicine and field "
    "practice in Thailand, one thesis with a supervisor at each. A sample programme: nothing in it binds anybody.",
    "两年制，在两所大学学习：广州侧重流行病学与实验室工作，泰国侧重热带医学与现场实践，"
    "学位论文由双方导师共同指导。本项目为示范，不具约束力。",
    "infectious",
    ("communicable-disease", "health-big-data"),
    (("host", "guangzhou-medical-university"), ("partner", "mahidol-university")),
    "Master of Public Health",
    "公共卫生硕士",
    -479.5,
    {"award": "double", "seats": 12, "shares_decisions": True, "shares_grades": True, "shares_contact": True},
)
_OPEN = Plan(
    "Master of Border Health",
    "边境卫生硕士",
    "For those who work where borders are crossed every day. Courses at three universities, a semester of field work "
    "in two countries, and one degree of all three. A sample programme: nothing in it binds anybody.",
    "面向在边境地区从事卫生工作的人员。在三所大学上课，在两个国家进行一学期现场实践，"
    "由三所大学共同授予一个学位。本项目为示范，不具约束力。",
    "global_health",
    ("communicable-disease", "health-emergency"),
    (
        ("partner", "mahidol-university"),
        ("home", "university-of-health-sciences-lao-pdr"),
        ("coordinator-cn", "guangxi-medical-university"),
    ),
    "Master of Science in Border Health",
    "边境卫生理学硕士",
    -130,
    {
        "award": "joint",
        "seats": 4,
        "shares_decisions": True,
        "fees": "No fee at the two other universities. Travel for the semester of field work is paid by the programme.",
    },
)
_STATEMENT = (
    "I have worked in a district that people cross every day, to trade and to see a doctor. We learn of outbreaks on "
    "the other side too late. I want to study with those who work there, and to build with them what warns us both."
)


def make_programmes(world: World) -> None:
    """The running programme with its students, then the one that takes applications."""
    running, speakers = _make(world, _RUNNING)
    make_studies(world, running, speakers)
    make_supervision(world, running, speakers)
    opened, _speakers = _make(world, _OPEN)
    _take_applications(world, _open_intake(world, opened))


def _make(world: World, plan: Plan) -> "tuple[Programme, dict[int, str]]":
    """Agree on a programme, state the approvals, confirm the curriculum, and publish its page."""
    ids = [institutions.institution_by_slug(slug).id for _account, slug in plan.parties]
    speakers = {one: account for one, (account, _slug) in zip(ids, plan.parties, strict=True)}
    first = plan.parties[0][0]
    day = plan.made
    programme = programmes.make_programme(
        world.acting(first, day),
        coordinating_id=ids[0],
        sub_centre_ids=[world.sub_centres[code] for code in plan.sub_centres],
        title_en=plan.title_en,
        title_zh=plan.title_zh,
        summary_en=plan.summary_en,
        summary_zh=plan.summary_zh,
        level="master",
        field=plan.field,
        languages=["en"],
        months=24,
    )
    begins = world.at(day).date()
    degree = {"degree_en": plan.degree_en, "degree_zh": plan.degree_zh, "seats": None}
    draft = agreements.draft_agreement(
        world.acting(first, day),
        programme,
        parties=[{"institution_id": one, **degree} for one in ids],
        **({"fees": "", "valid_from": begins, "valid_to": begins + timedelta(days=5 * 365)} | dict(plan.terms)),
    )
    workflow.perform(AGREEMENT, draft, "propose", actor=world.acting(first, day + 1))
    for institution_id, account in speakers.items():
        agreement = agreed.agreement_by_id(draft.id)
        side = next(one for one in agreement.parties if one.institution_id == institution_id)
        actor = world.acting(account, day + 2)
        workflow.perform(AGREEMENT_PARTY, side, "confirm", actor=actor, signature=myself(actor).name)
    _approve(world, programme, speakers, day + 3)
    make_curriculum(world, programme, speakers, day + 4)
    workflow.perform(PROGRAMME, programme_by_id(programme.id), "publish", actor=world.acting(first, day + 7))
    return programme_by_id(programme.id), speakers


def _approve(world: World, programme: "Programme", speakers: Mapping[int, str], day: float) -> None:
    """Each party says how it stands with its state. Authorities and numbers are invented."""
    for number, approval in enumerate(agreed.approvals_of(programme.id), start=1):
        actor = world.acting(speakers[approval.institution_id], day)
        if approval.institution.country_code == "TH":
            note = (
                "The university awards the degree by its own right. A sample: ask the authority before you rely on it."
            )
            agreements.state_approval(actor, approval, "say_not_needed", version=None, note=note)
            continue
        # The approval of one state ends soon, so that its renewal waits for somebody.
        ends = world.at(70 if approval.institution.country_code == "LA" else 900).date()
        agreements.state_approval(
            actor,
            approval,
            "say_granted",
            version=None,
            authority="Sample Department of Higher Education",
            number=f"DEMO-{number:03}",
            valid_until=ends,
            staged=staged_document("National approval"),
        )


def _open_intake(world: World, programme: "Programme") -> "Intake":
    """An intake that has been open for some weeks."""
    actor = world.acting(_OPEN.parties[0][0], -60)
    intake = intakes.draft_intake(
        actor,
        programme,
        title_en=f"Intake {world.at(200):%Y}",
        title_zh=f"{world.at(200):%Y}年招生",
        zone="Asia/Bangkok",
        opens_at=world.wall(-45, 9, 0, "Asia/Bangkok"),
        closes_at=world.wall(40, 17, 0, "Asia/Bangkok"),
        starts_on=world.at(200).date(),
        seats=2,
        answer_days=14,
        document_kinds=["cv", "degree"],
        rules=[
            {"kind": "degree_or_experience", "degree": "bachelor"},
            {"kind": "language", "any_of": ["en"], "level": "working"},
        ],
    )
    workflow.perform(INTAKE, intake.call, "publish", actor=world.acting(_OPEN.parties[0][0], -50))
    return queries.intake_of_call(intake.call_id)


# --- applications -----------------------------------------------------------------------------------

_ALL = [account for account, _slug in _OPEN.parties]


def _take_applications(world: World, intake: "Intake") -> None:
    """One of each: admitted, offered, waiting in line, at a university, sent back, refused, nominated, a draft."""
    admitted = _apply(world, intake, "learner-sg", -40)
    _admit(world, admitted, ["home"], -30, ("Hand in a proof of your English.", -10.0))
    _admit(world, admitted, ["partner", "coordinator-cn"], -28)
    _answer(world, admitted, "accept", -25)
    _fulfil(world, admitted, "home", -20)
    offered = _apply(world, intake, "student", -30)
    condition = ("Hand in the certified translation of your degree certificate.", 60.0)
    _admit(world, offered, ["home"], -9, condition)
    _admit(world, offered, ["partner", "coordinator-cn"], -5)
    _admit(world, _apply(world, intake, "learner-bn", -28), _ALL, -4)
    half = _nominate(world, intake, "learner-la", -26)
    _admit(world, half, ["home"], -6)
    _apply(world, intake, "learner-id", -8)
    _send_back(world, _apply(world, intake, "learner-ph", -12), -3)
    refused = _apply(world, intake, "learner-mm", -35)
    _refuse(world, refused, "home", -20)
    _admit(world, refused, ["partner", "coordinator-cn"], -19)
    intakes.nominate(
        world.acting("home", -1),
        intake,
        institution_id=institutions.institution_by_slug("university-of-health-sciences-lao-pdr").id,
        email="scientist@demo.example",
        note="She runs our outbreak desk and would bring a degree home that two neighbours recognise.",
    )


def _apply(world: World, intake: "Intake", account: str, day: float) -> "Application":
    return _submit(world, applying.start_application(world.acting(account, day), intake), account, day)


def _nominate(world: World, intake: "Intake", account: str, day: float) -> "Application":
    person = myself(world.acting(account, day))
    application = intakes.nominate(
        world.acting("home", day - 2),
        intake,
        institution_id=institutions.institution_by_slug("university-of-health-sciences-lao-pdr").id,
        email=person.email,
        note="The best of her year, and she knows the border provinces.",
    )
    return _submit(world, application, account, day)


def _submit(world: World, started: "Application", account: str, day: float) -> "Application":
    actor = world.acting(account, day)
    application = queries.own_application(actor, started.ref)
    told = profile_facts(application.person)
    facts = Facts(nationality=told.nationality, born_on=told.born_on, degree="bachelor", languages={"en": "fluent"})
    shared.save_facts(actor, application, version=None, facts=facts)
    admission = queries.admission_of(application.id)
    if admission.nominating_id is None:
        party_id = institutions.institution_by_slug(_OPEN.parties[0][1]).id
        applying.save_university(actor, application, admission, version=None, party_id=party_id)
    shared.save_statement(actor, application, version=None, statement=_STATEMENT)
    for kind, title in (("cv", "Curriculum vitae"), ("degree", "Degree certificate")):
        shared.add_document(actor, application, version=None, kind=kind, staged=staged_document(title))
    needed = recipients_of(application, admission, center=world.center)
    applying.submit(actor, application, version=None, needed=needed, given=needed)
    return application


def _admit(
    world: World,
    application: "Application",
    accounts: Sequence[str],
    day: float,
    condition: tuple[str, float] | None = None,
) -> None:
    asked = [Asked(condition[0], world.wall(condition[1], 23, 59, "Asia/Bangkok"))] if condition else []
    for account in accounts:
        actor = world.acting(account, day)
        deciding.admit(actor, _decision(actor, application), version=None, conditions=asked)


def _refuse(world: World, application: "Application", account: str, day: float) -> None:
    actor = world.acting(account, day)
    reason = "Your degree is in another field. Take one of our short courses first, and apply again next year."
    deciding.perform(actor, _decision(actor, application), "refuse", version=None, reason=reason)


def _send_back(world: World, application: "Application", day: float) -> None:
    actor = world.acting("partner", day)
    deciding.ask_back(
        actor,
        _decision(actor, application),
        reasons={"document:degree": "The second page is missing."},
        due_at=world.wall(10, 23, 59, "Asia/Bangkok"),
        version=None,
    )


def _decision(actor: Any, application: "Application") -> Any:
    mine = actor.scopes_of("coordinator", "institution")
    ref = next(one.ref for one in queries.decisions_of(application.id) if one.institution_id in mine)
    return queries.decision_of_my_office(actor, ref)


def _answer(world: World, application: "Application", name: str, day: float) -> None:
    actor = world.acting("learner-sg", day)
    workflow.perform(ADMISSION, queries.own_application(actor, application.ref), name, actor=actor)


def _fulfil(world: World, application: "Application", by: str, day: float) -> None:
    """The student hands in what a condition asks for, and the university that set it confirms."""
    (condition,) = conditions_of(application.id)
    applying.hand_in(
        world.acting("learner-sg", day),
        condition_by_id(condition.id),
        version=None,
        told="The result of the test that I took last year.",
        staged=staged_document("Test of English"),
    )
    workflow.perform(OFFER_CONDITION, condition_by_id(condition.id), "confirm", actor=world.acting(by, day + 2))
