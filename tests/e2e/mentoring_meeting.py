"""From the first meeting to the closing notes in the journey of mentoring."""

import re
from datetime import timedelta

from tests.e2e.mentoring_joining import SCHEME
from tests.e2e.people import Cast
from tests.mentoring.ical import parse

CONCERN = "He asks me to review his papers instead of mine."
PRIVATE = "Ask about the visa, not now."


def first_meeting_is_in_both_calendars(cast: Cast) -> None:
    """Proposed on one's own clock, shown on both, confirmed; each reads it under a private address."""
    mentee, mentor = cast.browser_of("mentee"), cast.browser_of("second")
    now = mentee.clock()
    mentee.goes_to(cast.notes["pair"]).fills({"Goal": "Hand in the outbreak report"}).presses("Add the goal")
    mentee.sees("Hand in the outbreak report")
    mentee.fills({"Begins": f"{now - timedelta(days=1):%Y-%m-%dT18:00}"}).presses("Propose the meeting")
    mentee.sees("Choose a time that is still to come")
    mentee.fills({"Begins": f"{now + timedelta(days=1):%Y-%m-%dT18:30}", "Minutes": "90"})
    mentee.presses("Propose the meeting").sees("The time was proposed")
    mentor.takes_up("Confirm a meeting", f"{cast['mentee'].name} · {SCHEME}")
    clocks = {cast["mentee"].zone, cast["second"].zone}
    if len(clocks) > 1:
        mentor.sees("Mentor:", "Mentee:", "18:30")
    mentor.performs("Confirm").sees("Meeting confirmed")
    for person in (mentee, mentor):
        person.goes_to("/mentoring/mine").presses("Make my calendar address")
        address = re.search(r"\S+/mentoring/calendar/\S+\.ics", person.page.content().replace('"', " "))
        assert address
        events = parse(cast.newcomer().fetches(address.group().rpartition(">")[2])).events
        uid = cast.notes.setdefault("uid", events[-1]["UID"])
        assert [event["STATUS"] for event in events if event["UID"] == uid] == ["CONFIRMED"], events


def notes_are_shared_or_private(cast: Cast) -> None:
    """A private note is read by its author alone; progress is seen by both."""
    mentee, mentor = cast.browser_of("mentee"), cast.browser_of("second")
    mentor.goes_to(cast.notes["pair"]).fills({"Note": PRIVATE}).presses("Keep the note").sees(PRIVATE, "Only you")
    mentor.fills({"How far: Hand in the outbreak report": "Half way"}).presses("Save: Hand in the outbreak report")
    mentee.goes_to(cast.notes["pair"]).does_not_see(PRIVATE).sees("Half way", "was last active")


def concern_is_unseen_by_the_other(cast: Cast) -> None:
    """It goes to the safeguarding contact, who answers; neither mentor nor coordinator nor secretariat sees a trace."""
    mentee, contact = cast.browser_of("mentee"), cast.browser_of("contact")
    watching = {part: cast.browser_of(part) for part in ("second", "coordinator", "secretariat")}
    before = {part: person.goes_to("/waiting/").text for part, person in watching.items()}
    mentee.goes_to(cast.notes["pair"]).follows("Confide a concern").fills({"What happened": CONCERN})
    mentee.presses("Send in confidence").sees("went to the safeguarding contact", CONCERN)
    contact.gets_mail(cast["contact"].email, r"/mentoring/concerns/\S+")
    contact.takes_up("Look at a concern", SCHEME).sees(CONCERN, cast["mentee"].name, "In confidence")
    secret = contact.page.url
    contact.performs("Answer and close", Answer="Thank you. We call you tomorrow.").sees("Answered")
    mentee.goes_to(f"{cast.notes['pair']}/concern").sees("Thank you. We call you tomorrow.")
    for part, person in watching.items():
        assert person.goes_to("/waiting/").text == before[part], part
        person.finds_nothing_at(secret)
        assert not [mail for mail in person.mails(cast[part].email) if "oncern" in mail], part
    watching["second"].goes_to(cast.notes["pair"]).does_not_see(CONCERN)
    watching["coordinator"].goes_to(f"{cast.notes['scheme']}/mentorships").sees(cast["mentee"].name)


def it_closes_with_a_note_of_both(cast: Cast) -> None:
    """The clock counts the meeting; both write, the mentor gets a certificate, and it stands in both records."""
    presenter = cast.newcomer().goes_to("/demo/clock")
    for _day in range(2):
        presenter.presses("One day on")
    mentee, mentor = cast.browser_of("mentee"), cast.browser_of("second")
    mentor.goes_to(cast.notes["pair"]).sees_later("Held")
    mentor.performs("Close with a note", **{"Closing note": "She will do well."}).sees("Closing note written")
    mentee.takes_up("Close a mentorship with a note", f"{cast['second'].name} · {SCHEME}")
    mentee.performs("Close with a note", **{"Closing note": "The report is handed in."}).sees("Completed", "1.5")
    mentor.goes_to(cast.notes["pair"]).sees("The report is handed in.").follows("Certificate")
    mentor.sees_later("Open the PDF")
    assert mentor.downloads("Open the PDF").startswith(b"%PDF")
    code = re.search(r"/verify/(\S+)", mentor.text)
    assert code
    cast.newcomer().goes_to(f"/verify/{code.group(1)}").sees("This certificate is valid", cast["second"].name)
    for person in (mentee, mentor):
        person.goes_to("/record/").sees(SCHEME, "Completed")
