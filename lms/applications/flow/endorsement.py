"""An endorsement: asked for by one of three routes, given or refused by the home side."""

from lms.applications.flow import endorsement_effects as then
from lms.applications.models import Endorsement
from lms.applications.policy import CHECK_SHEET, DECIDE_ENDORSEMENT, UPLOAD_SHEET
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition


def _stamp_decided(context: Context) -> None:
    context.subject.decided_at = context.actor.now
    context.subject.decided_by_id = context.actor.person_id


def _stamp_reason(context: Context) -> None:
    context.subject.reason = str(context.inputs.get("reason", ""))


def _stamp_file(context: Context) -> None:
    context.subject.file_id = context.inputs["file_id"]


def _is_due(context: Context) -> Text | None:
    """The clock may ring for a due time that was moved meanwhile."""
    if context.actor.now < context.subject.due_at:
        return _l("There is still time to answer.")
    return None


ENDORSEMENT = Machine(
    "endorsement",
    model=Endorsement,
    initial="requested",
    states=[
        State("requested", _l("Asked for"), "info"),
        State("uploaded", _l("Sheet is being checked"), "info"),
        State("given", _l("Endorsed"), "success", is_final=True),
        State("refused", _l("Refused"), "danger", is_final=True),
        State("cancelled", _l("Cancelled"), "neutral", is_final=True),
        State("expired", _l("Expired"), "warning", is_final=True),
    ],
    transitions=[
        Transition(
            "give",
            _l("Endorse"),
            ("requested",),
            "given",
            DECIDE_ENDORSEMENT,
            stamps=(_stamp_decided,),
            effects=(then.tell_given,),
            tone="success",
            done_label=_l("Endorsed"),
        ),
        Transition(
            "refuse",
            _l("Refuse"),
            ("requested",),
            "refused",
            DECIDE_ENDORSEMENT,
            inputs=(Input("reason", _l("Reason"), hint=_l("The applicant reads this.")),),
            stamps=(_stamp_decided, _stamp_reason),
            effects=(then.tell_refused,),
            tone="danger",
            done_label=_l("Endorsement refused"),
        ),
        Transition(
            "upload",
            _l("Hand in the sealed sheet"),
            ("requested",),
            "uploaded",
            UPLOAD_SHEET,
            stamps=(_stamp_file,),
            effects=(then.ask_for_check,),
            done_label=_l("Sheet handed in"),
        ),
        Transition(
            "accept_sheet",
            _l("Accept the sheet"),
            ("uploaded",),
            "given",
            CHECK_SHEET,
            stamps=(_stamp_decided, _stamp_reason),  # what was wrong with a sheet before is settled
            effects=(then.tell_given,),
            tone="success",
            done_label=_l("Sheet accepted"),
        ),
        Transition(
            "record_refusal",
            _l("Record the refusal on the sheet"),
            ("uploaded",),
            "refused",
            CHECK_SHEET,
            inputs=(Input("reason", _l("Reason"), hint=_l("The applicant reads this.")),),
            stamps=(_stamp_decided, _stamp_reason),
            effects=(then.tell_refused,),
            tone="danger",
            done_label=_l("Endorsement refused"),
        ),
        Transition(
            "refuse_sheet",
            _l("Ask for another sheet"),
            ("uploaded",),
            "requested",
            CHECK_SHEET,
            inputs=(Input("reason", _l("Reason"), hint=_l("The applicant reads this.")),),
            stamps=(_stamp_reason,),
            effects=(then.ask_for_another_sheet,),
            tone="warning",
            done_label=_l("Another sheet was asked for"),
        ),
        Transition(
            "cancel",
            _l("Choose another way"),
            ("requested", "uploaded"),
            "cancelled",
            UPLOAD_SHEET,
            effects=(then.stop_waiting,),
            tone="danger",
            done_label=_l("Request for endorsement cancelled"),
        ),
        Transition(
            "expire",
            _l("Expire"),
            ("requested",),
            "expired",
            guards=(_is_due,),
            effects=(then.tell_expired,),
            by_clock=True,
            done_label=_l("Not answered in time"),
        ),
    ],
)
