"""From the answer to an offer to the certificate in journey 2."""

import re

from tests.e2e.exchange_opening import CALL, WANTED
from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor

OFFER_MAIL = r"/exchange/offers/\S+"


def next_in_line_is_asked(cast: Cast) -> None:
    """The first declines, and the next in line is offered the place by itself; nobody else, as the lab takes one."""
    first, following = cast.browser_of("scientist"), cast.browser_of("fourth")
    first.takes_up("Accept or decline an offer", CALL).sees(WANTED, "Answer until").performs("Decline the offer")
    first.sees("Declined")
    following.gets_mail(cast["fourth"].email, OFFER_MAIL)
    following.takes_up("Accept or decline an offer", CALL).sees(WANTED)
    cast.browser_of("second").goes_to(cast.notes["second"]).sees("On the waiting list")


def unanswered_offer_lapses(cast: Cast) -> None:
    """The clock takes it back and asks the next in line, who accepts; nobody has to do anything."""
    presenter, late = cast.newcomer().goes_to("/demo/clock"), cast.browser_of("fourth")
    for _day in range(3):
        presenter.presses("One day on")
    late.goes_to(cast.notes["fourth"]).sees_later("Offer lapsed")
    late.goes_to("/waiting/").does_not_see(f"Accept or decline an offer: {CALL}")
    following = cast.browser_of("second")
    following.gets_mail(cast["second"].email, OFFER_MAIL)
    following.takes_up("Accept or decline an offer", CALL).performs("Accept the offer").sees("Checklist", WANTED)
    cast.notes["placement"] = following.page.url
    cast.browser_of("secretariat").goes_to(cast.notes["call"]).follows("Offers").sees("Offer lapsed", "Accepted")


def stay_is_prepared(cast: Cast) -> None:
    """Host and scientist agree on the first day and tick off what each must do; no arrival before that."""
    scientist, host = cast.browser_of("second"), cast.browser_of("host")
    today = f"{host.clock():%Y-%m-%d}"
    host.goes_to(cast.notes["placement"]).fills({"First day of the stay": today}).presses("Save").sees("Saved")
    host.cannot("Confirm the arrival", "tasks before the arrival are not done yet")
    host.presses("Done: Send the invitation letter for the visa")
    scientist.goes_to(cast.notes["placement"])
    for task in (
        "Obtain the visa",
        "Take out health and accident insurance for the whole stay",
        "Book the journey and tell the host when you arrive",
    ):
        scientist.presses(f"Done: {task}")
    host.takes_up("Confirm an arrival", about(cast)).performs("Confirm the arrival", **{"Day of arrival": today})
    host.sees("Under way", "Register the accommodation with the police within 24 hours")


def about(cast: Cast) -> str:
    """How the placement is called on dashboards."""
    return f"{cast['second'].name} · {WANTED}"


def report_is_countersigned(cast: Cast) -> None:
    """Returned once with a reason, then countersigned by the host."""
    scientist, host = cast.browser_of("second"), cast.browser_of("host")
    paper = cast.folder / "document.png"
    scientist.goes_to(cast.notes["placement"]).sees("The report can be handed in from")
    today = f"{host.clock():%Y-%m-%d}"
    host.goes_to(cast.notes["placement"])
    host.performs("Change the last day", **{"Last day of the stay": today, "Reason": "All bioassays are done."})
    host.sees("Last day changed")
    scientist.takes_up("Write the report on the stay", about(cast))
    scientist.fills({"What you did, and what came of it": "Bioassays.", "File": paper}).presses("Hand in the report")
    host.takes_up("Countersign or return a report", about(cast)).sees("Bioassays.")
    host.performs("Return the report", Reason="Which species?").sees("Under way")
    scientist.takes_up("Write the report on the stay", about(cast)).sees("Which species?")
    scientist.fills({"What you did, and what came of it": "Bioassays with An. dirus."}).presses("Hand in the report")
    host.takes_up("Countersign or return a report", about(cast)).performs("Countersign the report")
    host.sees("Report countersigned")


def placement_is_certified(cast: Cast) -> None:
    """Closed by the secretariat; the certificate is bilingual and anybody can check it."""
    office, scientist = cast.browser_of("secretariat"), cast.browser_of("second")
    host = cast.browser_of("host")
    office.takes_up("Close a placement", about(cast)).cannot("Close and certify", "neither done nor excused")
    host.takes_up("Do the host's tasks after an arrival", about(cast))
    host.presses("Done: Register the accommodation with the police within 24 hours")
    host.presses("Done: Give the introduction to the lab and its safety rules")
    scientist.takes_up("Do the scientist's tasks after the arrival", about(cast))
    scientist.presses("Done: Apply for the residence permit within 30 days")
    office.goes_to(cast.notes["placement"]).performs("Close and certify").sees("Completed")
    scientist.goes_to(cast.notes["placement"]).follows("Certificate").sees_later("Open the PDF")
    scientist.sees(*cast["second"].shown)
    assert scientist.downloads("Open the PDF").startswith(b"%PDF")
    code = re.search(r"/verify/(\S+)", scientist.text)
    assert code
    check: Visitor = cast.newcomer().goes_to(f"/verify/{code.group(1)}")
    check.sees("This certificate is valid", *cast["second"].shown)
    check.goes_to(f"/language/zh?next=/verify/{code.group(1)}").sees("边境地区蚊虫抗药性")


def strangers_see_nothing(cast: Cast) -> None:
    """A placement exists for those whom it concerns."""
    for part in ("third", "reviewer1"):
        cast.browser_of(part).finds_nothing_at(cast.notes["placement"])
    home = cast.browser_of("home_office")
    if cast["home_office"].home != cast["second"].home:
        home.finds_nothing_at(cast.notes["placement"])
