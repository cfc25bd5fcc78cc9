"""Short courses with their offerings, learners in every state, and certificates."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.core import workflow
from lms.core.actor import Actor
from lms.courses import marking, services
from lms.courses.flow import ENROLMENT
from lms.courses.queries import catalogue, learning, teaching
from lms.demo.pictures import draw_chart
from lms.demo.seed.world import World, staged_picture

if TYPE_CHECKING:
    from lms.courses.models import Activity, Enrolment, Question

_FOLDER = Path(__file__).resolve().parents[1] / "courses"
_DESCRIBED = (
    "title_en",
    "title_zh",
    "summary_en",
    "summary_zh",
    "description",
    "language",
    "level",
    "hours",
)
_WRITTEN, _PUBLISHED = -220.0, -210.0


@dataclass(frozen=True)
class _Giving:
    """An offering: of which course, as what, when (days from now) and with how many places."""

    code: str
    course: str
    mode: str
    enrol: tuple[float, float]
    runs: tuple[float, float]
    capacity: int | None = None


OFFERINGS = (
    _Giving("OUTBREAK-101-1", "OUTBREAK-101", "open", (-180, -125), (-170, -120), 40),
    _Giving("OUTBREAK-101-2", "OUTBREAK-101", "restricted", (-25, 12), (-5, 50), 4),
    _Giving("MEASURES-101-1", "MEASURES-101", "open", (-40, 20), (-30, 45), 60),
    _Giving("DENGUE-101-1", "DENGUE-101", "open", (-120, -70), (-110, -60)),
    _Giving("DENGUE-101-2", "DENGUE-101", "open", (8, 40), (20, 75), 100),
    _Giving("TRANSMISSION-101-1", "TRANSMISSION-101", "open", (-35, 30), (-28, 60)),
    _Giving("MATERNAL-101-1", "MATERNAL-101", "open", (-150, -95), (-140, -90), 30),
    _Giving("MATERNAL-101-2", "MATERNAL-101", "restricted", (-10, 18), (25, 70), 25),
    _Giving("PROTECTION-101-1", "PROTECTION-101", "open", (-15, 35), (-3, 65), 50),
    _Giving("SIGNALS-101-1", "SIGNALS-101", "open", (-20, 25), (-12, 50), 3),
    _Giving("QIXIANTU-101-1", "QIXIANTU-101", "open", (-30, 40), (-20, 60)),
)
_SIGNATORIES = {
    "instructor": ("Pimchanok Srisawat", "Coordinator of short courses", "短期课程协调员"),
    "instructor2": ("Phạm Quốc Hưng", "Head of training", "培训部主任"),
    "instructor3": ("Wei Xiaolan", "Office of continuing education", "继续教育办公室"),
}

# Who did how much in an open offering: on which day they came, how many pages they read, how many questions they
# had right (None: no attempt; "open": an attempt under way).
_STUDIES: dict[str, Mapping[str, tuple[float, int, int | str | None]]] = {
    "OUTBREAK-101-1": {
        "learner-la": (-165, 3, 5),
        "learner-th": (-164, 3, 4),
        "learner-mm": (-160, 3, 5),
        "learner-bn": (-158, 3, 4),
        "scientist": (-155, 3, 5),
        "learner-tl": (-150, 1, None),
    },
    "DENGUE-101-1": {
        "student": (-105, 3, 4),
        "learner-id": (-104, 3, 5),
        "learner-la": (-103, 3, 5),
        "scientist-ph": (-101, 3, 5),
        "learner-tl": (-95, 2, 2),
    },
    "MATERNAL-101-1": {
        "learner-vn": (-138, 3, 5),
        "learner-kh": (-136, 3, 5),
        "learner-ph": (-130, 3, 4),
        "learner-my": (-120, 2, None),
    },
    "MEASURES-101-1": {
        "student": (-20, 2, "open"),
        "scientist": (-26, 3, 5),
        "learner-sg": (-25, 3, 3),
        "learner-la2": (-18, 1, None),
        "learner-cn": (-12, 3, 5),
        "learner-my": (-9, 0, None),
        "mentor": (-22, 2, None),
    },
    "TRANSMISSION-101-1": {
        "learner-mm": (-25, 3, 5),
        "learner-bn": (-20, 1, None),
        "learner-vn": (-15, 2, 2),
        "admin": (-14, 1, None),
    },
    "PROTECTION-101-1": {"learner-ph": (-3, 1, None), "reviewer": (-2, 0, None)},
    "SIGNALS-101-1": {
        "learner-cn": (-11, 2, None),
        "learner-th": (-10, 1, None),
        "learner-sg": (-9, 0, None),
        "learner-id": (-8, 0, None),
        "student": (-7, 0, None),
    },
    "QIXIANTU-101-1": {"learner-cn": (-19, 3, 5), "host": (-6, 1, None)},
}
# In the restricted offering: who applied when, what they wrote, and what their coordinator decided when.
_APPLICATIONS: tuple[tuple[str, float, str, str | None, float], ...] = (
    ("learner-th", -22, "I coordinate five villages and was alone in the last outbreak.", "approve", -20),
    ("learner-mm", -22, "Our team has never drawn an epidemic curve of its own.", "approve", -20),
    ("learner-ph", -21, "I want to teach it to the sanitary inspectors of our province.", "approve", -19),
    ("learner-kh", -20, "My thesis is about food-borne disease at weddings.", "approve", -18),
    ("learner-id", -18, "I will join the rapid response team in March.", "waitlist", -15),
    ("learner-bn", -17, "We investigate few outbreaks and I want to be ready.", "waitlist", -15),
    ("learner-my", -16, "I would like a certificate.", "reject", -14),
    (
        "student",
        -6,
        "In our practice year we are sent out with the district team, and I want to be of use.",
        None,
        0,
    ),
    ("learner-vn", -4, "I analyse routine data and lack the field side.", None, 0),
    ("learner-tl", -2, "There are three of us for the whole municipality.", None, 0),
)
_NOT_ADMITTED = "Please say what you would use it for, and apply again for the next offering."


def make_courses(world: World) -> None:
    """Write every course and publish it; one stays a draft on the instructor's desk."""
    for path in sorted(_FOLDER.glob("*.toml")):
        with path.open("rb") as file:
            text = tomllib.load(file)
        actor = world.acting(text["instructor"], _WRITTEN)
        course = services.create_course(
            actor,
            code=text["code"],
            institution_id=actor.institution_id or 0,
            sub_centre_ids=[world.sub_centres[code] for code in text["sub_centres"]],
            **{name: text[name] for name in _DESCRIBED},
        )
        for chart in text["pictures"]:
            staged = staged_picture(chart["name"], draw_chart(chart))
            services.add_picture(actor, course, staged=staged, alt=chart["alt"])
        for page in text["pages"]:
            services.add_page(actor, course, title=page["title"], body=page["text"])
        _write_quiz(actor, course, text)
        services.publish(world.acting(text["instructor"], _PUBLISHED), course)
        world.courses[text["code"]] = course


def _write_quiz(actor: Actor, course: Any, text: Mapping[str, Any]) -> None:
    title = "自测" if text["language"] == "zh" else "Check what you know"
    quiz = services.add_quiz(actor, course, title=title, attempts_allowed=3)
    for question in text["questions"]:
        services.add_question(
            actor,
            quiz,
            kind=question["kind"],
            text=question["text"],
            options=[(one.lstrip("*"), one.startswith("*")) for one in question.get("options", [])],
            answer={name: question[name] for name in ("correct", "value", "tolerance", "accepted") if name in question},
            feedback=question["feedback"],
        )


def make_draft(world: World) -> None:
    """A course that its instructor is still writing."""
    actor = world.acting("instructor", -6)
    course = services.create_course(
        actor,
        code="SCREENING-101",
        institution_id=actor.institution_id or 0,
        sub_centre_ids=[world.sub_centres["whole-life-cycle"]],
        title_en="Screening: what a positive test means",
        title_zh="筛查：阳性结果意味着什么",
        summary_en="Sensitivity, specificity and predictive values with the figures of a district.",
        summary_zh="",
        description="",
        language="en",
        level="introductory",
        hours=6,
    )
    services.add_page(
        actor,
        course,
        title="Two kinds of mistake",
        body="A test can miss the ill and alarm the healthy.\n\n$$ PPV = \\frac{TP}{TP + FP} $$",
    )


def give_courses(world: World) -> None:
    """Open the offerings."""
    for giving in OFFERINGS:
        course = world.courses[giving.course]
        account = next(name for name, person_id in world.people.items() if person_id == course.created_by_id)
        actor = world.acting(account, min(giving.enrol[0], giving.runs[0]) - 10)
        zone = actor.zone
        name, office_en, office_zh = _SIGNATORIES[account]
        offering = services.open_offering(
            actor,
            course,
            code=giving.code,
            institution_id=course.institution_id,
            mode=giving.mode,
            capacity=giving.capacity,
            zone=zone,
            enrol_opens_at=world.wall(giving.enrol[0], 9, 0, zone),
            enrol_closes_at=world.wall(giving.enrol[1], 17, 0, zone),
            starts_at=world.wall(giving.runs[0], 9, 0, zone),
            ends_at=world.wall(giving.runs[1], 23, 59, zone),
            requires_pages=True,
            pass_mark=60,
            signatory_name=name,
            signatory_office_en=office_en,
            signatory_office_zh=office_zh,
        )
        world.offerings[giving.code] = offering.ref


def learn(world: World) -> None:
    """Let people take the open offerings, each as far as they came."""
    for code, studies in _STUDIES.items():
        for account, (day, pages, right) in sorted(studies.items(), key=lambda study: study[1][0]):
            study(world, account, code, day=day, pages=pages, right=right)


def study(world: World, account: str, code: str, *, day: float, pages: int, right: int | str | None) -> None:
    """One person's way through an open offering; see `_STUDIES` for the meaning of the figures."""
    enrolment = _enrol(world, account, code, day)
    if enrolment.state != "enrolled":
        return
    enrolment = learning.my_enrolment(world.acting(account, day), enrolment.ref)
    steps = teaching.steps_of(enrolment.offering.course_id)
    read = [step for step in steps if step.kind == "page"][:pages]
    start = max(day, (enrolment.offering.starts_at - world.now).total_seconds() / 86_400)
    for number, page in enumerate(read):
        services.mark_read(world.acting(account, start + 0.1 + 0.3 * number), enrolment, page)
    if right is None:
        return
    quiz = next(step for step in steps if step.kind == "quiz")
    _attempt(world.acting(account, start + 1.5), enrolment, quiz, right)


def _enrol(world: World, account: str, code: str, day: float, motivation: str = "") -> "Enrolment":
    actor = world.acting(account, day)
    offering = catalogue.offering_visible_to(actor, world.offerings[code])
    return services.enrol(actor, offering, motivation=motivation)


def _attempt(actor: Actor, enrolment: "Enrolment", quiz: "Activity", right: int | str) -> None:
    attempt = learning.attempt_visible_to(actor, services.start_attempt(actor, enrolment, quiz).ref)
    questions = quiz.questions
    known = 3 if isinstance(right, str) else right
    answers = {question.id: _answer(question, is_right=number < known) for number, question in enumerate(questions)}
    if isinstance(right, str):  # Under way: the last questions are still open.
        services.save_answers(actor, attempt, dict(list(answers.items())[:known]))
        return
    services.save_answers(actor, attempt, answers)
    services.submit_attempt(actor, attempt)


def _answer(question: "Question", *, is_right: bool) -> dict[str, Any] | None:
    match question.kind:
        case "single_choice" | "multiple_choice":
            values = [option["id"] for option in question.options if option["correct"] == is_right]
        case "true_false":
            values = ["true" if question.answer["correct"] == is_right else "false"]
        case "numeric":
            values = [question.answer["value"] if is_right else "-1"]
        case _:
            values = [question.answer["accepted"][0] if is_right else "?"]
    return marking.answer_from(question.kind, values[:1] if question.kind == "single_choice" else values)


def apply_for_courses(world: World) -> None:
    """Fill the restricted offering: places, a waiting list, a refusal, and applications that still wait."""
    for account, day, words, decision, decided in _APPLICATIONS:
        enrolment = _enrol(world, account, "OUTBREAK-101-2", day, motivation=words)
        if decision is None:
            continue
        actor = world.acting("partner", decided)
        enrolment = learning.enrolment_visible_to(actor, enrolment.ref)
        inputs: dict[str, Any] = {"reason": _NOT_ADMITTED} if decision == "reject" else {}
        workflow.perform(ENROLMENT, enrolment, decision, actor=actor, **inputs)
    for account, words in (
        ("learner-kh", "I work in the maternity ward."),
        ("learner-la", "For our death reviews."),
    ):
        _enrol(world, account, "MATERNAL-101-2", -3, motivation=words)
