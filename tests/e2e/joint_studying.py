"""From the curriculum, and from the acceptance to the certificate, in the journey of a joint degree.

Parts: `coordinating` and `partner` speak for the two universities, `student` studies at both. Notes: `programme` (its
English title) and `office` (the address of its workspace).
"""

import re

from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor

_MODULES = {
    "coordinating": (
        {"Code": "EP501", "Title in English": "Epidemiology", "Title in Chinese": "流行病学", "Own credits": "5"},
        {"Code": "TH600", "Title in English": "Thesis", "Own credits": "5", "This is the thesis": True},
    ),
    "partner": (
        {"Code": "TM601", "Title in English": "Tropical medicine", "Own credits": "6"},
        {"Code": "TM602", "Title in English": "Field work", "Own credits": "6", "Compulsory": False},
    ),
}
_TERMS = {
    "coordinating": {
        "Own credits": "Credit of Chinese universities",
        "One own credit is so many of the programme's": "2",
        "Own grade scale": "Chinese percentage scale",
    },
    "partner": {
        "Own credits": "Credit of Thai universities",
        "One own credit is so many of the programme's": "5/3",
        "Own grade scale": "Thai letter scale",
        "How its grades are converted": "In proportion between pass and top",
    },
}


def curriculum_is_made(cast: Cast) -> None:
    """Each university writes its own side; the version holds once both have confirmed it."""
    here, there = cast.browser_of("coordinating"), cast.browser_of("partner")
    here.goes_to(cast.notes["office"]).follows("Curriculum").presses("Make the curriculum")
    cast.notes["curriculum"] = here.page.url
    here.follows("Change the requirements")
    here.fills(
        {
            "Credits for the degree": "40",
            "Semesters": "1",
            "Credits that may count at two universities": "10",
            "Scale beside the original grades": "Chinese percentage scale",
        }
    ).presses("Save")
    for part, browser in (("coordinating", here), ("partner", there)):
        _keeps_own_side(cast, part, browser)
    here.goes_to(cast.notes["curriculum"]).performs("Put it to the parties")
    here.performs("Confirm for my university").sees("Waits for the parties")
    there.takes_up("Confirm the curriculum", cast.notes["programme"]).performs("Confirm for my university")
    there.sees("Confirmed by all parties")


def _keeps_own_side(cast: Cast, part: str, browser: Visitor) -> None:
    browser.goes_to(cast.notes["curriculum"])
    own_side = browser.page.locator("main").get_by_role("link", name=re.compile("^Change how ")).first
    browser.goes_to(own_side.get_attribute("href") or "")
    browser.fills({**_TERMS[part], "Where this factor stands": "Annex 2", "Least share": "10"}).presses("Save")
    for fields in _MODULES[part]:
        browser.follows("Add a module").fills(fields).presses("Save")


def student_is_registered_at_both(cast: Cast) -> None:
    """Each university gives its own number and sees its own side."""
    subject = f"{cast['student'].name} · {cast.notes['programme']}"
    student = cast.browser_of("student").goes_to("/programmes/study/").sees("To be registered")
    cast.notes["study"] = student.page.url
    for part, number in (("coordinating", "CN-2027-001"), ("partner", "TH-2027-901")):
        office = cast.browser_of(part).takes_up("Register a student", subject)
        today = f"{office.clock():%Y-%m-%d}"
        office.performs("Register", **{"Student number": number, "Registered from": today}).sees(number)
    student.goes_to(cast.notes["study"]).sees("CN-2027-001", "TH-2027-901")
    cast.browser_of("partner").goes_to(cast.notes["study"]).does_not_see("CN-2027-001")


def plan_is_completed(cast: Cast) -> None:
    """What the choice adds up to is told while choosing."""
    student = cast.browser_of("student").takes_up("Complete the study plan", cast.notes["programme"])
    student.sees("30 of 40 credits in all")
    student.fills({"TM602 · Field work": "Semester 1"})
    student.page.get_by_text("This plan fulfils all that the degree requires.").wait_for()
    student.presses("Save the plan").sees("TM602")


def semester_is_graded(cast: Cast) -> None:
    """Each university on its own scale; nobody sees the other's grades unless the agreement shares them."""
    given = {"coordinating": {"EP501": "91.5", "TH600": "88"}, "partner": {"TM601": "B+", "TM602": "A"}}
    for part, grades in given.items():
        office = cast.browser_of(part).goes_to("/programmes/sheets/").follows(cast.notes["programme"])
        name = cast["student"].name
        office.fills({f"{name}: {code}": grade for code, grade in grades.items()}).presses("Save")
        office.performs("All grades are entered").performs("Confirm all grades").sees("Confirmed")
    cast.browser_of("student").goes_to(cast.notes["study"]).sees("91.5", "B+", "93.3")


def transcript_is_taken(cast: Cast) -> None:
    """One document over both universities, that anybody can check."""
    student = cast.browser_of("student").presses("Take a transcript").sees_later("Open the PDF")
    assert student.downloads("Open the PDF").startswith(b"%PDF")
    code = re.search(r"/verify/(\S+)", student.text)
    assert code
    check = cast.newcomer().goes_to(f"/verify/{code.group(1)}")
    check.sees("This document is valid", "Thai letter scale", "B+", "93.3", "91.5", *cast["student"].shown)


def degree_is_conferred(cast: Cast) -> None:
    """By the word of both; each certificate is checked by somebody without an account."""
    here, there, student = (cast.browser_of(part) for part in ("coordinating", "partner", "student"))
    here.goes_to(cast.notes["study"]).presses("Propose the award").performs("Concur for my university")
    here.sees("Waits for the universities")
    there.takes_up("Concur in the award of a degree", f"{cast['student'].name} · {cast.notes['programme']}")
    there.performs("Concur for my university").sees("Degree conferred")
    student.goes_to(cast.notes["study"]).sees("Degree awarded").follows("Degree certificate · " + _code_of(student))
    student.sees_later("Open the PDF")
    check = cast.newcomer().goes_to(f"/verify/{student.page.url.rsplit('/', 1)[1]}")
    check.sees("This certificate is valid", *cast["student"].shown)


def _code_of(student: Visitor) -> str:
    found = re.search(r"Degree certificate · (\S+)", student.text)
    assert found, student.text
    return found.group(1)


STUDYING = (
    student_is_registered_at_both,
    plan_is_completed,
    semester_is_graded,
    transcript_is_taken,
    degree_is_conferred,
)
