"""A concern about a mentorship: confided, taken up, closed with an answer to whoever confided it.

The platform itself stands in its history and journal as who began it, so that nobody reads there who it was.
"""

from lms.core import waiting
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.mentoring import messages
from lms.mentoring.models import Concern
from lms.mentoring.policy import HANDLE_CONCERN


def _stamp_outcome(context: Context) -> None:
    context.subject.outcome = str(context.inputs["outcome"])


def _stop_waiting(context: Context) -> None:
    waiting.close_items(context.actor, subject=("mentoring_concern", context.subject.id), kind=messages.LOOK_AT_CONCERN)


CONCERN = Machine(
    "mentoring_concern",
    model=Concern,
    initial="reported",
    states=[
        State("reported", _l("Reported"), "warning"),
        State("in_hand", _l("Being looked at"), "accent"),
        State("closed", _l("Answered"), "success", is_final=True),
    ],
    transitions=[
        Transition(
            "take_up",
            _l("Take it up"),
            ("reported",),
            "in_hand",
            HANDLE_CONCERN,
            effects=(_stop_waiting,),
            done_label=_l("Taken up"),
        ),
        Transition(
            "close",
            _l("Answer and close"),
            ("reported", "in_hand"),
            "closed",
            HANDLE_CONCERN,
            inputs=(
                Input("outcome", _l("Answer"), hint=_l("Only the person who confided this reads it, on the platform.")),
            ),
            stamps=(_stamp_outcome,),
            effects=(_stop_waiting,),
            tone="success",
            done_label=_l("Answered"),
        ),
    ],
)
