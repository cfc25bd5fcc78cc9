"""What scientists and their home sides do in journey 2, until screening has accepted every application."""

import re
from datetime import timedelta
from pathlib import Path

from PIL import Image

from tests.e2e.exchange_opening import CALL, OTHER, WANTED
from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor

PLATFORM = "By a coordinator of my institution, on this platform"
LINK = "By a signed link, for a ministry or another body without an account"
SHEET = "On a printed sheet with signature and seal"
ROUTE = "How does your home side endorse you?"
MINISTRY = "minister@health.example"


def applies(cast: Cast, part: str, *, posts: list[str], route: str) -> None:
    """Once, in steps that save themselves, to posts in the order of one's wishes."""
    person = cast.browser_of(part).goes_to("/exchange/?q=mosquito").follows(WANTED).presses("Apply")
    person.follows("Check and submit").sees("Still missing").goes_to("/exchange/applications/").follows(CALL)
    cast.notes[part] = person.page.url
    person.follows("Go on with the application")
    tells_facts(person, cast[part].nationality)
    for title in posts:
        person.fills({"Add a post": title}).presses("Add").sees(title)
    person.follows("Go on").fills({"Statement": f"{cast[part].name} wants to bring these methods home. <b>x</b>"})
    person.presses("Save and go on")
    uploads_documents(person, cast.folder)
    chooses_endorsement(person, route)
    consents = person.page.locator("form input[type=checkbox]")
    assert not any(box.is_checked() for box in consents.all())
    person.presses("Submit").sees("There is a problem")
    for box in consents.all():
        box.check()
    person.presses("Submit").sees("Your application was submitted", "Where it stands")


def tells_facts(person: Visitor, country: str) -> None:
    """What the rules ask for; each is answered at once."""
    person.fills(
        {
            "Nationality": country,
            "Date of birth": "1991-08-02",
            "Highest degree": "Master",
            "Years of research experience": "7",
            "Country of your employer": country,
            "Your English": "Working knowledge",
        }
    )
    person.chooses("Is your employment full time?", "Yes").presses("Save and go on")


def uploads_documents(person: Visitor, folder: Path) -> None:
    """Two files; one that is not what its name says is refused."""
    lie, picture = folder / "cv.pdf", folder / "document.png"
    lie.write_bytes(b"MZ this is a program")
    Image.new("RGB", (210, 297), "white").save(picture)
    person.fills({"Upload: Curriculum vitae": lie})
    person.presses("Upload", within=person.page.locator("section", has_text="Curriculum vitae").last)
    assert person.page.locator(".field__error").count() == 1
    for document in ("Curriculum vitae", "Certificate of the highest degree"):
        person.fills({f"Upload: {document}": picture})
        person.presses("Upload", within=person.page.locator("section", has_text=document).last)
    person.sees("document.png").follows("Go on")


def chooses_endorsement(person: Visitor, route: str) -> None:
    """One of the three ways."""
    person.chooses(ROUTE, route)
    if route != PLATFORM:
        person.fills({"Office": "Ministry of Health, Department of Science"})
    if route == LINK:
        person.fills({"Person": "Dr Somphone", "E-mail address of that person": MINISTRY})
    person.presses("Save and go on").sees("Check and submit")


def fourth_withdraws_and_applies_again(cast: Cast) -> None:
    """Nobody must act on what was withdrawn. While the call is open one may apply anew, and name a tie."""
    fourth, about = cast.browser_of("fourth"), f"{cast['fourth'].name} · {CALL}"
    waiting = {"home_office": "Endorse or refuse an application", "secretariat": "Screen an application"}
    for part, task in waiting.items():
        cast.browser_of(part).takes_up(task, about)
    fourth.goes_to(cast.notes["fourth"]).sees("You can apply again while the call is open.")
    fourth.presses("Withdraw the application").sees("Withdrawn")
    for part, task in waiting.items():
        cast.browser_of(part).goes_to("/waiting/").does_not_see(f"{task}: {about}")
    applies(cast, "fourth", posts=[WANTED], route=PLATFORM)
    fourth.follows("Who should not review you").presses("Add").sees("There is a problem")
    fourth.fills({"Name": cast["tied"].name, "Why": "A dispute about data."}).presses("Add").sees("Saved")


def home_sides_are_reminded(cast: Cast) -> None:
    """By the clock, a week before they must have answered: an office, a holder of a link, whoever brings a sheet."""
    cast.newcomer().goes_to("/demo/clock").presses("One day on")
    asked = {part: f'endorsement of {cast[part].name} for "{CALL}" is still open' for part in ("scientist", "third")}
    for address, text in (
        (cast["home_office"].email, asked["scientist"]),
        (MINISTRY, f'{cast["second"].name} applies to "{CALL}" and still waits for the word of'),
        (cast["third"].email, asked["third"]),
    ):
        cast.browser_of("secretariat").gets_mail(address, re.escape(text))


def coordinator_refuses_then_endorses(cast: Cast) -> None:
    """In the platform: refused with a reason, asked again, given."""
    home, scientist = cast.browser_of("home_office"), cast.browser_of("scientist")
    about = f"{cast['scientist'].name} · {CALL}"
    home.takes_up("Endorse or refuse an application", about).sees("Statement", "<b>x</b>")
    home.chooses("Decision", "We refuse").presses("Send the decision").sees("There is a problem")
    home.fills({"Reason": "Who teaches meanwhile?"}).presses("Send the decision").sees("Your decision was sent")
    scientist.gets_mail(cast["scientist"].email, re.escape("Who teaches meanwhile?"))
    scientist.takes_up("Choose another way of endorsement", CALL).sees("Who teaches meanwhile?")
    scientist.chooses(ROUTE, PLATFORM).ticks("The body named here may receive")
    scientist.presses("Ask for the endorsement").sees("Your endorsement was asked for", "Copy a reminder")
    home.takes_up("Endorse or refuse an application", about).chooses("Decision", "We endorse this application")
    home.presses("Send the decision").sees("Your decision was sent")
    scientist.goes_to(cast.notes["scientist"]).sees("Endorsed", "Endorsement refused", "Home side")
    home.takes_up("Endorse or refuse an application", f"{cast['fourth'].name} · {CALL}")
    home.chooses("Decision", "We endorse this application").presses("Send the decision").sees("Your decision was sent")


def ministry_endorses_by_link(cast: Cast) -> None:
    """Without an account; opening the link decides nothing, and it acts once."""
    ministry = cast.newcomer()
    link = ministry.opens_mail_link(MINISTRY, r"\S+/endorsements/link/\S+")
    ministry.sees(cast["second"].name).goes_to(link).chooses("Decision", "We endorse this application")
    ministry.ticks("I am entitled to decide this").presses("Send the decision").sees(
        "You have endorsed this application"
    )
    ministry.goes_to(link).sees("There is nothing more to do")
    ministry.goes_to(f"{link[:-3]}abc", status=404).sees("This link does not work")
    cast.browser_of("second").goes_to(cast.notes["second"]).sees("Endorsed")


def sealed_sheet_is_handed_in(cast: Cast) -> None:
    """Printed in both languages with its code, sealed, photographed, uploaded, and compared by the secretariat."""
    third, office = cast.browser_of("third"), cast.browser_of("secretariat")
    third.takes_up("Hand in the sealed endorsement sheet", CALL)
    assert third.downloads("Print the sheet").startswith(b"%PDF")
    code = third.page.locator("li", has_text="bears the code").inner_text().split("bears the code ")[1].rstrip(".")
    cast.newcomer().goes_to(f"/endorsements/sheet/{code}").sees("This sheet was made by this platform").does_not_see(
        cast["third"].name
    )
    photograph = cast.folder / "sheet.jpg"
    Image.new("RGB", (600, 850), "#eee").save(photograph)
    third.fills({"Photograph or scan of the sheet": photograph}).presses("Hand in the sheet")
    third.sees("Your sheet was handed in")
    about = f"{cast['third'].name} · {CALL}"
    office.takes_up("Check an endorsement sheet", about).sees(code).chooses("Decision", "Ask for another sheet")
    office.fills({"What is wrong": "The seal cannot be read."}).presses("Save")
    third.takes_up("Hand in the sealed endorsement sheet", CALL).sees("The seal cannot be read.")
    third.fills({"Photograph or scan of the sheet": photograph}).presses("Hand in the sheet")
    office.takes_up("Check an endorsement sheet", about).chooses("Decision", "The sheet is complete, signed and sealed")
    office.presses("Save").sees("The sheet was checked")
    third.goes_to(cast.notes["third"]).sees("Endorsed")


def screening_returns_and_accepts(cast: Cast) -> None:
    """Named fields go back with reasons; only these can be changed; then all four are accepted."""
    office, scientist = cast.browser_of("secretariat"), cast.browser_of("scientist")
    office.takes_up("Screen an application", f"{cast['scientist'].name} · {CALL}").sees("Eligibility", "Endorsed")
    due = office.clock() + timedelta(days=5)
    form = office.page.locator("form", has=office.page.get_by_role("button", name="Return to the applicant"))
    office.fills({"Statement": "Name the species.", "To be put right until": f"{due:%Y-%m-%d}"}, within=form)
    office.presses("Return to the applicant").sees(f"Returned for correction: {cast['scientist'].name}")
    scientist.takes_up("Put right what was returned", CALL).sees("Name the species.")
    scientist.follows("Check and submit again").sees("Still missing")
    scientist.goes_to(f"{cast.notes['scientist']}/statement").sees("Name the species.")
    scientist.fills({"Statement": "I study Anopheles dirus."}).presses("Save and go on")
    scientist.presses("Submit again").sees("Your application was submitted")
    for part in ("scientist", "second", "third", "fourth"):
        office.takes_up("Screen an application", f"{cast[part].name} · {CALL}")
        office.performs("Accept for review").sees("Accepted for review")
    scientist.goes_to(cast.notes["scientist"]).sees("In review")


def documents_stay_private(cast: Cast) -> None:
    """Who knows the address of a file does not get it; its owner sees who opened it."""
    scientist = cast.browser_of("scientist").goes_to(cast.notes["scientist"])
    address = scientist.page.locator("main a", has_text="document.png").first.get_attribute("href") or ""
    for stranger in (cast.browser_of("second"), cast.browser_of("reviewer1")):
        stranger.finds_nothing_at(address)
    office = cast.browser_of("secretariat").goes_to(f"/exchange/screening/{cast.notes['scientist'].rpartition('/')[2]}")
    assert office.downloads("document.png").startswith(b"\x89PNG")
    scientist.goes_to("/accounts/openings").sees("document.png", cast["secretariat"].name)


APPLICATIONS = (
    ("scientist", [WANTED, OTHER], PLATFORM),
    ("second", [WANTED], LINK),
    ("third", [OTHER, WANTED], SHEET),
    ("fourth", [WANTED], PLATFORM),
)
