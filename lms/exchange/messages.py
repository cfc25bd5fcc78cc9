"""What people receive from the exchange while calls are prepared and applied to, and what waits for them."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind
from lms.notifications.messages import Message

POSTS_INVITED = Message("posts_invited", "posts_invited")
POST_APPROVED = Message("post_approved", "post_approved")
POST_RETURNED = Message("post_returned", "post_returned")
POST_WITHDRAWN = Message("post_withdrawn", "post_withdrawn")
GUARANTEES_CHANGED = Message("guarantees_changed", "guarantees_changed")
CALL_CANCELLED = Message("call_cancelled", "call_cancelled")
APPLICATION_RECEIVED = Message("application_received", "application_received")

APPROVE_POST = register_kind(WaitingKind("approve_post", _l("Approve or return a post"), "exchange.manage_post"))
CORRECT_POST = register_kind(WaitingKind("correct_post", _l("Correct a returned post"), "exchange.edit_post"))
FINISH_APPLICATION = register_kind(
    WaitingKind("finish_application", _l("Finish and submit your application"), "exchange.application")
)

# --- screening, deciding, offers and placements -----------------------------------------------------------

APPLICATION_RETURNED = Message("application_returned", "application_returned")
APPLICATION_INELIGIBLE = Message("application_ineligible", "application_ineligible")
APPLICATION_IN_REVIEW = Message("application_in_review", "application_in_review")
RANKING_ASKED = Message("ranking_asked", "ranking_asked")
OFFER_MADE = Message("offer_made", "offer_made")
APPLICATION_WAITLISTED = Message("application_waitlisted", "application_waitlisted")
APPLICATION_REJECTED = Message("application_rejected", "application_rejected")
OFFER_LAPSED = Message("offer_lapsed", "offer_lapsed")
OFFER_RESCINDED = Message("offer_rescinded", "offer_rescinded")
PLACEMENT_BEGINS = Message("placement_begins", "placement_begins")
REPORT_SUBMITTED = Message("report_submitted", "report_submitted")
REPORT_RETURNED = Message("report_returned", "report_returned")
PLACEMENT_END_CHANGED = Message("placement_end_changed", "placement_end_changed")
PLACEMENT_ENDED = Message("placement_ended", "placement_ended")

SCREEN = register_kind(WaitingKind("screen", _l("Screen an application"), "exchange.screen"))
CORRECT_APPLICATION = register_kind(
    WaitingKind("correct_application", _l("Put right what was returned"), "exchange.application")
)
RANK = register_kind(WaitingKind("rank", _l("Rank the applicants for a post"), "exchange.rank", is_public=False))
DECIDE = register_kind(
    WaitingKind("decide_call", _l("Run the allocation and decide"), "exchange.allocation", is_public=False)
)
ANSWER_OFFER = register_kind(WaitingKind("answer_offer", _l("Accept or decline an offer"), "exchange.offer"))
# Due on the day on which a stay is planned to begin; where that is by agreement, in some weeks.
PREPARE_STAY = register_kind(WaitingKind("prepare_stay", _l("Prepare the stay"), "exchange.placement", working_days=20))
CONFIRM_ARRIVAL = register_kind(
    WaitingKind("confirm_arrival", _l("Confirm an arrival"), "exchange.placement", working_days=20)
)
SETTLE_IN = register_kind(
    WaitingKind("settle_in", _l("Do the scientist's tasks after the arrival"), "exchange.placement")
)
HOST_TASKS = register_kind(WaitingKind("host_tasks", _l("Do the host's tasks after an arrival"), "exchange.placement"))
WRITE_REPORT = register_kind(
    WaitingKind("write_report", _l("Write the report on the stay"), "exchange.placement", working_days=10)
)
COUNTERSIGN = register_kind(
    WaitingKind("countersign_report", _l("Countersign or return a report"), "exchange.placement", working_days=10)
)
CLOSE_PLACEMENT = register_kind(WaitingKind("close_placement", _l("Close a placement"), "exchange.placement"))
