"""How a joint degree comes about in journey 1: two universities agree, state their approvals, and open an intake.

Parts: `coordinating` and `partner` speak for the two universities. Notes: `programme` (its English title), `office`
(the address of its workspace), `intake` (the address of the intake's page).
"""

from datetime import timedelta

from PIL import Image

from tests.e2e.people import Cast

TITLE = "Master of Health Security"
TITLE_ZH = "卫生安全硕士"
INTAKE = "First intake"


def programme_is_begun(cast: Cast) -> None:
    """The coordinating university writes the page; nobody else sees it."""
    office = cast.browser_of("coordinating").goes_to("/dashboard").follows("Joint programmes").follows("New programme")
    office.presses("Save").sees("There is a problem")
    office.fills(
        {
            "Title in English": TITLE,
            "Title in Chinese": TITLE_ZH,
            "Summary in English": "One year at two universities, with *field work* in both countries.",
            "Summary in Chinese": "一年制，在两所大学学习，并在两国进行现场实践。",
            "Level": "Master",
            "Field": "Global health",
            "Length in months": "12",
        }
    ).presses("Save").sees("The programme is begun", "The agreement is not confirmed by all parties.")
    cast.notes |= {"programme": TITLE, "office": office.page.url}
    office.cannot("Publish in the catalogue", "The agreement is not confirmed by all parties.")
    cast.newcomer().goes_to("/programmes/").does_not_see(TITLE)


def agreement_is_drafted_and_refused(cast: Cast) -> None:
    """Sent to the parties it can no longer be changed; the other university refuses it with a reason."""
    office = cast.browser_of("coordinating").goes_to(cast.notes["office"]).follows("Draft the agreement")
    _names_parties(cast)
    office.fills({"Seats of each intake": "2", "Fees and scholarships": "No fees at the partner."})
    office.fills({"Decisions of the other parties on applications": True}).presses("Save")
    office.sees("Saved as a draft", "Not shared").performs("Send to the parties").sees("Asked to confirm")
    partner = cast.browser_of("partner").takes_up("Confirm or refuse an agreement", TITLE)
    partner.performs("Refuse", Reason="We can take one student only.").sees("Refused by a party")
    office.takes_up("Make a new version of a refused agreement", TITLE).sees("We can take one student only.")


def _names_parties(cast: Cast) -> None:
    office = cast.browser_of("coordinating")
    first, second = (office.page.get_by_role("group", name=f"Party {number}") for number in (1, 2))
    degree = {"Degree, in English": "Master of Health Security", "Degree, in Chinese": TITLE_ZH}
    office.fills(degree, within=first)
    office.fills({"University": cast["partner"].home, **degree}, within=second)


def new_version_is_confirmed_by_both(cast: Cast) -> None:
    """The copy is changed and signed by each university for itself; the history stays."""
    office, partner = cast.browser_of("coordinating"), cast.browser_of("partner")
    office.presses("Copy to a new version").fills({"Seats of each intake": "1"}).presses("Save")
    office.performs("Send to the parties")
    for part, browser in (("coordinating", office), ("partner", partner)):
        browser.takes_up("Confirm or refuse an agreement", TITLE)
        signed = {"Your full name, as a signature": cast[part].name}
        browser.performs("Confirm for our university", **signed).sees(f"Signed by {cast[part].name}")
    partner.sees("Confirmed by all parties")
    office.goes_to(cast.notes["office"]).sees("Version 1", "Refused by a party", "Version 2")
    office.performs("Publish in the catalogue").sees("Published")


def approvals_are_stated(cast: Cast) -> None:
    """Each university for its own state, with the evidence; until then nobody can be admitted."""
    paper = cast.folder / "approval.png"
    Image.new("RGB", (210, 297), "white").save(paper)
    office, partner = cast.browser_of("coordinating"), cast.browser_of("partner")
    office.sees("A national approval is missing or not valid")
    partner.takes_up("State the national approval", TITLE).chooses("National approval", "It was granted")
    partner.presses("Save").sees("There is a problem")
    until = partner.clock() + timedelta(days=700)
    partner.fills(
        {
            "Authority": "Ministry of Higher Education",
            "Number of the approval": "17/2570",
            "Valid until": f"{until:%Y-%m-%d}",
            "Evidence": paper,
        }
    ).presses("Save").sees("Granted")
    office.takes_up("State the national approval", TITLE).chooses("National approval", "No approval is needed")
    office.fills({"Explanation": "The university may award the degree by its own right."}).presses("Save")
    office.does_not_see("A national approval is missing")


def intake_is_prepared(cast: Cast) -> None:
    """It says what is still missing before it can open."""
    office = cast.browser_of("coordinating").goes_to(cast.notes["office"]).follows("Prepare an intake")
    now = office.clock()
    office.fills(
        {
            "Name in English": INTAKE,
            "Name in Chinese": "第一批招生",
            "Opens": f"{now - timedelta(days=1):%Y-%m-%dT09:00}",
            "Closes": f"{now + timedelta(days=20):%Y-%m-%dT17:00}",
            "Studies begin": f"{now + timedelta(days=10):%Y-%m-%d}",
            "Seats": "1",
            "Days to answer an offer": "2",
        }
    )
    for unwanted in ("Certificate of the highest degree", "Transcript of records"):
        office.page.get_by_label(unwanted, exact=True).uncheck()
    office.presses("Save").sees("There is a problem", "Studies begin after the intake has closed.")
    office.fills({"Studies begin": f"{now + timedelta(days=90):%Y-%m-%d}"}).presses("Save")
    cast.notes["intake"] = office.page.url
    office.cannot("Open for admission", "The curriculum is not ready")


def intake_is_opened(cast: Cast) -> None:
    """Nothing is missing any more; the public finds the programme and reads what it asks for."""
    cast.browser_of("coordinating").goes_to(cast.notes["intake"]).performs("Open for admission").sees("Opened")
    guest = cast.newcomer().goes_to("/programmes/?q=zzzz").does_not_see(TITLE)
    guest.goes_to("/search?q=health security").follows(TITLE)
    guest.sees(cast["coordinating"].home, cast["partner"].home, INTAKE, "No fees at the partner.")
    guest.follows("Sign in to apply")
