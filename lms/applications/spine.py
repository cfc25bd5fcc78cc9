"""The states that every kind of application shares; each domain's flow takes those it uses."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import State

DRAFT = State("draft", _l("Draft"))
SUBMITTED = State("submitted", _l("Submitted"), "info")
RETURNED = State("returned", _l("Returned for correction"), "warning")
INELIGIBLE = State("ineligible", _l("Not eligible"), "danger", is_final=True)
IN_REVIEW = State("in_review", _l("In review"), "info")
WAITLISTED = State("waitlisted", _l("On the waiting list"), "accent")
OFFERED = State("offered", _l("Offer made"), "accent", _l("You have an offer"))
ACCEPTED = State("accepted", _l("Accepted"), "success")
DECLINED = State("declined", _l("Offer declined"), "neutral", is_final=True)
LAPSED = State("lapsed", _l("Offer lapsed"), "neutral", is_final=True)
REJECTED = State("rejected", _l("Not selected"), "danger", is_final=True)
WITHDRAWN = State("withdrawn", _l("Withdrawn"), "neutral", is_final=True)
RESCINDED = State("rescinded", _l("Offer rescinded"), "danger", is_final=True)

# Nothing more happens in these.
CLOSED = frozenset({"ineligible", "declined", "lapsed", "rejected", "withdrawn", "rescinded"})
