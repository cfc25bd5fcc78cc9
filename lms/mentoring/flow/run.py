"""A run of the matching: computed, looked at, then sent as proposals or discarded."""

from lms.core import waiting
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Machine, State, Transition
from lms.mentoring import messages
from lms.mentoring.flow.proposal import propose
from lms.mentoring.models import MatchingRun
from lms.mentoring.policy import MANAGE_RUN
from lms.mentoring.queries.schemes import scheme_by_id


def _scheme_goes_on(context: Context) -> Text | None:
    if scheme_by_id(context.subject.scheme_id).state in ("published", "running"):
        return None
    return _l("This scheme is over.")


def _has_pairs(context: Context) -> Text | None:
    return None if context.subject.answer.get("pairs") else _l("There is no pair to propose in this run.")


def _stamp_finished(context: Context) -> None:
    run: MatchingRun = context.subject
    run.finished_at = context.actor.now
    for name in ("answer", "instance", "result"):
        setattr(run, name, context.inputs.get(name, {}))


def _propose_all(context: Context) -> None:
    """Every pair that still can come about; whoever has left or found somebody meanwhile is passed over."""
    run: MatchingRun = context.subject
    scheme = scheme_by_id(run.scheme_id)
    sent = 0
    for mentee, pair in sorted(run.answer["pairs"].items()):
        sent += propose(context.actor, scheme, {**pair, "mentee": mentee}, run.id) is not None
    run.answer = {**run.answer, "sent": sent}
    waiting.close_items(context.actor, subject=("mentoring_scheme", run.scheme_id), kind=messages.RUN_MATCHING)


MATCHING_RUN = Machine(
    "mentoring_run",
    model=MatchingRun,
    initial="running",
    states=[
        State("running", _l("Being computed"), "info"),
        State("proposed", _l("To be looked at"), "accent"),
        State("sent", _l("Proposals sent"), "success", is_final=True),
        State("discarded", _l("Discarded"), "neutral", is_final=True),
        State("failed", _l("Failed"), "danger", is_final=True),
    ],
    transitions=[
        Transition(
            "finish", _l("Finish"), ("running",), "proposed", stamps=(_stamp_finished,), done_label=_l("Computed")
        ),
        Transition("fail", _l("Fail"), ("running",), "failed", stamps=(_stamp_finished,), done_label=_l("Failed")),
        Transition(
            "send",
            _l("Send the proposals"),
            ("proposed",),
            "sent",
            MANAGE_RUN,
            guards=(_scheme_goes_on, _has_pairs),
            effects=(_propose_all,),
            tone="success",
            confirm=_l("Send the proposals? Mentors and mentees read them at once, each with the reasons."),
            done_label=_l("Proposals sent"),
        ),
        Transition(
            "discard",
            _l("Discard this run"),
            ("running", "proposed"),
            "discarded",
            MANAGE_RUN,
            tone="danger",
            confirm=_l("Discard this run? Nobody has seen it."),
            done_label=_l("Discarded"),
        ),
    ],
)
