"""The secretariat's pages: making a call, its rules, its posts, and moving it on."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.applications.eligibility import RULE_KINDS, Facts
from lms.applications.queries.calls import current_rules, rules_versions
from lms.applications.queries.facts import outcomes
from lms.core.errors import NotFound
from lms.core.i18n import current_language, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import actions_for, perform_posted
from lms.core.web.fields import choices
from lms.core.web.queues import on_to_next, queue_of
from lms.core.web.translating import translation_page
from lms.core.workflow import history_of
from lms.exchange import messages
from lms.exchange.flow import CALL, POST
from lms.exchange.forms.calls import RULE_FORMS, CallForm, InviteForm, RequirementsForm, rule_data
from lms.exchange.models import Call, Post
from lms.exchange.policy import APPROVE_POST, MANAGE_CALLS
from lms.exchange.queries import calls, posts
from lms.exchange.queries.capacities import capacities_of
from lms.exchange.queries.deciding import release_job
from lms.exchange.queries.guarantees import guarantees_of
from lms.exchange.services import calls as services
from lms.exchange.views.blueprint import bp

_CALL_COLUMNS = [
    Column(_l("Call"), lambda call: call.title_en, "title", Call.title_en),
    Column(_l("Call in Chinese"), lambda call: call.title_zh),
    Column(_l("State"), lambda call: str(CALL.state_of(call).label), "state", in_order_of(Call.state, CALL.states)),
    Column(_l("Opens"), lambda call: call.opens_at, "opens", Call.opens_at),
    Column(_l("Closes"), lambda call: call.closes_at, "closes", Call.closes_at),
]
_POST_COLUMNS = [
    Column(_l("Post"), lambda post: in_reader_language(post, "title"), "title", Post.title_en),
    Column(
        _l("Institution"),
        lambda post: in_reader_language(post.institution, "name"),
        "institution",
        looked_up(Post.institution, "name_en"),
    ),
    Column(_l("Lab"), lambda post: in_reader_language(post.lab, "name"), "lab", looked_up(Post.lab, "name_en")),
    Column(_l("State"), lambda post: str(POST.state_of(post).label), "state", in_order_of(Post.state, POST.states)),
    Column(_l("Places"), lambda post: post.places, "places", Post.places),
    Column(_l("Months"), lambda post: post.months, "months", Post.months),
]


@bp.get("/manage/calls/")
@access(MANAGE_CALLS)
def manage_calls() -> Response:
    """All calls."""
    q, state = request.args.get("q", ""), request.args.get("state", "")
    return render_list(
        "exchange/manage/calls.html",
        query=calls.managed_calls(current_actor(), q=q, state=state),
        order=[Key(Call.closes_at, descending=True), Key(Call.id, descending=True)],
        columns=_CALL_COLUMNS,
        name="calls",
        machine=CALL,
        q=q,
        state=state,
    )


@bp.route("/manage/calls/new", methods=["GET", "POST"])
@access(MANAGE_CALLS)
def new_call() -> ResponseReturnValue:
    """Open a call in draft, with the usual rules."""
    actor = current_actor()
    start = actor.now.replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    form = CallForm(
        zone="Asia/Shanghai",
        opens_local=start + timedelta(days=14),
        closes_local=start.replace(hour=17) + timedelta(days=74),
    )
    if call := form.submit(lambda: services.open_call(actor, **form.columns())):
        flash(_l("The call is a draft. Look through its rules, then let hosts draft posts."), "success")
        return redirect(url_for("exchange.manage_call", ref=call.ref), 303)
    return render_form("exchange/manage/call_form.html", form, call=None)


@bp.get("/manage/calls/<ref>")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def manage_call(call: Call) -> Response:
    """What happens now in a call, and what to do next."""
    return Response(render_template("exchange/manage/call.html", **_workspace(call)))


def _workspace(call: Call) -> dict[str, Any]:
    return {
        "call": call,
        "state": CALL.state_of(call),
        "states": CALL.states,
        "actions": actions_for(CALL, call),
        "counts": calls.counts_of(call),
        "rules": current_rules(call),
        "limits": len(capacities_of(call)),
        "guarantees": guarantees_of(call.id).count,
        "history_rows": history_of("call", call.id, public_only=False),
        "machine": CALL,
    }


@bp.post("/manage/calls/<ref>/do/<transition>")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def do_call(call: Call, transition: str) -> ResponseReturnValue:
    """Move a call on."""
    if failed := perform_posted(CALL, call, transition):
        page = _workspace(call)
        page["actions"] = [failed if one.transition is failed.transition else one for one in page["actions"]]
        return render_template("exchange/manage/call.html", **page), 422
    if job := release_job(call):
        return redirect(url_for("core.job_progress", job_id=job.id), 303)
    flash(CALL.transitions[transition].timeline_label, "success")
    return redirect(url_for("exchange.manage_call", ref=call.ref), 303)


@bp.route("/manage/calls/<ref>/edit", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=calls.call_visible_to)
def edit_call(call: Call) -> ResponseReturnValue:
    """Texts, dates and numbers."""
    form = CallForm.of(call)
    if form.submit(lambda: _edit(call, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("exchange.manage_call", ref=call.ref), 303)
    return render_form("exchange/manage/call_form.html", form, call=call)


def _edit(call: Call, form: CallForm) -> bool:
    services.edit_call(current_actor(), call, version=form.seen_version, **form.columns())
    return True


@bp.route("/manage/calls/<ref>/languages", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=calls.call_visible_to)
def translate_call(call: Call) -> ResponseReturnValue:
    """Its texts in further languages."""
    return translation_page(
        call,
        fields={"title": _l("Title"), "summary": _l("Summary")},
        save=lambda language, texts, version: services.translate_call(
            current_actor(), call, language=language, texts=texts, version=version
        ),
        title=in_reader_language(call, "title"),
        back=url_for("exchange.manage_call", ref=call.ref),
    )


@bp.route("/manage/calls/<ref>/requirements", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=calls.call_visible_to)
def call_requirements(call: Call) -> ResponseReturnValue:
    """Documents and criteria."""
    form = RequirementsForm(document_kinds=call.document_kinds, criteria=call.criteria, version=str(call.version))
    if form.submit(lambda: _require(call, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("exchange.manage_call", ref=call.ref), 303)
    return render_form("exchange/manage/requirements.html", form, call=call)


def _require(call: Call, form: RequirementsForm) -> bool:
    services.set_requirements(
        current_actor(),
        call,
        version=form.seen_version,
        document_kinds=form.document_kinds.data or [],
        criteria=form.rows(),
    )
    return True


@bp.get("/manage/calls/<ref>/rules")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def call_rules(call: Call) -> str:
    """The rules in words, and their earlier versions."""
    return render_template("exchange/manage/rules.html", **_rules_page(call))


def _rules_page(call: Call) -> dict[str, Any]:
    current = current_rules(call)
    held = {rule["kind"] for rule in current.rules} if current else set()
    return {
        "call": call,
        "outcomes": outcomes(call, Facts(), now=current_actor().now),
        "kinds": RULE_KINDS,
        "missing_kinds": [kind for kind in RULE_KINDS if kind not in held],
        "versions": rules_versions(call),
        "form": EmptyForm(version=str(call.version)),
    }


@bp.route("/manage/calls/<ref>/rules/<kind>", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=calls.call_visible_to)
def call_rule(call: Call, kind: str) -> ResponseReturnValue:
    """Add or change one rule."""
    if kind not in RULE_FORMS:
        raise NotFound
    current = current_rules(call)
    existing = next((rule for rule in (current.rules if current else []) if rule["kind"] == kind), {})
    form = RULE_FORMS[kind](data=rule_data(existing) if existing else None, version=str(call.version))
    if kind == "nationality":
        chinese = current_language().code == "zh"
        form["countries"].choices = choices(  # type: ignore[attr-defined]
            (country.code, country.name_zh if chinese else country.name_en) for country in calls.countries()
        )
    if form.submit(lambda: _put_rule(call, form, kind)):
        flash(_l("The rule was saved."), "success")
        return redirect(url_for("exchange.call_rules", ref=call.ref), 303)
    return render_form("exchange/manage/rule_form.html", form, call=call, kind=RULE_KINDS[kind], existing=existing)


def _put_rule(call: Call, form: Any, kind: str) -> bool:
    services.put_rule(current_actor(), call, version=form.seen_version, rule=form.rule(kind))
    return True


@bp.post("/manage/calls/<ref>/rules/<kind>/remove")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def remove_rule(call: Call, kind: str) -> ResponseReturnValue:
    """Take a rule out."""
    form = EmptyForm()
    if form.submit(lambda: _remove_rule(call, form, kind)):
        flash(_l("The rule was removed."), "success")
        return redirect(url_for("exchange.call_rules", ref=call.ref), 303)
    return render_form("exchange/manage/rules.html", **{**_rules_page(call), "form": form})


def _remove_rule(call: Call, form: EmptyForm, kind: str) -> bool:
    services.remove_rule(current_actor(), call, version=form.seen_version, kind=kind)
    return True


@bp.route("/manage/calls/<ref>/invite", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=calls.call_visible_to)
def invite_hosts(call: Call) -> ResponseReturnValue:
    """Write to institutions that they may draft posts."""
    form = InviteForm(version=str(call.version))
    form.institutions.choices = choices(
        (one.id, in_reader_language(one, "name")) for one in calls.institutions_with_labs()
    )
    chosen = form.institutions.data or []
    if form.submit(lambda: (services.invite_hosts(current_actor(), call, institution_ids=chosen),)):
        flash(_l("The coordinators of the institutions were written to."), "success")
        return redirect(url_for("exchange.manage_call", ref=call.ref), 303)
    return render_form("exchange/manage/invite.html", form, call=call)


# --- posts ------------------------------------------------------------------------------------------


@bp.get("/manage/calls/<ref>/posts")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def call_posts(call: Call) -> Response:
    """A call's posts in every state."""
    q, state = request.args.get("q", ""), request.args.get("state", "")
    return render_list(
        "exchange/manage/posts.html",
        query=posts.managed_posts(current_actor(), call, q=q, state=state),
        order=[Key(Post.title_en), Key(Post.id)],
        columns=_POST_COLUMNS,
        name="posts",
        call=call,
        machine=POST,
        q=q,
        state=state,
    )


@bp.get("/manage/posts/<ref>")
@access(APPROVE_POST, load=posts.managed_post)
def manage_post(post: Post) -> str:
    """One post to approve or return."""
    return render_template("exchange/manage/post.html", **_post_page(post))


def _post_page(post: Post) -> dict[str, Any]:
    return {
        "post": post,
        "call": post.call,
        "state": POST.state_of(post),
        "actions": actions_for(POST, post),
        "history_rows": history_of("post", post.id, public_only=False),
        "machine": POST,
        "queue": queue_of(messages.APPROVE_POST, besides=("post", post.id)),
    }


@bp.post("/manage/posts/<ref>/do/<transition>")
@access(APPROVE_POST, load=posts.managed_post)
def do_managed_post(post: Post, transition: str) -> ResponseReturnValue:
    """Approve or return a post."""
    if failed := perform_posted(POST, post, transition):
        page = _post_page(post)
        page["actions"] = [failed if one.transition is failed.transition else one for one in page["actions"]]
        return render_template("exchange/manage/post.html", **page), 422
    done = POST.transitions[transition].timeline_label
    flash(_l("%(task)s: %(subject)s", task=done, subject=in_reader_language(post, "title")), "success")
    return on_to_next(messages.APPROVE_POST, otherwise=url_for("exchange.call_posts", ref=post.call.ref))
