"""How a scheme comes about in the journey of mentoring: it is made, staffed, joined, and pairs are found."""

import re
from datetime import timedelta

from tests.e2e.joining import is_invited
from tests.e2e.people import Cast
from tests.e2e.visitor import Visitor

SCHEME = "Mentors for outbreak scientists"
SCHEME_ZH = "暴发调查青年科学家导师计划"
FIELD = "Communicable Disease Prevention and Control Strategy"
EVENINGS = ("Monday 18:00 to 20:00", "Wednesday 18:00 to 20:00")


def secretariat_makes_a_scheme(cast: Cast) -> None:
    """With its dates, who may join and how pairs are found; a fault stands beside its field."""
    office = cast.browser_of("secretariat").goes_to("/dashboard").follows("Mentoring schemes").follows("New scheme")
    now = office.clock()
    office.fills(
        {
            "Title in English": SCHEME,
            "Title in Chinese": SCHEME_ZH,
            "Summary in English": "Learn from somebody who has been **there**.",
            "Summary in Chinese": "向有经验的人学习。",
            "Joining opens": f"{now - timedelta(days=1):%Y-%m-%dT09:00}",
            "Joining closes": f"{now - timedelta(days=2):%Y-%m-%dT17:00}",
            "Mentorships end": f"{now + timedelta(days=300):%Y-%m-%d}",
            "Least score of a pair": "300",
            "Days to answer a proposal": "3",
        }
    )
    office.presses("Save").sees("There is a problem", "Joining must end after it begins.")
    office.fills({"Joining closes": f"{now + timedelta(days=20):%Y-%m-%dT17:00}"}).presses("Save")
    office.sees("The scheme is a draft")
    cast.notes["scheme"] = office.page.url
    office.cannot("Publish", "Invite a coordinator to the office of the scheme first.")
    office.follows("Office and invitations")
    cast.notes["office"] = office.page.url.removesuffix("invitations")


def office_is_staffed(cast: Cast) -> None:
    """A coordinator and a safeguarding contact are invited by mail; then everybody can read the scheme."""
    for part, role in (("coordinator", "Mentoring coordinator"), ("contact", "Safeguarding contact")):
        if cast.site.is_seeded:
            inviter = cast.browser_of("secretariat").goes_to(f"{cast.notes['office']}invitations")
            inviter.fills({"E-mail address": cast[part].email, "Role": role}).presses("Send the invitation")
            member = cast.browser_of(part)
            member.opens_mail_link(cast[part].email, r"\S+/accounts/invitation/\S+").strip()
            member.presses("Accept the role").sees("You have the role now")
        else:
            is_invited(cast, part, by="secretariat", office=cast.notes["office"], role=role)
    cast.browser_of("secretariat").goes_to(cast.notes["scheme"]).performs("Publish").sees("Published")
    guest = cast.newcomer().goes_to("/").uses_menu("Mentoring")
    guest.goes_to("/mentoring/?q=zzzz").does_not_see(SCHEME)
    guest.goes_to("/mentoring/?q=暴发调查").follows(SCHEME).sees("How pairs are found", "Sign in to join")


def mentors_are_approved(cast: Cast) -> None:
    """Two offer to guide others; one is asked to say more before both are approved."""
    for part, about in (("first", "I read drafts."), ("second", "I know outbreaks, and how to write about them.")):
        person = _joins(cast, part, "Become a mentor")
        person.fills({"About you": about, "Years of experience": "20" if part == "first" else "12"})
        person.chooses("Fields", FIELD)
        person.chooses("Methods", "Scientific writing and publishing" if part == "first" else "Biostatistics")
        _says_when(person)
        person.presses("Send to the coordinator").sees("To be approved")
    office = cast.browser_of("coordinator").takes_up("Approve or return a mentor", _about(cast, "first"))
    office.performs("Return to the mentor", Reason="Please say how often you have time.").sees("Returned")
    first = cast.browser_of("first").takes_up("Finish and send your mentoring profile", SCHEME)
    first.sees("Please say how often you have time.").fills({"About you": "I read drafts, once a month."})
    first.presses("Send to the coordinator").sees("To be approved")
    for part in ("first", "second"):
        office.takes_up("Approve or return a mentor", _about(cast, part)).performs("Approve").sees("Approved")


def mentee_joins(cast: Cast) -> None:
    """The profile knows zone and language already, and saves itself while it is written."""
    mentee = _joins(cast, "mentee", "Find a mentor")
    assert mentee.page.get_by_label("English", exact=True).is_checked()
    mentee.chooses("Fields", FIELD).chooses("Methods", "Scientific writing and publishing")
    mentee.fills({"Years of experience": "2"})
    mentee.page.locator("#kept", has_text="Saved").wait_for()
    mentee.page.reload()
    assert mentee.page.get_by_label("Scientific writing and publishing", exact=True).is_checked()
    mentee.presses("Take part").sees("There is a problem", "hours in which you can meet")
    _says_when(mentee)
    mentee.fills({"About you": "My first outbreak report is due in spring."})
    mentee.presses("Take part").sees("Takes part")
    mentee.follows("My wishes").presses(f"Add to my list: {cast['first'].name}").sees(f"1. {cast['first'].name}")


def pairs_are_found(cast: Cast) -> None:
    """As a job with progress; the coordinator reads the reasons, asks what if, and only then sends."""
    office = cast.browser_of("coordinator").goes_to(cast.notes["scheme"]).follows("Find pairs")
    office.presses("Run the matching").sees_later("See the result").follows("See the result")
    office.sees("Nobody has been asked yet", cast["mentee"].name, cast["first"].name, "Fields in common", "asked for")
    cast.browser_of("mentee").goes_to("/mentoring/mine").does_not_see("Proposed to you")
    office.fills({"Least score of a pair": "9000"}).presses("Try").sees("Who would move")
    office.performs("Send the proposals").sees("1 pair was asked", "Answers outstanding")


def declined_goes_on_to_the_next_best(cast: Cast) -> None:
    """The first says no; the second is proposed by itself, with the reasons in words, and both say yes."""
    mentee = cast.browser_of("mentee")
    about = f"{cast['first'].name} · {SCHEME}"
    mentee.takes_up("Say yes or no to a proposed pair", about).sees(
        "Why you two", "Scientific writing", "You asked for"
    )
    mentee.performs("Yes, I would like this").sees("You said yes")
    first = cast.browser_of("first").takes_up("Say yes or no to a proposed pair", _about(cast, "mentee"))
    first.sees("A mentee for you", "The mentee asked for this mentor.").performs("No, thank you")
    first.sees("did not come about")
    mentee.gets_mail(cast["mentee"].email, "did not come about")
    second = cast.browser_of("second")
    second.gets_mail(cast["second"].email, re.escape(cast["mentee"].name))
    second.takes_up("Say yes or no to a proposed pair", _about(cast, "mentee")).sees("Hours in common each week")
    second.performs("Yes, I would like this").sees("You said yes")
    mentee.takes_up("Say yes or no to a proposed pair", f"{cast['second'].name} · {SCHEME}")
    mentee.performs("Yes, I would like this").sees("You both said yes")
    cast.notes["pair"] = mentee.page.url.partition("#")[0]


def _joins(cast: Cast, part: str, door: str) -> Visitor:
    person = cast.browser_of(part).goes_to("/mentoring/?q=outbreak").follows(SCHEME).presses(door)
    return person.sees("My profile as")


def _says_when(person: Visitor) -> None:
    """Two evenings a week; the page saves itself a moment later."""
    for evening in EVENINGS:
        person.page.get_by_label(evening, exact=True).check()
    if not person.page.get_by_label("English", exact=True).is_checked():
        person.chooses("Languages in which you can talk", "English")


def _about(cast: Cast, part: str) -> str:
    """How somebody's matter is called on dashboards."""
    return f"{cast[part].name} · {SCHEME}"
