"""From the close of the call to the release of its decisions in journey 2."""

import re
from datetime import timedelta

from tests.e2e.exchange_opening import CALL, OTHER, WANTED
from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor

CRITERIA = ("Scientific quality", "Fit with the post", "Benefit for the home country", "Feasibility of the work plan")
HIGH, MIDDLE, LOW = "5 – outstanding", "3 – as expected", "2 – below what is expected"
REASON = "No lab of this call has a place for your work."
_APPLICANTS = ("scientist", "second", "third", "fourth")


def reviewers_are_assigned(cast: Cast) -> None:
    """By hand, where a conflict of interest is blocked; the rest is shared out."""
    office = cast.browser_of("secretariat").goes_to(cast.notes["call"])
    office.performs("Close for applications", Reason="Every place has enough applicants.").sees(
        "Screen every application"
    )
    office.takes_up("Assign reviewers", CALL)
    for part, why in (("second", "home institution"), ("fourth", "The applicant asked")):
        office.follows(cast[part].name)
        blocked = office.page.locator("tr", has_text=cast["tied"].name).inner_text()
        assert "May not review" in blocked, blocked
        assert why in blocked, blocked
        office.follows("Reviewers")
    office.follows(cast["scientist"].name)
    for part in ("reviewer1", "reviewer2"):
        office.presses(f"Ask {cast[part].name}").sees(cast[part].name, "To be written")
    office.follows("Reviewers").follows(cast["third"].name)
    for part in ("reviewer1", "tied"):
        office.presses(f"Ask {cast[part].name}").sees(cast[part].name, "To be written")
    office.goes_to(cast.notes["call"]).follows("Reviewers").presses("Assign all that are lacking")
    office.sees("Reviewers lacking", "0")


def reviewer_gives_a_review_back(cast: Cast) -> None:
    """For a tie that only the reviewer knows; another one is asked to take over."""
    reviewer, office = cast.browser_of("reviewer1"), cast.browser_of("secretariat")
    about = f"{cast['third'].name} · {CALL}"
    reviewer.takes_up("Review an application", about)
    reviewer.performs("Give back because of a conflict of interest", Reason="We publish together.")
    reviewer.sees("You will not be asked about this person again.").goes_to("/waiting/").does_not_see(about)
    office.takes_up("Assign reviewers", CALL).follows(cast["third"].name).sees("Given back", "We publish together.")
    assert not office.page.get_by_role("button", name=f"Ask {cast['reviewer1'].name}").count()
    office.presses(f"Ask {cast['reviewer2'].name}").sees("The reviewer was asked.")


def reviews_are_written(cast: Cast) -> None:
    """Two disagree about one applicant, so that a third is asked."""
    office = cast.browser_of("secretariat")
    write_reviews(cast, "reviewer1", HIGH)
    write_reviews(cast, "reviewer2", LOW)
    write_reviews(cast, "tied", MIDDLE)
    office.goes_to(cast.notes["call"]).follows("Reviewers").sees("They disagree")
    office.presses("Assign all that are lacking")
    write_reviews(cast, "tied", MIDDLE)
    third = cast.browser_of("tied").goes_to("/reviews/").follows(cast["scientist"].name)
    third.sees("What other reviewers handed in", f"Solid. {HIGH}", f"Solid. {LOW}")
    office.goes_to(cast.notes["call"]).follows("Reviewers").sees("3 of 3")


def write_reviews(cast: Cast, part: str, extreme: str) -> None:
    """Everything that waits on the dashboard; extreme about the scientist, in the middle about the others."""
    reviewer = cast.browser_of(part).goes_to("/dashboard")
    waiting = re.compile(rf"Review an application: .* · {re.escape(CALL)}$")
    while (links := reviewer.page.get_by_role("link", name=waiting)).count():
        reviewer.takes_up("Review an application", (links.first.get_attribute("aria-label") or "").partition(": ")[2])
        assert "What other reviewers handed in" not in reviewer.text
        score = extreme if cast["scientist"].name in reviewer.page.inner_text("h1") else MIDDLE
        for criterion in CRITERIA:
            reviewer.chooses(criterion, score)
        reviewer.presses("Hand in").sees("There is a problem")
        reviewer.fills({"Comment": f"Solid. {extreme}"}).presses("Hand in").sees("was handed in")
        reviewer.goes_to("/dashboard")


def hosts_rank(cast: Cast) -> None:
    """Put the applicants of their posts in order, and refuse one everywhere, with reasons."""
    office, host = cast.browser_of("secretariat"), cast.browser_of("host")
    due = office.clock() + timedelta(days=7)
    office.goes_to(cast.notes["call"]).performs("Ask hosts to rank", **{"Hosts rank until": f"{due:%Y-%m-%d}"})
    office.sees("Hosts rank the applicants of their posts.")
    names = {part: cast[part].name for part in _APPLICANTS}
    host.takes_up("Rank the applicants for a post", WANTED).follows(names["scientist"]).sees("I study Anopheles dirus.")
    host.follows("Back to the candidates")
    host.fills({f"Position of {names[part]}": place for place, part in enumerate(("scientist", "fourth", "second"), 1)})
    host.presses("Hand in the ranking").sees("There is a problem")
    host.fills({f"Why you refuse {names['third']}": "No work with live mosquitoes."})
    host.presses("Hand in the ranking").sees("Ranked")
    host.takes_up("Rank the applicants for a post", OTHER)
    host.fills({f"Position of {names['scientist']}": 1, f"Why you refuse {names['third']}": "No licence for the sera."})
    host.presses("Hand in the ranking").sees("Ranked")


def allocation_is_run(cast: Cast) -> None:
    """The result is seen before it binds, discarded once, run again and recorded. The lab's limit binds."""
    office = cast.browser_of("secretariat").goes_to(cast.notes["call"]).performs("Start deciding")
    office.takes_up("Run the allocation and decide", CALL)
    runs_the_allocation(office).performs("Discard this run").sees("Discarded")
    runs_the_allocation(office)
    full = "Every place of the lab or host went to people who stand higher."
    for part, *said in (
        ("scientist", "Offer", WANTED),
        ("second", "Waiting list", full),
        ("third", "Not selected", "The host refused consent or did not rank this person."),
        ("fourth", "Waiting list", full),
    ):
        row = office.page.locator("tr", has_text=cast[part].name).first.inner_text()
        assert all(text in row for text in said), row
    assert "1 of 2" in office.page.locator("tr", has_text=WANTED).last.inner_text(), office.text
    office.performs("Record as decisions", **{"Reason for those who are not selected": REASON})
    office.sees(cast["second"].name)
    cast.notes["decisions"] = office.page.url


def runs_the_allocation(office: Visitor) -> Visitor:
    """A long job that shows how far it is; then its result."""
    office.presses("Run the allocation").sees_later("See the result").follows("See the result")
    return office.sees("Result of the allocation", "Nobody outside the secretariat sees this page")


def what_others_see(cast: Cast) -> dict[str, str]:
    """Everything that applicants, their home side, hosts and reviewers could read about the call."""
    seen = {}
    ref = cast.notes["call"].rpartition("/")[2]
    for part in (*_APPLICANTS, "home_office", "host", "reviewer1"):
        person = cast.browser_of(part)
        own = (
            [cast.notes[part], f"/exchange/offers/{cast.notes[part].rpartition('/')[2]}"] if part in cast.notes else []
        )
        pages = ["/dashboard", "/waiting/", "/exchange/", f"/exchange/calls/{ref}", f"/search?q={CALL.split()[0]}"]
        pages += ["/exchange/applications/", "/exchange/placements/", "/exchange/placements/?format=csv", *own]
        for path in pages:
            answer = person.page.request.get(path if path.startswith("http") else cast.site.url + path)
            seen[f"{part} {path}"] = f"{answer.status} {plain(answer.text())}"
        seen[f"{part} mail"] = person.fetches(f"/demo/mail?q={cast[part].email}&format=csv").decode()
    return seen


def plain(html: str) -> str:
    """A page without what differs each time it is opened: hidden fields, and the number of a refused request."""
    return re.sub(r'<input[^>]*type="hidden"[^>]*>|(?<=give this number: )\w+', "", html)


def decisions_are_released(cast: Cast) -> None:
    """All together; everybody is told at once, and who was not selected reads why."""
    rejected = cast.browser_of("third").goes_to(cast.notes["third"]).sees("In review").does_not_see(REASON)
    office = cast.browser_of("secretariat").goes_to(cast.notes["decisions"]).performs("Release all decisions")
    office.sees_later("Done on").follows("See the result").sees("Released on")
    for part in _APPLICANTS:
        cast.browser_of(part).gets_mail(cast[part].email, rf"(?i)offer|waiting list|{re.escape(REASON)}")
    cast.browser_of("scientist").goes_to(cast.notes["scientist"]).sees("Offer")
    rejected.goes_to(cast.notes["third"]).sees("Not selected", REASON, "The host did not include you in its order.")
    for part in ("second", "fourth"):
        waiting = cast.browser_of(part).goes_to(cast.notes[part]).sees("On the waiting list")
        waiting.sees("The places of the lab or host went to people who stand higher.")
