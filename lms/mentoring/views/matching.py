"""Finding pairs: a run as a job, its result with reasons before anybody is asked, and what if."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.allocation import canonical_bytes
from lms.core.errors import NotFound
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_ngettext
from lms.core.ids import whole_number
from lms.core.web import access, current_actor, render_form
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.locale import zone_name
from lms.mentoring import matching as solving
from lms.mentoring.flow import MATCHING_RUN, PROPOSAL
from lms.mentoring.flow.reasons import field_names
from lms.mentoring.models import MatchingRun, MentoringScheme
from lms.mentoring.policy import MANAGE_RUN, MANAGE_SCHEME
from lms.mentoring.queries import matching as queries
from lms.mentoring.queries.schemes import counts_of, lock_scheme, scheme_visible_to
from lms.mentoring.rules import CRITERIA, OBJECTIVES, in_words, reasons
from lms.mentoring.services import matching as services
from lms.mentoring.views.blueprint import bp


@bp.route("/manage/<ref>/matching", methods=["GET", "POST"])
@access(MANAGE_SCHEME, load=scheme_visible_to)
def matching(scheme: MentoringScheme) -> ResponseReturnValue:
    """The runs of a scheme and the answers outstanding; a new run starts here and shows its progress."""
    form = EmptyForm()
    if run := form.submit(lambda: services.start_run(current_actor(), scheme)):
        return redirect(url_for("core.job_progress", job_id=run.job_id), 303)
    runs = queries.runs_of(scheme.id)
    return render_form(
        "mentoring/manage/matching.html",
        form,
        scheme=scheme,
        runs=runs,
        machine=MATCHING_RUN,
        proposal_machine=PROPOSAL,
        counts=counts_of(scheme),
        outstanding=queries.proposals_of(scheme.id),
        objective=OBJECTIVES[scheme.objective],
        may_run=scheme.state in ("published", "running")
        and not any(run.state in ("running", "proposed") for run in runs),
    )


@bp.get("/runs/<ref>")
@access(MANAGE_RUN, load=queries.run_visible_to)
def matching_run(run: MatchingRun) -> ResponseReturnValue:
    """Who would be proposed to whom, and why, before anybody is asked."""
    return _page(run)


def _page(run: MatchingRun, refused: Action | None = None) -> ResponseReturnValue:
    question = run.question
    people = queries.by_ref([one["id"] for side in ("mentees", "mentors") for one in question[side]])
    actions = actions_for(MATCHING_RUN, run)
    page = render_template(
        "mentoring/manage/run.html",
        run=run,
        scheme=run.scheme,
        state=MATCHING_RUN.state_of(run),
        pairs=_pairs(run, people),
        unmatched=[
            (people[ref], solving.UNMATCHED[why]) for ref, why in sorted(run.answer.get("unmatched", {}).items())
        ],
        load=_load(run, people),
        criteria=CRITERIA,
        objective=OBJECTIVES[question["objective"]],
        asked=_asked(run, people) if run.answer else None,
        mentors=[people[one["id"]] for one in question["mentors"]],
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
    )
    return page, 422 if refused else 200


def _pairs(run: MatchingRun, people: Any) -> list[dict[str, Any]]:
    """The pairs with their reasons on the coordinator's clock, the best score first."""
    actor, names = current_actor(), field_names()
    slots = {one["id"]: set(one["slots"]) for side in ("mentees", "mentors") for one in run.question[side]}
    week = run.scheme.closes_at.date()
    rows = []
    for ref, pair in run.answer.get("pairs", {}).items():
        hours = in_words(slots[ref] & slots[pair["mentor"]], actor.zone, week)
        rows.append(
            {
                "mentee": people[ref],
                "mentor": people[pair["mentor"]],
                "score": pair["score"],
                "parts": pair["parts"],
                "reasons": reasons(
                    pair["parts"], reader="", fields=names, hours=hours, zone_name=zone_name(actor.zone, actor.now)
                ),
            }
        )
    return sorted(rows, key=lambda row: (-row["score"], row["mentee"].ref))


def _load(run: MatchingRun, people: Any) -> list[dict[str, Any]]:
    """How many of the places that a mentor had free the run would give."""
    given = [pair["mentor"] for pair in run.answer.get("pairs", {}).values()]
    rows = []
    for one in run.question["mentors"]:
        some = given.count(one["id"])
        text = _l("%(value)s of %(maximum)s", value=some, maximum=one["places"])
        rows.append({"label": people[one["id"]].person.name, "value": some, "text": text})
    return sorted(rows, key=lambda row: (-row["value"], row["label"]))


def _asked(run: MatchingRun, people: Any) -> dict[str, Any] | None:
    """Who would move with another least score, or other places of a mentor. Nothing of it is kept."""
    floor = whole_number(request.args.get("floor", ""))
    places, mentor = whole_number(request.args.get("places", "")), request.args.get("mentor", "")
    known = {one["id"] for one in run.question["mentors"]}
    if floor is None and (places is None or mentor not in known):
        return None
    asked = {"floor": floor, "places": places, "mentor": mentor, "moves": None}
    if not solving.is_small(run.question):
        return asked
    other = solving.changed(
        run.question,
        floor=min(floor, 10_000) if floor is not None else None,
        places={mentor: min(places, 999)} if places is not None and mentor in known else None,
    )
    then = solving.answer(other).answer["pairs"]
    now = run.answer["pairs"]
    asked["moves"] = [
        {"mentee": people[one["id"]], "now": _mentor(now, one["id"], people), "then": _mentor(then, one["id"], people)}
        for one in run.question["mentees"]
        if now.get(one["id"], {}).get("mentor") != then.get(one["id"], {}).get("mentor")
    ]
    asked["pairs"] = len(then)
    return asked


def _mentor(pairs: Any, mentee: str, people: Any) -> Any:
    return people[pairs[mentee]["mentor"]] if mentee in pairs else None


@bp.post("/runs/<ref>/do/<transition>")
@access(MANAGE_RUN, load=queries.run_visible_to)
def do_run(run: MatchingRun, transition: str) -> ResponseReturnValue:
    """Send the proposals, or discard the run."""
    lock_scheme(run.scheme_id)
    if (refused := perform_posted(MATCHING_RUN, run, transition)) is not None:
        return _page(run, refused)
    if transition == "send":
        sent = run.answer["sent"]
        flash(lazy_ngettext("%(num)d pair was asked.", "%(num)d pairs were asked.", sent), "success")
        return redirect(url_for("mentoring.matching", ref=run.scheme.ref), 303)
    flash(MATCHING_RUN.transitions[transition].timeline_label, "success")
    return redirect(url_for("mentoring.matching", ref=run.scheme.ref), 303)


@bp.get("/runs/<ref>/<any(instance,result):part>.json")
@access(MANAGE_RUN, load=queries.run_visible_to)
def run_file(run: MatchingRun, part: str) -> Response:
    """What went in or came out, by references and without names, to repeat and to check the run."""
    content = getattr(run, part)
    if not content:
        raise NotFound
    response = Response(canonical_bytes(content), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="matching-{run.ref}-{part}.json"'
    return response
