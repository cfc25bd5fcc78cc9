"""A mentorship: at work, resting, being closed with a note of both; or ended by either side without a reason."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Input, Machine, State, Transition
from lms.mentoring.flow import mentorship_steps as steps
from lms.mentoring.models import Mentorship
from lms.mentoring.policy import CHANGE_MENTOR, OWN_MENTORSHIP, WATCH_MENTORSHIP
from lms.mentoring.rules import LIVE

MENTORSHIP = Machine(
    "mentorship",
    model=Mentorship,
    initial="active",
    states=[
        State("active", _l("Under way"), "success"),
        State("paused", _l("Paused"), "warning"),
        State("closing", _l("Being closed"), "accent"),
        State("completed", _l("Completed"), "success", is_final=True),
        State("ended", _l("Ended"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "pause",
            _l("Pause for a while"),
            ("active",),
            "paused",
            OWN_MENTORSHIP,
            stamps=(steps.stamp_active,),
            effects=(steps.tell_paused,),
            tone="danger",
            done_label=_l("Paused"),
        ),
        Transition(
            "resume",
            _l("Go on"),
            ("paused",),
            "active",
            OWN_MENTORSHIP,
            stamps=(steps.stamp_active,),
            effects=(steps.tell_resumed,),
            tone="success",
            done_label=_l("Goes on"),
        ),
        Transition(
            "close",
            _l("Close with a note"),
            LIVE,
            "closing",
            OWN_MENTORSHIP,
            guards=(steps.has_not_written,),
            inputs=(
                Input(
                    "closing_note",
                    _l("Closing note"),
                    hint=_l(
                        "What came of it. Both of you read it here; both records tell that you closed it with a note."
                    ),
                ),
            ),
            stamps=(steps.stamp_note, steps.stamp_active),
            effects=(steps.close_or_ask_other,),
            tone="success",
            done_label=_l("Closing note written"),
        ),
        Transition(
            "complete",
            _l("Complete"),
            ("closing",),
            "completed",
            guards=(steps.may_be_closed,),
            stamps=(steps.stamp_end,),
            effects=(steps.certify,),
            by_clock=True,
            done_label=_l("Completed"),
        ),
        Transition(
            "change",
            _l("End it and look for another mentor"),
            LIVE,
            "ended",
            CHANGE_MENTOR,
            stamps=(steps.stamp_end,),
            effects=(steps.tell_ended, steps.find_another),
            confirm=_l("End this mentorship and be proposed another mentor? You need not give a reason."),
            done_label=_l("Ended"),
            tone="danger",
            is_public=False,
        ),
        Transition(
            "end",
            _l("End the mentorship"),
            LIVE,
            "ended",
            OWN_MENTORSHIP,
            stamps=(steps.stamp_end,),
            effects=(steps.tell_ended, steps.rest_the_mentee, steps.find_another),
            confirm=_l("End this mentorship? You need not give a reason. The other side is told plainly."),
            done_label=_l("Ended"),
            tone="danger",
            is_public=False,
        ),
        Transition(
            "end_by_office",
            _l("End the mentorship for both"),
            LIVE,
            "ended",
            WATCH_MENTORSHIP,
            stamps=(steps.stamp_end,),
            effects=(steps.tell_ended_by_office, steps.rest_both, steps.find_another),
            confirm=_l("End this mentorship? Both sides are told that the office of the scheme ended it."),
            done_label=_l("Ended by the office"),
            tone="danger",
        ),
        Transition(
            "remind",
            _l("Ask gently"),
            ("active",),
            None,
            guards=(steps.is_quiet,),
            effects=(steps.ask_gently,),
            by_clock=True,
            done_label=_l("Both were asked gently"),
        ),
        Transition(
            "ask_to_close",
            _l("Ask for closing notes"),
            ("active", "paused"),
            None,
            effects=(steps.ask_for_notes,),
            by_clock=True,
            done_label=_l("Closing notes asked for"),
        ),
    ],
)
