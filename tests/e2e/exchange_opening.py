"""How a call comes about in journey 2: the secretariat opens it, hosts draft posts, the public finds them."""

from datetime import timedelta

from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor

CALL = "Visits to public health laboratories"
CALL_ZH = "公共卫生实验室访问计划"
WANTED = "Mosquito resistance in border regions"
OTHER = "Serology after dengue outbreaks"


def secretariat_opens_a_call(cast: Cast) -> None:
    """With dated rules, documents and criteria; hosts are let in."""
    office = cast.browser_of("secretariat").goes_to("/dashboard").follows("Calls").follows("New call")
    now = office.clock()
    office.fills(
        {
            "Title in English": CALL,
            "Title in Chinese": CALL_ZH,
            "Summary in English": "Six months in a laboratory in **China**, with a mentor.",
            "Summary in Chinese": "在中国的实验室工作六个月，有导师指导。",
            "Opens": f"{now - timedelta(days=1):%Y-%m-%dT09:00}",
            "Closes": f"{now - timedelta(days=2):%Y-%m-%dT17:00}",
            "Days for the endorsement": "7",
            "Days to answer an offer": "2",
        }
    )
    office.presses("Save").sees("There is a problem", "The call must close after it opens.")
    office.fills({"Closes": f"{now + timedelta(days=20):%Y-%m-%dT17:00}"}).presses("Save").sees("The call is a draft")
    cast.notes["call"] = office.page.url
    sets_the_rules(office)
    office.goes_to(cast.notes["call"]).performs("Let hosts draft posts").sees("Hosts draft posts")
    office.cannot("Publish", "Approve at least one post first.")
    if cast["host_office"].home:
        office.follows("Invite hosts to draft posts")
        office.chooses("Institutions with a coordinator", cast["host_office"].home).presses("Send")
        cast.browser_of("host_office").gets_mail(cast["host_office"].email, CALL)


def sets_the_rules(office: Visitor) -> None:
    """The usual rules are there; the age is now counted on the closing day, and two documents are enough."""
    call = office.page.url
    office.goes_to(f"{call}/rules").sees("45")
    office.follows("Change", within=office.page.locator("tr", has_text="Age"))
    office.fills({"Highest age, in completed years": "40", "Counted": "On the closing day of the call"})
    office.presses("Save").sees("The rule was saved", "40")
    office.goes_to(f"{call}/requirements")
    for unwanted in ("Proof of employment", "Work plan"):
        office.page.get_by_label(unwanted, exact=True).uncheck()
    office.presses("Save").sees("Saved")


def hosts_draft_posts(cast: Cast) -> None:
    """Two posts in one lab; one goes back to its host for a correction before both are approved."""
    host, office = cast.browser_of("host"), cast.browser_of("secretariat")
    for title, title_zh, places in ((WANTED, "边境地区蚊虫抗药性", "2"), (OTHER, "登革热暴发后的血清学", "1")):
        host.goes_to("/dashboard").follows("My posts").follows("Draft a post")
        host.fills({"Call": CALL, "Lab": cast.notes["lab"], "Title in English": title, "Title in Chinese": title_zh})
        host.fills({"Duties": "Bioassays and *genotyping*.", "Places": places, "Months": "6"})
        host.chooses("Fields", "Communicable Disease Prevention and Control Strategy")
        host.presses("Save").sees("Saved as a draft").performs("Submit for approval").sees("Submitted for approval")
    office.takes_up("Approve or return a post", WANTED)
    office.performs("Return to the host", Reason="Name the methods.").sees("Returned to the host")
    host.takes_up("Correct a returned post", WANTED).sees("Name the methods.")
    host.fills({"Duties": "WHO tube tests and kdr genotyping."}).presses("Save").sees("Saved")
    host.performs("Submit for approval")
    for title in (WANTED, OTHER):
        office.takes_up("Approve or return a post", title).performs("Approve").sees("Approved")
    office.goes_to(cast.notes["call"]).performs("Publish").sees("Published")


def lab_takes_one_person(cast: Cast) -> None:
    """The host's coordinator limits the lab to fewer people than its posts have places."""
    office = cast.browser_of("host_office").goes_to(f"/exchange/calls/{cast.notes['call'].rpartition('/')[2]}")
    office.follows("Limits of hosts and labs").sees("Its posts have 3 places.")
    office.fills({cast.notes["lab"]: "0"}).presses("Save").sees("There is a problem")
    office.fills({cast.notes["lab"]: "1"}).presses("Save").sees("Saved")


def public_finds_posts(cast: Cast) -> None:
    """By search and filters; and sees rule by rule whether they are eligible, without an account."""
    guest = cast.newcomer().goes_to("/").uses_menu("Exchange")
    guest.goes_to("/exchange/?q=zzzz").does_not_see(WANTED)
    guest.goes_to("/exchange/?q=蚊虫").sees(WANTED).does_not_see(OTHER)
    guest.goes_to("/exchange/?q=mosquito").follows(WANTED).sees("kdr genotyping", "6 months", CALL)
    guest.follows("Am I eligible?").sees("Each rule with its answer and why")
    facts = {
        "Nationality": "Indonesia",
        "Date of birth": "1970-05-01",
        "Highest degree": "Doctorate",
        "Country of your employer": "Indonesia",
        "Your English": "Fluent",
    }
    guest.fills(facts).chooses("Is your employment full time?", "Yes").presses("Check")
    guest.sees("Not eligible", "40")
    guest.fills({"Date of birth": "1995-05-01"}).presses("Check").sees("You meet every rule of this call")


def lab_is_set_up(cast: Cast) -> None:
    """The host's coordinator adds the lab, whose host is invited."""
    cast.notes["lab"] = "Vector Biology Laboratory"
    office = cast.browser_of("host_office").goes_to(f"/institutions/{cast['host_office'].slug}/units")
    form = office.page.locator("form", has=office.page.get_by_role("button", name="Add the laboratory"))
    office.fills({"Name in English": cast.notes["lab"], "Name in its own script": "媒介生物学实验室"}, within=form)
    office.presses("Add the laboratory").sees("The laboratory is added")
    cast.notes["lab_office"] = office.page.url.removesuffix("invitations")
