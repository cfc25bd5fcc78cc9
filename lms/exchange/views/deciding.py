"""Allocation, decisions and release: what the secretariat sees before anybody else does."""

from functools import cache, partial
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.allocation import canonical_bytes
from lms.core import tabular
from lms.core.errors import NotFound
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.templating import in_reader_language
from lms.exchange.allocating import EXPLANATIONS, OUTCOME_TONES, OUTCOMES, explained, outcome_of, rank_of_choice
from lms.exchange.flow import ALLOCATION_RUN, APPLICATION, CALL
from lms.exchange.forms.deciding import DecisionForm, decision_form
from lms.exchange.models import AllocationRun, Application, Call
from lms.exchange.policy import DECIDE, MANAGE_CALLS
from lms.exchange.queries import calls
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.capacities import keys_above
from lms.exchange.queries.guarantees import Names, guarantees_of
from lms.exchange.services import allocation as services
from lms.exchange.views.blueprint import bp
from lms.exchange.views.figures import seen_by
from lms.exchange.views.kept import kept_by


@bp.route("/manage/calls/<ref>/allocation", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=calls.call_visible_to)
def allocation(call: Call) -> ResponseReturnValue:
    """The runs of a call's allocation; a new one starts here and shows its progress."""
    form = EmptyForm()
    if run := form.submit(lambda: services.start_run(current_actor(), call)):
        return redirect(url_for("core.job_progress", job_id=run.job_id), 303)
    runs = queries.runs_of(call)
    return render_form(
        "exchange/deciding/allocation.html",
        form,
        call=call,
        runs=runs,
        machine=ALLOCATION_RUN,
        may_run=call.state == "deciding" and not any(run.state in ("running", "recorded") for run in runs),
    )


@bp.get("/allocation/<ref>")
@access(MANAGE_CALLS, load=queries.run_visible_to)
def allocation_run(run: AllocationRun) -> ResponseReturnValue:
    """Who would get what, and why, before it binds."""
    return _run_page(run)


def _run_page(run: AllocationRun, refused: Action | None = None) -> ResponseReturnValue:
    page = render_template(
        "exchange/deciding/run.html",
        run=run,
        call=run.call,
        state=ALLOCATION_RUN.state_of(run),
        rows=_rows(run) if run.result else [],
        posts=_post_rows(run) if run.result else [],
        units=_unit_rows(run) if run.result else [],
        **(_seen(run) if run.result else {"kept": {}}),
        outcomes=OUTCOMES,
        tones=OUTCOME_TONES,
        actions=[
            refused if refused and refused.transition is one.transition else one
            for one in actions_for(ALLOCATION_RUN, run)
        ],
    )
    return page, 422 if refused else 200


def _seen(run: AllocationRun) -> dict[str, Any]:
    seen = seen_by(run)
    return {**seen, "kept": kept_by(run, seen["limits"])}


def _rows(run: AllocationRun) -> list[dict[str, Any]]:
    """One row for each application of the run but one's own, the best choices first."""
    posts = {post.ref: post for post in queries.approved_posts(run.call)}
    people = {
        application.ref: application
        for application in queries.applications_by_ref(run.call, list(run.instance["applicants"]))
    }
    decided = queries.decisions_of(run.call)
    facts, named, apart = run.facts.get("lines", {}), Names(run.call_id).group, run.facts.get("apart", ())
    rows = []
    for ref in run.instance["applicants"]:
        if people[ref].person_id == current_actor().person_id:
            continue
        decision = decided.get(people[ref].id)
        by_hand = decision if decision is not None and decision.run_id is None else None
        lines = [
            (
                in_reader_language(posts[line["post"]], "title") if line["post"] in posts else line["post"],
                explained(line, EXPLANATIONS, named, apart),
            )
            for line in facts.get(ref) or run.result["explanations"][ref]
        ]
        rows.append(
            {
                "application": people[ref],
                "outcome": by_hand.outcome if by_hand else outcome_of(ref, run.instance, run.result),
                "is_by_hand": by_hand is not None,
                "post": posts.get(run.result["assignments"].get(ref)),
                "choice": rank_of_choice(ref, run.instance, run.result),
                "lines": lines,
            }
        )
    order = list(OUTCOMES)
    return sorted(rows, key=lambda row: (order.index(row["outcome"]), row["choice"] or 0, row["application"].ref))


def _post_rows(run: AllocationRun) -> list[dict[str, Any]]:
    given = list(run.result["assignments"].values())
    return [
        {
            "post": post,
            "given": given.count(post.ref),
            "ranked": len(run.instance["posts"][post.ref]["priority"]),
            "cutoff": run.result["cutoffs"].get(post.ref, {}).get("last_position"),
            "elsewhere": run.facts.get("posts", {}).get(post.ref, {}).get("preferred_another"),
        }
        for post in queries.approved_posts(run.call)
        if post.ref in run.instance["posts"]
    ]


def _unit_rows(run: AllocationRun) -> list[dict[str, Any]]:
    """The limits of hosts and labs that went into a run, and how far each is filled."""
    posts = queries.approved_posts(run.call)
    things = {
        key: thing for one in posts for key, thing in zip(keys_above(one), (one.lab, one.institution), strict=True)
    }
    above = {one.ref: keys_above(one) for one in posts}
    given = [key for post in run.result["assignments"].values() for key in above.get(post, ())]
    return [
        {"thing": things[key], "seats": unit["capacity"], "given": given.count(key)}
        for key, unit in run.instance.get("units", {}).items()
        if key in things and unit["capacity"] is not None
    ]


_RESULT_HEADER = [
    _l("Reference"), _l("Applicant"), _l("Result"), _l("Choice"), _l("Post"), _l("Lab"), _l("Host"), _l("Why")
]  # fmt: skip


@bp.get("/allocation/<ref>/result.csv")
@access(MANAGE_CALLS, load=queries.run_visible_to)
def allocation_result(run: AllocationRun) -> Response:
    """Who would get what, and why, for a spreadsheet. Raises NotFound before there is a result."""
    if not run.result:
        raise NotFound
    lines = (
        [
            row["application"].ref,
            row["application"].person.name,
            OUTCOMES[row["outcome"]],
            row["choice"] or "",
            *(
                [
                    in_reader_language(row["post"], "title"),
                    in_reader_language(row["post"].lab, "name"),
                    in_reader_language(row["post"].institution, "name"),
                ]
                if row["post"]
                else [""] * 3
            ),
            "\n".join(str(_l("%(label)s: %(message)s", label=title, message=why)) for title, why in row["lines"]),
        ]
        for row in _rows(run)
    )
    response = Response("".join(tabular.to_csv(_RESULT_HEADER, lines)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="allocation-{run.ref}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/allocation/<ref>/do/<transition>")
@access(MANAGE_CALLS, load=queries.run_visible_to)
def do_run(run: AllocationRun, transition: str) -> ResponseReturnValue:
    """Record or discard a run."""
    if (refused := perform_posted(ALLOCATION_RUN, run, transition)) is not None:
        return _run_page(run, refused)
    flash(ALLOCATION_RUN.transitions[transition].timeline_label, "success")
    target = "exchange.decisions" if transition == "record" else "exchange.allocation"
    return redirect(url_for(target, ref=run.call.ref), 303)


@bp.get("/allocation/<ref>/instance.json")
@access(MANAGE_CALLS, load=queries.run_visible_to)
def allocation_instance(run: AllocationRun) -> Response:
    """What went in, for repeating the run with `flask allocation solve`. Raises NotFound as `_check_handed_out`."""
    _check_handed_out(run)
    return _json(services.instance_file(run), f"allocation-{run.ref}.json")


@bp.get("/allocation/<ref>/result.json")
@access(MANAGE_CALLS, load=queries.run_visible_to)
def allocation_file(run: AllocationRun) -> Response:
    """What came out, for checking it with `flask allocation check`.

    Raises NotFound before there is a result, and as `_check_handed_out`.
    """
    if not run.result:
        raise NotFound
    _check_handed_out(run)
    return _json(canonical_bytes(run.result), f"allocation-{run.ref}-result.json")


def _check_handed_out(run: AllocationRun) -> None:
    """The files hold every line. Raises NotFound before the release for whoever applied in this call."""
    if run.call.released_at is None and queries.has_applied(current_actor(), run.call):
        raise NotFound


def _json(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


_RELEASE = ("release", "stop_release")


# --- decisions --------------------------------------------------------------------------------------


_APPLICANT = looked_up(Application.person, "name")


def _decision_columns(call: Call) -> list[Column]:
    lines = cache(partial(queries.decision_lines, call.id))  # read once, and only by an export

    def line(row: Application) -> tuple[str, str, str]:
        return lines().get(row.id, ("", "", ""))

    return [
        Column(_l("Reference"), lambda row: row.ref),
        Column(_l("Applicant"), lambda row: row.person.name, "name", _APPLICANT),
        Column(
            _l("Home institution"),
            lambda row: in_reader_language(row.home_institution, "name") if row.home_institution else "",
            "home",
            looked_up(Application.home_institution, "name_en"),
        ),
        Column(
            _l("Decision"),
            lambda row: str(OUTCOMES.get(line(row)[0], "")),
            "decision",
            in_order_of(queries.OUTCOME, OUTCOMES),
        ),
        Column(_l("Post"), lambda row: line(row)[1]),
        Column(_l("Reason"), lambda row: line(row)[2]),
    ]


@bp.get("/manage/calls/<ref>/decisions")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def decisions(call: Call) -> Response:
    """Every decision of a call. Until the release nobody outside the secretariat sees any of it."""
    q, outcome = request.args.get("q", "").strip(), request.args.get("outcome", "")
    return render_list(
        "exchange/deciding/decisions.html",
        query=queries.decided_applications(current_actor(), call, q=q, outcome=outcome),
        order=[Key(_APPLICANT), Key(Application.id)],
        columns=_decision_columns(call),
        name="decisions",
        call=call,
        decided=queries.decisions_of(call),
        posts={post.id: post for post in queries.approved_posts(call)},
        outcomes=OUTCOMES,
        tones=OUTCOME_TONES,
        readiness=queries.readiness(call),
        job=queries.release_job(call),
        actions=[one for one in actions_for(CALL, call) if one.transition.name in _RELEASE],
        q=q,
        outcome=outcome,
    )


@bp.route("/decisions/<ref>", methods=["GET", "POST"])
@access(DECIDE, load=queries.staff_application)
def decide(application: Application) -> ResponseReturnValue:
    """Decide about one application by hand, with the reason."""
    if application.state != "in_review" or application.call.state != "deciding":
        raise NotFound
    posts = queries.choices_in(application.call).get(application.id, [])
    decision = queries.decision_of(application.id)
    form = decision_form(application, posts, decision)
    reserves = {one.post for one in guarantees_of(application.call_id).reserves}
    if form.submit(lambda: _decide(application, form)):
        flash(_l("The decision was kept. Nobody sees it before the release."), "success")
        return redirect(url_for("exchange.decisions", ref=application.call.ref), 303)
    return render_form(
        "exchange/deciding/decide.html",
        form,
        application=application,
        call=application.call,
        decision=decision,
        machine=APPLICATION,
        has_reserves=any(post.ref in reserves for post in posts),
    )


def _decide(application: Application, form: DecisionForm) -> Any:
    return services.decide_by_hand(
        current_actor(),
        application,
        outcome=form.outcome.data,
        post_ref=form.post.data or None,
        reason=form.reason.data or "",
        version=form.seen_version,
        overrides=form.overrides.data,
    )
