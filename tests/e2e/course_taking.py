"""What learners and offices do in journey 1."""

import io
import re
from typing import Any

from python_calamine import CalamineWorkbook
from sqlalchemy import create_engine, text

from tests.e2e.course_making import CODE, OFFICE, TITLE, TITLE_ZH
from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor, press_at_once


def visitor_finds_the_course(cast: Cast) -> None:
    """By search and by filters, in English and in Chinese, and sees what it is before signing in."""
    guest = cast.newcomer().goes_to("/").uses_menu("Courses")
    guest.goes_to("/courses/?q=zzzz").does_not_see(TITLE)
    guest.goes_to("/courses/?q=流行曲线").sees(TITLE)
    guest.goes_to("/courses/").fills({"Search": "epidemic curve", "Level": "Introductory"})
    guest.page.wait_for_url("**level=introductory**")
    guest.page.locator("#results").get_by_text(TITLE).first.wait_for()
    guest.follows(TITLE).sees("What a curve shows", "<script>alert(1)</script>", f"{CODE}-OPEN", f"{CODE}-FEW")
    guest.finds_nothing_at(f"/courses/{CODE}/workshop-of-nobody")


def student_enrols_at_once(cast: Cast) -> None:
    """In the open offering, and reads the first page."""
    student = cast.browser_of("student").goes_to(f"/courses/{CODE}")
    student.follows("Enrol").presses("Enrol").sees("You are enrolled")
    student.gets_mail(cast["student"].email, re.escape(TITLE))
    student.follows("Start").sees("One peak")
    assert (
        student.page.locator(".prose img[alt='Bars that rise and fall once']").evaluate("it => it.naturalWidth") == 640
    )
    student.presses("Mark as read and go on").sees("How fast it grows")
    assert student.page.locator("math").count() == 1
    student.presses("Mark as read and go on").sees("Start the quiz")


def student_takes_the_quiz_in_two_browsers(cast: Cast) -> None:
    """Begins, closes the browser, goes on in another one, hands in, and knows the result at once."""
    student = cast.browser_of("student").presses("Start the quiz")
    answer = student.page.get_by_label("a point source", exact=True)
    with student.page.expect_response(re.compile("/answers/")):
        answer.check()
    address = student.page.url
    student.page.context.close()
    again = cast.browsers["student"] = cast.newcomer().signs_in(cast["student"].email)
    again.goes_to("/dashboard").follows(TITLE)
    again.goes_to(address)
    assert again.page.get_by_label("a point source", exact=True).is_checked()
    for right in ("new generations of cases", "late reports"):
        again.page.get_by_label(right, exact=True).check()
    again.page.get_by_label("True", exact=True).check()
    again.page.get_by_label("Your answer as a number").fill("3.05")
    again.presses("Save and check").sees("1 question has no answer yet").follows("Back to the questions")
    again.page.get_by_label("Your answer", exact=True).fill("New  Cases")
    again.presses("Save and check").sees("Every question is answered")
    again.presses("Submit and see the result").sees("Passed", "100 %", "All at once.")
    again.looks_again("review")


def student_gets_a_certificate(cast: Cast) -> None:
    """A PDF in both languages with the name in its own script; its code is noted down."""
    student = cast.browser_of("student").follows("Back to the course").sees("Completed on")
    student.follows("Open my certificates").follows(TITLE)
    student.sees_later("Open the PDF").sees(*cast["student"].shown, TITLE, OFFICE["Name of the signatory"])
    found = re.search(r"/verify/(\S+)", student.text)
    assert found, student.text
    pdf = student.downloads("Open the PDF")
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 10_000
    student.gets_mail(cast["student"].email, re.escape(found.group(1)))
    checks_the_file(cast, pdf, "This certificate is valid")
    checks_the_file(cast, pdf + b"%", "This certificate was altered")
    cast.notes["certificate"] = found.group(1)


def checks_the_file(cast: Cast, pdf: bytes, verdict: str) -> None:
    """Whoever was handed the file asks whether it is the one that was issued."""
    check = cast.newcomer().goes_to("/verify/")
    upload = {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": pdf}
    check.page.locator("input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
    check.presses("Check the file").sees(verdict)


def anybody_checks_it(cast: Cast) -> None:
    """Without an account, also with a code typed carelessly."""
    anybody = cast.newcomer().goes_to(f"/verify/{cast.notes['certificate'].lower().replace('-', ' ')}")
    anybody.sees("This certificate is valid", *cast["student"].shown, OFFICE["Name of the signatory"], "6")
    anybody.goes_to(f"/language/zh?next=/verify/{cast.notes['certificate']}").sees(
        TITLE_ZH, OFFICE["Office of the signatory in Chinese"]
    )
    code = cast.notes["certificate"]
    mistyped = f"{code[:-1]}{'2' if code[-1] != '2' else '3'}"
    anybody.goes_to("/language/en?next=/").goes_to(f"/verify/{mistyped}", status=404).sees(
        "This certificate is unknown"
    )


def offices_decide_on_applications(cast: Cast) -> None:
    """Two and the only place: one gets it, the other waits, and moves up when the first withdraws."""
    for part in ("applicant", "patient"):
        person = cast.browser_of(part).goes_to(f"/courses/{CODE}").follows("Apply")
        person.presses("Send application").sees("There is a problem")
        person.fills({"Why do you want to take part?": f"{cast[part].name} investigates outbreaks."})
        person.presses("Send application").sees("Your application was sent", "Decision on the application")
    office = cast.browser_of("issuer")
    first, last = two_are_approved_at_once(cast, office)
    opens_application(office, cast[last].name).sees("Every place is taken")
    office.performs("Put on the waiting list").sees(f"Put on the waiting list: {cast[last].name}")
    waiting = cast.browser_of(last)
    waiting.page.reload()
    waiting.sees("Place on the waiting list", "Nobody: it happens by itself")
    freed = cast.browser_of(first).goes_to("/courses/mine").follows(TITLE)
    freed.follows("My enrolment").performs("Withdraw").sees("Withdrawn")
    waiting.page.reload()
    waiting.sees("Enrolled", "A place became free")
    waiting.gets_mail(cast[last].email, r"/courses/enrolments/\S+")


def two_are_approved_at_once(cast: Cast, office: Visitor) -> tuple[str, str]:
    """In two windows at the same instant: only one is let in. Who was, and who was not."""
    windows = {part: office.opens_window() for part in ("applicant", "patient")}
    for part, window in windows.items():
        opens_application(window, cast[part].name)
    press_at_once("Approve", *windows.values())
    office.goes_to("/waiting/")
    left = [part for part in windows if f"{cast[part].name} · {TITLE}" in office.text]
    assert len(left) == 1, f"{left} still wait for a decision about one place"
    return next(part for part in windows if part not in left), left[0]


def opens_application(office: Visitor, name: str) -> Visitor:
    """From the dashboard, where it waits."""
    office.takes_up("Decide on an application for a course", f"{name} · {TITLE}")
    return office.sees(name, "investigates outbreaks")


def instructor_sees_who_finished(cast: Cast) -> None:
    """On the list of participants, with the certificate."""
    teacher = cast.browser_of("instructor").goes_to(f"/courses/{CODE}/workshop").follows(f"{CODE}-OPEN")
    teacher.sees(cast["student"].name, "Completed", cast.notes["certificate"], "100 %")


def home_takes_out_completions(cast: Cast) -> None:
    """Their own people's as XLSX, and nobody else's."""
    home = cast.browser_of("home").goes_to("/dashboard").goes_to("/courses/our-people")
    home.sees(cast["student"].name).does_not_see(cast["patient"].name)
    rows = read_xlsx(home.downloads("Download XLSX"))
    mine = [row for row in rows if cast.notes["certificate"] in row]
    assert len(mine) == 1
    assert set(cast["student"].shown) <= set(mine[0])
    assert not [row for row in rows if cast["patient"].name in row or cast["applicant"].name in row]


def read_xlsx(content: bytes) -> list[list[Any]]:
    """The rows of the first sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def altered_certificate_says_so(cast: Cast) -> None:
    """Somebody with the database's password changes what it certifies: the signature no longer agrees."""
    hours = (('"hours":6', '"hours":600'), ('"hours":600', '"hours":6'))
    for (old, new), verdict in zip(hours, ("This certificate was altered", "This certificate is valid"), strict=True):
        change_row(cast.site.env["DATABASE_URL"], cast.notes["certificate"], old, new)
        cast.newcomer().goes_to(f"/verify/{cast.notes['certificate']}").sees(verdict)


def change_row(url: str, certificate: str, old: str, new: str) -> None:
    """Behind the platform's back."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.begin() as connection:
        statement = text("update credential set content = replace(content, :old, :new) where code = :code")
        assert connection.execute(statement, {"old": old, "new": new, "code": certificate}).rowcount == 1
    engine.dispose()


def revoked_certificate_says_so(cast: Cast) -> None:
    """Who issued it takes it back, with a reason that everybody reads."""
    issuer = cast.browser_of("issuer").goes_to(f"/credentials/{cast.notes['certificate']}")
    issuer.performs("Revoke", Reason="Issued under a wrong title.").sees("Revoked on")
    cast.newcomer().goes_to(f"/verify/{cast.notes['certificate']}").sees("This certificate was revoked", "wrong title")
    cast.browser_of("student").gets_mail(cast["student"].email, "wrong title")
