"""How students come into a joint degree in journey 1: nominated or by themselves, decided on by each university.

Parts: `student` studies in the end; `second` does not answer in time. See `joint_agreeing`.
"""

from datetime import timedelta

from PIL import Image

from tests.e2e.joint_agreeing import INTAKE, TITLE
from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor

_DECIDE = "Decide on an application to a joint degree"
_CONDITION = "Hand in the original of your degree."


def student_is_nominated(cast: Cast) -> None:
    """The student's university starts the application; the student completes, consents and submits it."""
    office = cast.browser_of("partner").goes_to("/programmes/?q=security").follows(TITLE).follows("Nominate a student")
    office.fills({"E-mail address of the student": "nobody@example.org"}).presses("Nominate").sees("There is a problem")
    office.fills({"E-mail address of the student": cast["student"].email, "Why you nominate them": "The best."})
    office.presses("Nominate").sees("The student was written to", cast["student"].name)
    student = cast.browser_of("student").takes_up("Finish and submit your application", TITLE)
    student.sees("has nominated you").follows("Go on with the application")
    _tells_facts(student, cast["student"].nationality)
    student.sees("has nominated you").follows("Go on")
    _completes(cast, "student", student)


def second_applies(cast: Cast) -> None:
    """By themselves, and through the other university."""
    person = cast.browser_of("second").goes_to("/programmes/?q=security").follows(TITLE).presses("Apply")
    person.follows("Go on with the application")
    _tells_facts(person, cast["second"].nationality)
    person.chooses("Through which university do you enter?", cast["coordinating"].home).presses("Save and go on")
    _completes(cast, "second", person)


def _tells_facts(person: Visitor, country: str) -> None:
    person.fills({"Nationality": country, "Highest degree": "None of these", "Your English": "Fluent"})
    person.presses("Save and go on").sees("Not eligible")
    person.fills({"Highest degree": "Bachelor"}).presses("Save and go on")


def _completes(cast: Cast, part: str, person: Visitor) -> None:
    person.fills({"Statement": f"{cast[part].name} wants to prevent the next one. <b>x</b>"}).presses("Save and go on")
    _uploads(cast, person, "first page.png")
    person.follows("Go on")
    boxes = person.page.locator("form input[type=checkbox]").all()
    assert not any(box.is_checked() for box in boxes)
    person.presses("Submit").sees("There is a problem")
    for box in person.page.locator("form input[type=checkbox]").all():
        box.check()
    person.presses("Submit").sees("Your application was submitted", "Who acts")
    cast.notes[part] = person.page.url


def _uploads(cast: Cast, person: Visitor, name: str) -> None:
    picture = cast.folder / name
    Image.new("RGB", (210, 297), "white").save(picture)
    label = "Replace: Curriculum vitae" if "Replace: Curriculum vitae" in person.text else "Upload: Curriculum vitae"
    person.fills({label: picture}).presses("Upload").sees(name)


def file_is_sent_back(cast: Cast) -> None:
    """One university names what is wrong; nothing else can be changed, and only it decides again."""
    office = _takes_up(cast, "coordinating", "student")
    office.fills({"Curriculum vitae": "The second page is missing."}).presses("Return to the applicant")
    student = cast.browser_of("student").takes_up("Put right what was returned", TITLE)
    student.sees("The second page is missing.").follows("Curriculum vitae")
    _uploads(cast, student, "second page.png")
    student.follows("Go on").presses("Submit again").sees("Your application was submitted")


def universities_decide(cast: Cast) -> None:
    """Each in its own queue. Nobody learns what one has decided before it has decided itself."""
    partner, office = cast.browser_of("partner"), cast.browser_of("coordinating")
    _takes_up(cast, "partner", "second").presses("Admit", within=_admitting(partner))
    _takes_up(cast, "coordinating", "second").sees("Shown when your decision is recorded.")
    office.presses("Admit", within=_admitting(office))
    cast.browser_of("second").goes_to(cast.notes["second"]).sees("You have an offer")
    due = f"{partner.clock() + timedelta(days=30):%Y-%m-%d}"
    _takes_up(cast, "partner", "student").fills({"First condition": _CONDITION})
    partner.presses("Admit", within=_admitting(partner)).sees("There is a problem")
    partner.fills({"First condition": _CONDITION, "To be fulfilled until": due})
    partner.presses("Admit", within=_admitting(partner))
    cast.browser_of("student").goes_to(cast.notes["student"]).does_not_see(_CONDITION).sees(cast["coordinating"].home)
    _takes_up(cast, "coordinating", "student").does_not_see(_CONDITION).presses("Admit", within=_admitting(office))
    cast.browser_of("student").goes_to(cast.notes["student"]).sees("On the waiting list")


def _takes_up(cast: Cast, part: str, applicant: str) -> Visitor:
    return cast.browser_of(part).takes_up(_DECIDE, f"{cast[applicant].name} · {TITLE}")


def _admitting(office: Visitor):  # type: ignore[no-untyped-def]
    return office.page.locator("section", has=office.page.get_by_role("heading", name="Admit", exact=True)).last


def unanswered_offer_goes_to_the_next(cast: Cast) -> None:
    """By the clock, at the end of the last day in the zone of the intake."""
    clock = cast.newcomer().goes_to("/demo/clock")
    for _day in range(3):
        clock.presses("One day on")
    cast.browser_of("second").goes_to(cast.notes["second"]).sees_later("Offer lapsed")
    student = cast.browser_of("student").goes_to(cast.notes["student"]).sees_later("You have an offer")
    student.gets_mail(cast["student"].email, f'all universities of "{TITLE}" admit you')


def student_accepts_and_fulfils_the_condition(cast: Cast) -> None:
    """Only who set the condition sees what is handed in, and confirms it; that admits the student at both."""
    student = cast.browser_of("student").takes_up("Accept or decline an offer", TITLE)
    student.sees(_CONDITION).performs("Accept the offer").sees("Accepted, with open conditions")
    paper = cast.folder / "degree.png"
    Image.new("RGB", (210, 297), "white").save(paper)
    student.takes_up("Fulfil a condition of your admission", TITLE)
    student.fills({"What you hand in": "The original, by courier.", "File": paper}).presses("Hand in")
    partner = cast.browser_of("partner")
    partner.takes_up("Confirm that a condition is fulfilled", f"{cast['student'].name} · {TITLE}")
    address = partner.page.url
    cast.browser_of("coordinating").finds_nothing_at(address)
    partner.sees("The original, by courier.").performs("Confirm that it is fulfilled")
    student.goes_to(cast.notes["student"]).sees("You are admitted")


def strangers_see_nothing_of_it(cast: Cast) -> None:
    """Neither the applications nor the pages of the offices exist for others."""
    second = cast.browser_of("second")
    for address in (cast.notes["student"], cast.notes["office"], cast.notes["intake"]):
        second.finds_nothing_at(address)
    cast.browser_of("coordinating").goes_to(f"{cast.notes['intake']}/applications").sees(
        cast["student"].name, "Admitted", INTAKE
    )


ADMITTING = (
    student_is_nominated,
    second_applies,
    file_is_sent_back,
    universities_decide,
    unanswered_offer_goes_to_the_next,
    student_accepts_and_fulfils_the_condition,
    strangers_see_nothing_of_it,
)
