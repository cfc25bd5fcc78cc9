"""What people receive from mentoring, and what waits for them."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind
from lms.notifications.messages import Message

MENTOR_APPROVED = Message("mentoring_mentor_approved", "mentoring_mentor_approved")
MENTOR_RETURNED = Message("mentoring_mentor_returned", "mentoring_mentor_returned")
MENTOR_REFUSED = Message("mentoring_mentor_refused", "mentoring_mentor_refused")
SCHEME_CANCELLED = Message("mentoring_scheme_cancelled", "mentoring_scheme_cancelled")
PROPOSED = Message("mentoring_proposed", "mentoring_proposed")
NOT_AGREED = Message("mentoring_not_agreed", "mentoring_not_agreed")
AGREED = Message("mentoring_agreed", "mentoring_agreed")
MEETING_PROPOSED = Message("mentoring_meeting_proposed", "mentoring_meeting_proposed")
MEETING_CONFIRMED = Message("mentoring_meeting_confirmed", "mentoring_meeting_confirmed")
MEETING_CANCELLED = Message("mentoring_meeting_cancelled", "mentoring_meeting_cancelled")
MEETING_SOON = Message("mentoring_meeting_soon", "mentoring_meeting_soon")
QUIET = Message("mentoring_quiet", "mentoring_quiet")
PAUSED = Message("mentoring_paused", "mentoring_paused")
RESUMED = Message("mentoring_resumed", "mentoring_resumed")
ENDED = Message("mentoring_ended", "mentoring_ended")
ENDED_BY_OFFICE = Message("mentoring_ended_by_office", "mentoring_ended_by_office")
TIME_TO_CLOSE = Message("mentoring_time_to_close", "mentoring_time_to_close")
COMPLETED = Message("mentoring_completed", "mentoring_completed")
CONCERN_REPORTED = Message("mentoring_concern", "mentoring_concern")

FINISH_PROFILE = register_kind(
    WaitingKind("finish_mentoring_profile", _l("Finish and send your mentoring profile"), "mentoring.profile")
)
APPROVE_MENTOR = register_kind(
    WaitingKind("approve_mentor", _l("Approve or return a mentor"), "mentoring.manage_participant")
)
RUN_MATCHING = register_kind(
    WaitingKind("run_mentor_matching", _l("Find pairs of mentors and mentees"), "mentoring.matching", is_public=False)
)
ANSWER_PROPOSAL = register_kind(
    WaitingKind("answer_mentoring_proposal", _l("Say yes or no to a proposed pair"), "mentoring.proposal")
)
FIRST_MEETING = register_kind(
    WaitingKind("propose_first_meeting", _l("Propose the first meeting"), "mentoring.mentorship")
)
ANSWER_MEETING = register_kind(WaitingKind("answer_meeting", _l("Confirm a meeting"), "mentoring.mentorship"))
CLOSE_MENTORSHIP = register_kind(
    WaitingKind("close_mentorship", _l("Close a mentorship with a note"), "mentoring.mentorship", working_days=10)
)
LOOK_AT_CONCERN = register_kind(
    WaitingKind(
        "look_at_concern",
        _l("Look at a concern"),
        "mentoring.concern",
        is_public=False,
        working_days=2,
        is_confidential=True,
    )
)
