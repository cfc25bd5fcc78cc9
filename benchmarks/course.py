"""A course as large as the anchor's small one: 77 activities, the last of them a quiz of 20 questions."""

from datetime import timedelta

from lms.core.actor import Actor
from lms.courses import services
from lms.courses.models import Course, Offering

ACTIVITIES = 77
QUESTIONS = 20
BODY = """## Case definition

A **case definition** says who counts as a case: by *time*, *place*, *person* and clinical signs.

- Suspected: fever of at least 38 °C and a rash
- Confirmed: the laboratory has found the virus

The attack rate is $AR = \\frac{new\\ cases}{people\\ at\\ risk}$.

| group | ill | well |
|---|---:|---:|
| exposed | 34 | 16 |
| not exposed | 5 | 45 |
"""


def make_course(actor: Actor, *, institution_id: int, sub_centre_ids: list[int]) -> Course:
    """The course, published."""
    course = services.create_course(
        actor,
        code="BENCH-77",
        institution_id=institution_id,
        sub_centre_ids=sub_centre_ids,
        title_en="Field epidemiology in seventy-seven steps",
        title_zh="现场流行病学七十七步",
        summary_en="From the first call to the report.",
        summary_zh="从第一个电话到报告。",
        description="For everybody who investigates outbreaks.",
        language="en",
        level="introductory",
        hours=40,
    )
    for number in range(1, ACTIVITIES):
        services.add_page(actor, course, title=f"Step {number}: what to look at", body=BODY)
    quiz = services.add_quiz(actor, course, title="What you have learned")
    for number in range(1, QUESTIONS + 1):
        options = [(f"Answer {letter} of question {number}", letter == "B") for letter in "ABCD"]
        services.add_question(
            actor,
            quiz,
            kind="single_choice",
            text=f"Question {number}: which of these holds?",
            options=options,
        )
    services.publish(actor, course)
    return course


def make_offering(actor: Actor, course: Course, *, code: str, mode: str, institution_id: int) -> Offering:
    """An offering that runs now."""
    return services.open_offering(
        actor,
        course,
        code=code,
        mode=mode,
        institution_id=institution_id,
        capacity=None,
        zone="Asia/Bangkok",
        enrol_opens_at=actor.now - timedelta(days=1),
        enrol_closes_at=actor.now + timedelta(days=20),
        starts_at=actor.now - timedelta(days=1),
        ends_at=actor.now + timedelta(days=60),
        requires_pages=True,
        pass_mark=60,
        signatory_name="Dr Sample",
        signatory_office_en="Dean",
        signatory_office_zh="院长",
    )
