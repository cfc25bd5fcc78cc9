"""People and institutions in the browser: an office with a deputy and a hand-over, lost passwords, consents, proposals."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.joining import is_invited, joins, registers
from tests.e2e.people import Cast, Person
from tests.e2e.site import PASSWORD, Site
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")

HOME = "University of Health Sciences, Lao PDR"
OFFICE = "/accounts/offices/institution/university-of-health-sciences-lao-pdr/"
TASK = "Confirm somebody's role"
PEOPLE = {
    "head": Person("home@demo.example", "Bounmy Sisavath", home=HOME),
    "secretariat": Person("secretariat@demo.example", "Chen Yulin"),
    "colleague": Person("manivanh@uhs.example", "Manivanh", given="MANIVANH", nationality="Lao", home=HOME),
    "newcomer": Person("tick@uhs.example", "Bui Thi Tick", given="TICK", nationality="Viet", home=HOME),
    "nurse": Person("rosa@hospital.example", "Rosa Pereira", nationality="Timor", home="Hospital of Ermera"),
}


@pytest.fixture
def cast(site: Site, visitor: Callable[..., Visitor], tmp_path: Path) -> Cast:
    return Cast(site, PEOPLE, visitor, tmp_path)


def test_an_office_shares_its_work_and_hands_it_over(cast: Cast) -> None:
    head = cast.browser_of("head").signs_in(cast["head"].email)
    is_invited(cast, "colleague", by="head", office=OFFICE, role="Coordinator")
    joins(registers(cast.browser_of("newcomer"), cast["newcomer"]), cast["newcomer"], "Staff")
    colleague, about = cast.browser_of("colleague").goes_to("/dashboard"), f"{TASK}: {cast['newcomer'].name}"
    item = colleague.page.locator("li.waiting", has_text=about)
    colleague.presses("I take it", within=item)
    assert "You work on this." in colleague.page.locator("li.waiting", has_text=about).inner_text()
    head.goes_to("/waiting/").sees("Manivanh works on this.")
    colleague.presses("Put back", within=colleague.page.locator("li.waiting", has_text=about))
    given = head.goes_to("/waiting/").page.locator("li.waiting", has_text=about)
    given.locator("details.waiting__more > summary").click()
    head.does_not_see("Manivanh works on this.").follows("Give to a colleague", within=given)
    head.presses("Give it").sees("There is a problem")
    head.ticks("Manivanh").presses("Give it").sees("Given.", "Manivanh works on this.")
    row = head.goes_to(f"{OFFICE}people").page.locator("tr", has_text=cast["colleague"].name)
    head.presses("Make deputy", within=row).sees("Deputy")
    head.follows("Hand over or end", within=row).sees(f"{TASK}: {cast['newcomer'].name}")
    head.fills({"Hand everything they have taken over to": "Bounmy", "Reason": "Moves to Pakse."})
    head.presses("End the role").sees("The role has ended and what was taken is handed over.")
    head.goes_to("/waiting/")
    assert "You work on this." in head.page.locator("li.waiting", has_text=about).inner_text()
    colleague.finds_nothing_at(OFFICE).goes_to("/dashboard").does_not_see(about)
    head.takes_up(TASK, f"{cast['newcomer'].name} · {cast['newcomer'].home}").performs("Confirm").sees("Confirmed")
    cast.browser_of("newcomer").gets_mail(cast["newcomer"].email, HOME)


def test_a_lost_password_is_chosen_anew(cast: Cast) -> None:
    person = registers(cast.browser_of("colleague"), Person("noi@uhs.example", "Noi"))
    other = cast.newcomer().goes_to("/accounts/sign-in").fills({"E-mail address": "noi@uhs.example"})
    other.presses("I have forgotten my password").presses("Send the link")
    link = other.opens_mail_link("noi@uhs.example", r"\S+/accounts/reset/\S+")
    other.fills({"New password": "short"}).presses("Set the new password").sees("There is a problem")
    other.fills({"New password": "three small boats"}).presses("Set the new password").sees("Your new password is set")
    other.goes_to(link).sees("This link was used already or has run out")
    person.goes_to("/dashboard").sees("Sign in")  # every browser was signed out
    person.fills({"E-mail address": "noi@uhs.example", "Password": PASSWORD}).presses("Sign in")
    person.sees("The address or the password is wrong")
    other.signs_in("noi@uhs.example", "three small boats").goes_to("/accounts/consents")
    news = other.page.locator(".card", has_text="News about new courses and calls")
    other.presses("I agree", within=news).presses("Withdraw", within=news).sees("Your account stays as it is")


def test_a_missing_institution_is_proposed(cast: Cast) -> None:
    nurse = registers(cast.browser_of("nurse"), cast["nurse"])
    nurse.goes_to("/institutions/home").fills({"Search": cast["nurse"].home}).presses("Search")
    nurse.follows("Propose a missing one").presses("Propose").sees("There is a problem")
    nurse.fills(
        {
            "Name in English": cast["nurse"].home,
            "Kind": "Hospital",
            "Country": "Timor-Leste",
            "City": "Gleno",
            "Website": "https://ermera.example",
            "Where can the secretariat check it?": "Decree 12/2024",
        }
    ).presses("Propose")
    office = cast.browser_of("secretariat").goes_to("/language/en").signs_in(cast["secretariat"].email)
    office.takes_up("Check a proposed institution", cast["nurse"].home).sees("Decree 12/2024").performs("Confirm")
    nurse.gets_mail(cast["nurse"].email, cast["nurse"].home)
    cast.newcomer().goes_to("/institutions/?q=Ermera").sees(cast["nurse"].home)
