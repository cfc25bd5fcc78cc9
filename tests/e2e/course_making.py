"""What an instructor does in journey 1: describe a course, write it, ask questions, announce it, publish it."""

from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor

CODE = "CURVE-7"
TITLE = "Reading an epidemic curve"
TITLE_ZH = "读懂流行曲线"
OFFICE = {
    "Name of the signatory": "Dewi Anggraini",
    "Office of the signatory in English": "Dean, School of Public Health",
    "Office of the signatory in Chinese": "公共卫生学院院长",
}
_QUIZ = "Check what you have understood"


def instructor_makes_the_course(cast: Cast) -> None:
    """Pages, a picture, a formula, five questions of different kinds, two offerings, and out it goes."""
    teacher = cast.browser_of("instructor")
    teacher.goes_to("/dashboard").follows("Courses that I teach").follows("New course")
    describes(teacher)
    adds_a_picture(teacher, cast.folder)
    writes_the_pages(teacher)
    writes_the_quiz(teacher)
    cannot_publish_half_a_page(teacher)
    offers(teacher, f"{CODE}-OPEN", "Open to everybody", places="")
    offers(teacher, f"{CODE}-FEW", "With approval", places="1")
    teacher.goes_to(f"/courses/{CODE}/workshop").performs("Publish").sees("Published")


def describes(teacher: Visitor) -> None:
    """What the catalogue says, in both languages."""
    teacher.presses("Save").sees("There is a problem")
    teacher.fills(
        {
            "Title in English": TITLE,
            "Title in Chinese": TITLE_ZH,
            "Code": CODE,
            "Language of teaching": "English",
            "Level": "Introductory",
            "Learning hours": "6",
            "Summary": "What the shape of an outbreak says about its source. <script>alert(1)</script>",
            "Description": "You will tell a **point source** from a propagated one.",
        }
    )
    teacher.chooses("Sub research centres", "Health Emergency Response")
    teacher.presses("Save").sees("The course was created", TITLE)


def adds_a_picture(teacher: Visitor, folder: Path) -> None:
    """A picture needs words; a file that is no picture is refused."""
    picture, lie = folder / "curve.png", folder / "lie.png"
    drawn = Image.new("RGB", (640, 240), "white")
    for week, height in enumerate((10, 40, 120, 190, 130, 60, 20)):
        ImageDraw.Draw(drawn).rectangle((40 + week * 80, 220 - height, 100 + week * 80, 220), fill="#0b6e63")
    drawn.save(picture)
    lie.write_bytes(b"GIF89a, but not really")
    words = {"What it shows, in words": "Bars that rise and fall once"}
    teacher.fills({"Picture": lie, **words}).presses("Upload").sees("There is a problem")
    teacher.fills({"Picture": picture, **words}).presses("Upload").sees("The picture was added", "curve.png")


def writes_the_pages(teacher: Visitor) -> None:
    """Two pages in Markdown, the second one with a formula."""
    teacher.follows("Add a page")
    teacher.fills({"Title": "What a curve shows", "Text": "# One peak\n\n![Bars that rise and fall once](curve.png)"})
    teacher.page.locator("#preview img").wait_for()
    teacher.presses("Save").follows("Add a page")
    formula = "New cases grow by $R_0 = \\beta / \\gamma$ in each generation."
    teacher.fills({"Title": "How fast it grows", "Text": formula}).presses("Save").sees("How fast it grows")


def writes_the_quiz(teacher: Visitor) -> None:
    """Five questions of five kinds."""
    teacher.follows("Add a quiz").fills({"Title": _QUIZ, "Attempts": "2"}).presses("Save").sees("No question yet")
    teacher.follows("Single choice").fills({"Question": "One steep peak points to…", "Explanation": "All at once."})
    options(teacher, ("a point source", True), ("a propagated source", False), ("no outbreak", False))
    teacher.follows("Multiple choice").fills({"Question": "What lengthens a curve?", "Points": "2"})
    options(teacher, ("new generations of cases", True), ("late reports", True), ("a ruler", False))
    teacher.follows("True or false").fills({"Question": "Each bar stands for a period of time."})
    teacher.chooses("The statement is", "True").presses("Save")
    teacher.follows("Number").fills({"Question": "What is $6 / 2$?", "Right answer": "3", "Tolerance": "0.1"})
    teacher.presses("Save")
    teacher.follows("Short text").fills({"Question": "What is drawn upwards?", "Accepted answers": "cases\nnew cases"})
    teacher.presses("Save").sees("Question 5", "new generations of cases", "cases / new cases")


def options(teacher: Visitor, *rows: tuple[str, bool]) -> None:
    """Fill in the options of a question and keep it."""
    for number, (text, right) in enumerate(rows, start=1):
        teacher.fills({f"Option {number}": text, f"Option {number} is right": right})
    teacher.presses("Save")


def cannot_publish_half_a_page(teacher: Visitor) -> None:
    """What is missing is named before it goes out."""
    teacher.follows("Back to the course").follows("Add a page").fills({"Title": "Empty"}).presses("Save")
    teacher.sees("Before it can be published", "These pages are empty: Empty.")
    empty = teacher.page.locator(".outline li", has_text="Empty")
    teacher.presses("Remove", within=empty)
    teacher.does_not_see("These pages are empty")


def offers(teacher: Visitor, name: str, mode: str, *, places: str) -> None:
    """Announce when the course is given: open since yesterday, closing in a month, in the teacher's own zone."""
    now = teacher.clock()
    day = {n: f"{now + timedelta(days=n):%Y-%m-%dT%H:%M}" for n in (-1, 30, 60)}
    teacher.goes_to(f"/courses/{CODE}/workshop").follows("Add an offering")
    teacher.fills({"Code": name, "Places": places, **OFFICE})
    teacher.chooses("Who may take part", mode)
    dates = {"Enrolment opens": day[-1], "Enrolment closes": day[30], "Course starts": day[-1], "Course ends": day[60]}
    teacher.fills(dates).presses("Save").sees("The offering was added", name)
