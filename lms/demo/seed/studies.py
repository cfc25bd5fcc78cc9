"""Joint degrees that run: curricula, students in their second semester, one who waits for the degree, two graduates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from lms.core import workflow
from lms.demo.seed.world import World
from lms.programmes.flow import AWARD, CURRICULUM, GRADE_SHEET, REGISTRATION_MACHINE
from lms.programmes.queries import award as awards
from lms.programmes.queries import curriculum as curricula
from lms.programmes.queries import grades as grade_queries
from lms.programmes.queries import study as students
from lms.programmes.services import award as award_service
from lms.programmes.services import curriculum as service
from lms.programmes.services import grades, study

if TYPE_CHECKING:
    from lms.programmes.models import Curriculum, GradeSheet, Programme, Student

Speakers = Mapping[int, str]
"""Which account speaks for a university, by the institution's id."""


@dataclass(frozen=True)
class _Terms:
    """How universities of a state count and grade in the demo world. Factors are invented for it."""

    credit_system: str
    factor: str
    scale: str
    method: str
    credits: Decimal


_TERMS = {
    "CN": _Terms("cn", "2", "cn-100", "none", Decimal(3)),
    "TH": _Terms("th", "5/3", "th-letters", "linear", Decimal(3)),
    "LA": _Terms("la", "2", "id-letters", "linear", Decimal(3)),
    "VN": _Terms("vn", "2", "vn-10", "linear", Decimal(3)),
    "KH": _Terms("kh", "2", "kh-100", "linear", Decimal(3)),
}
_OTHER = _Terms("ects", "1", "kh-100", "linear", Decimal(6))
# Code, title, Chinese title, semester, compulsory, times the usual credits. One list for each party, in their order.
_Module = tuple[str, str, str, int, bool, int]
_MODULES: tuple[tuple[_Module, ...], ...] = (
    (
        ("GH501", "Principles of epidemiology", "流行病学原理", 1, True, 2),
        ("GH502", "Biostatistics", "生物统计学", 1, True, 2),
        ("GH511", "Outbreak investigation", "疫情调查", 2, True, 2),
        ("GH512", "Health data science", "健康数据科学", 2, False, 1),
        ("GH521", "Health policy in China and ASEAN", "中国与东盟卫生政策", 3, False, 1),
        ("GH600", "Thesis", "学位论文", 4, True, 5),
    ),
    (
        ("TM601", "Global health systems", "全球卫生体系", 1, True, 1),
        ("TM611", "Vector-borne diseases", "虫媒传染病", 2, True, 2),
        ("TM612", "Qualitative methods", "定性研究方法", 2, False, 1),
        ("TM621", "Field practice in the region", "区域现场实践", 3, True, 3),
        ("TM622", "Laboratory networks", "实验室网络", 3, False, 1),
    ),
    (
        ("PH701", "Primary health care in practice", "初级卫生保健实践", 2, True, 1),
        ("PH702", "Maternal and child health", "妇幼卫生", 3, True, 1),
    ),
)
_REQUIRED, _LEAST = Decimal(110), Decimal(30)


def make_curriculum(world: World, programme: "Programme", speakers: Speakers, day: float) -> "Curriculum":
    """A curriculum of this programme, made and confirmed by the universities that are party to its agreement."""
    first = speakers[programme.coordinating_id]
    draft = service.new_version(world.acting(first, day), programme)
    service.change_frame(
        world.acting(first, day),
        draft,
        credit_system="ects",
        credits_required=_REQUIRED,
        semesters=4,
        double_limit=Decimal(10),
        scale="cn-100",
        version=None,
    )
    for position, party in enumerate(curricula.curriculum_by_id(draft.id).parties):
        account = speakers[party.institution_id]
        _side(world, draft.id, party.institution_id, account, _MODULES[min(position, len(_MODULES) - 1)], day)
    workflow.perform(CURRICULUM, curricula.curriculum_by_id(draft.id), "propose", actor=world.acting(first, day))
    for party in curricula.curriculum_by_id(draft.id).parties:
        actor = world.acting(speakers[party.institution_id], day + 2)
        workflow.perform(CURRICULUM, curricula.curriculum_by_id(draft.id), "confirm", actor=actor)
    return curricula.curriculum_by_id(draft.id)


def _side(
    world: World, curriculum_id: int, institution_id: int, account: str, modules: Sequence[_Module], day: float
) -> None:
    actor, draft = world.acting(account, day), curricula.curriculum_by_id(curriculum_id)
    party = next(one for one in draft.parties if one.institution_id == institution_id)
    terms = _TERMS.get(party.institution.country_code, _OTHER)
    service.change_terms(
        actor,
        draft,
        party,
        service.Terms(
            credit_system=terms.credit_system,
            factor=terms.factor,
            factor_source="Annex 2 of the sample agreement",
            rounding_step=Decimal("0.01"),
            least_credits=_LEAST if len(modules) > 2 else Decimal(6),
            scale=terms.scale,
            method=terms.method,
            pairs=[],
        ),
        version=None,
    )
    for code, title, title_zh, semester, is_compulsory, times in modules:
        facts = service.ModuleFacts(
            institution_id=institution_id,
            code=code,
            title_en=title,
            title_zh=title_zh,
            credits=terms.credits * times,
            semester=semester,
            is_compulsory=is_compulsory,
            is_thesis=title == "Thesis",
            stands_for="",
            examiner="",
        )
        service.save_module(actor, curricula.curriculum_by_id(curriculum_id), None, facts, version=None)


# --- students ---------------------------------------------------------------------------------------------

_GRADES = {
    "learner-th": {"GH501": "86", "GH502": "91.5", "TM601": "A"},
    "learner-cn": {"GH501": "78", "GH502": "64", "TM601": "B+"},
    "learner-kh": {"GH501": "88", "GH502": "缓考", "TM601": "B"},
    "learner-vn": {
        "GH501": "90", "GH502": "84", "GH511": "87", "GH512": "92", "GH521": "88", "GH600": "91",
        "TM601": "B+", "TM611": "A", "TM612": "A", "TM621": "B+", "TM622": "B",
    },
    "scientist-ph": {
        "GH501": "89", "GH502": "81", "GH511": "90", "GH512": "83", "GH521": "85", "GH600": "93",
        "TM601": "B+", "TM611": "A", "TM612": "B+", "TM621": "A", "TM622": "B+",
    },
    "learner-my": {
        "GH501": "82", "GH502": "79.5", "GH511": "91", "GH512": "85", "GH521": "80", "GH600": "86",
        "TM601": "A", "TM611": "B+", "TM612": "B", "TM621": "A", "TM622": "A",
    },
}  # fmt: skip


def make_studies(world: World, programme: "Programme", speakers: Speakers) -> None:
    """Fill a running programme: two graduates, somebody before the last word, and students in their second semester."""
    graduate = _enter(world, programme, speakers, "learner-vn", 2026, began=-900)
    other = _enter(world, programme, speakers, "scientist-ph", 2029, began=-900)
    candidate = _enter(world, programme, speakers, "learner-my", 2031, began=-900)
    for semester, day in ((1, -464.0), (2, -460.0), (3, -340.0), (4, -150.0)):
        _grade(world, programme, speakers, graduate.started_on, semester, day)
    accounts = list(speakers.values())
    _award(world, graduate, accounts, -120)
    _award(world, other, accounts, -90)
    _award(world, candidate, accounts[:1], -6)
    cohort = [
        _enter(world, programme, speakers, account, 3100 + number, began=-338)
        for number, account in enumerate(("learner-th", "learner-cn", "learner-kh"))
    ]
    _grade(world, programme, speakers, cohort[0].started_on, 1, -150)
    for account in speakers.values():
        if (sheet := _sheet(world, programme, account, cohort[0].started_on, 2)) is not None:
            workflow.perform(GRADE_SHEET, sheet, "open", actor=world.acting(account, -3))
    _grade_one(world, programme, accounts[0], cohort[0].started_on)


def _enter(
    world: World, programme: "Programme", speakers: Speakers, account: str, number: int, *, began: int
) -> "Student":
    started_on = world.at(began).date()
    day = max(float(began), -472.0)
    student = study.enter(
        world.system(day),
        programme=programme,
        person_id=world.people[account],
        starts_on=started_on,
        home_institution_id=programme.coordinating_id if account == "learner-cn" else list(speakers)[1],
    )
    for registration in student.registrations:
        actor = world.acting(speakers[registration.institution_id], day + 3)
        prefix = "GZ" if registration.institution_id == programme.coordinating_id else "65"
        workflow.perform(
            REGISTRATION_MACHINE,
            registration,
            "register",
            actor=actor,
            student_number=f"{prefix}{started_on.year}{number}",
            from_on=started_on + timedelta(days=7),
        )
    fresh = students.student_by_id(student.id)
    electives = {one.id: one.semester for one in fresh.curriculum.modules if not one.is_compulsory}
    # Who began before the platform has semesters behind them, which only a university may fill in.
    return study.change_plan(world.acting(speakers[programme.coordinating_id], day + 4), fresh, electives, version=None)


def _sheet(world: World, programme: "Programme", account: str, started_on: date, semester: int) -> "GradeSheet | None":
    """The sheet of the university that somebody speaks for, if it teaches in that semester."""
    actor = world.acting(account, 0)
    mine = actor.scopes_of("coordinator", "institution")
    found = [
        one
        for one in grade_queries.sheets_of_cohort(programme.id, started_on)
        if one.institution_id in mine and one.semester == semester
    ]
    return found[0] if found else None


def _grade(
    world: World, programme: "Programme", speakers: Speakers, started_on: date, semester: int, day: float
) -> None:
    """Enter, hand in and confirm a semester at every university that teaches in it."""
    for account in speakers.values():
        if (sheet := _sheet(world, programme, account, started_on, semester)) is None:
            continue
        _enter_all(world, sheet, account, day)
        for name, later in (("hand_in", 1.0), ("confirm", 2.0)):
            workflow.perform(GRADE_SHEET, sheet, name, actor=world.acting(account, day + later))


def _enter_all(world: World, sheet: "GradeSheet", account: str, day: float) -> None:
    accounts = {person_id: name for name, person_id in world.people.items()}
    typed = [
        grades.Typed(item, given, str(item.id))
        for item in grade_queries.rows_of(sheet)
        if (given := _GRADES[accounts[item.student.person_id]].get(item.module.code))
    ]
    grades.enter_grades(world.acting(account, day), sheet, typed, version=None)


def _grade_one(world: World, programme: "Programme", account: str, started_on: date) -> None:
    """The first grade of the semester that ends is entered, the others wait."""
    sheet = _sheet(world, programme, account, started_on, 2)
    assert sheet is not None
    item = next(item for item in grade_queries.rows_of(sheet) if item.module.code == "GH511")
    grades.enter_grades(world.acting(account, -2), sheet, [grades.Typed(item, "89", "first")], version=None)


def _award(world: World, student: "Student", concurring: Sequence[str], day: float) -> None:
    """Proposed by the coordinating university; these have given their word."""
    actor = world.acting(concurring[0], day)
    award = award_service.propose_award(actor, students.student_visible_to(actor, student.ref), version=None)
    for account in concurring:
        workflow.perform(AWARD, awards.award_by_id(award.id), "concur", actor=world.acting(account, day + 2))
