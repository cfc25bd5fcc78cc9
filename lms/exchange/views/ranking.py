"""Ranking: the posts that a host ranks, one post with its candidates, and the secretariat's overview."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import readings
from lms.accounts.forms import EmptyForm
from lms.applications.kinds import call_kind_named
from lms.applications.queries.documents import document_file, documents_of
from lms.applications.rules import DOCUMENT_KINDS
from lms.applications.views.files import send_personal
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list, require
from lms.core.web.queues import queue_of
from lms.exchange import messages
from lms.exchange.forms.deciding import RankingForm, ranking_form
from lms.exchange.models import Call, Post
from lms.exchange.policy import APPROVE_POST, MANAGE_CALLS, RANK_POST, RANKINGS, SEE_CANDIDATES
from lms.exchange.queries import calls
from lms.exchange.queries import ranking as queries
from lms.exchange.queries.deciding import told_host
from lms.exchange.queries.guarantees import Names, told_quotas
from lms.exchange.services import ranking as services
from lms.exchange.views.blueprint import bp

_COLUMNS = [
    Column(_l("Post"), lambda post: in_reader_language(post, "title"), "title", Post.title_en),
    Column(_l("Lab"), lambda post: in_reader_language(post.lab, "name"), "lab", looked_up(Post.lab, "name_en")),
    Column(
        _l("Institution"),
        lambda post: in_reader_language(post.institution, "name"),
        "institution",
        looked_up(Post.institution, "name_en"),
    ),
    Column(_l("Call"), lambda post: in_reader_language(post.call, "title"), "call", looked_up(Post.call, "title_en")),
    Column(_l("Places"), lambda post: post.places, "places", Post.places),
    Column(_l("Ranked on"), lambda post: post.ranked_at, "ranked", Post.ranked_at),
]


@bp.get("/ranking/")
@access(RANKINGS)
def rankings() -> Response:
    """The posts of my labs and institutions that somebody chose."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "exchange/deciding/rankings.html",
        query=queries.posts_ranked_by(current_actor(), q=q, state=state),
        order=[Key(Post.title_en), Key(Post.id)],
        columns=_COLUMNS,
        name="rankings",
        counts=_counts,
        call=None,
        q=q,
        state=state,
    )


@bp.get("/manage/calls/<ref>/rankings")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def call_rankings(call: Call) -> Response:
    """How far the hosts of a call are."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "exchange/deciding/rankings.html",
        query=queries.call_posts(current_actor(), call, q=q, state=state),
        order=[Key(Post.title_en), Key(Post.id)],
        columns=_COLUMNS,
        name="rankings",
        counts=_counts,
        call=call,
        q=q,
        state=state,
    )


def _counts(posts: list[Post]) -> dict[int, int]:
    return queries.candidate_counts([post.id for post in posts])


@bp.route("/ranking/<ref>", methods=["GET", "POST"])
@access(SEE_CANDIDATES, load=queries.post_to_rank)
def rank(post: Post) -> ResponseReturnValue:
    """The candidates for a post; its lab's hosts put them in order, others of the host read."""
    actor = current_actor()
    candidates, said = queries.candidates_of(actor, post), queries.rankings_of(post)
    form = ranking_form(post, candidates, said)
    may_rank = RANK_POST.allows(actor, post) and post.call.state == "ranking" and post.ranked_at is None
    if may_rank or request.method == "POST":
        done = form.submit(lambda: _save(post, form, candidates))
        if done:
            handed_in = post.ranked_at is not None
            flash(_l("Your ranking was handed in.") if handed_in else _l("Saved. It is not handed in yet."), "success")
            return redirect(url_for("exchange.rank", ref=post.ref), 303)
    return render_form(
        "exchange/deciding/rank.html",
        form,
        post=post,
        call=post.call,
        candidates=_ordered(candidates, said),
        said=said,
        ended=told_host(post),
        told_quotas=told_quotas(post.call, Names(post.call_id).group),
        may_rank=may_rank,
        queue=queue_of(messages.RANK, besides=("post_ranking", post.id)),
        button_form=EmptyForm(formdata=None),
        may_reopen=APPROVE_POST.allows(actor, post) and post.call.state == "ranking" and post.ranked_at is not None,
    )


def _ordered(candidates: Any, said: Any) -> list[Any]:
    last = len(candidates) + 1

    def place(one: Any) -> float:
        """Ranked ones in their order, then those without an opinion, refused ones last."""
        return (said[one.id].position or last) if one.id in said else last - 0.5

    return sorted(candidates, key=place)


def _save(post: Post, form: RankingForm, candidates: Any) -> bool:
    actor, opinions, version = current_actor(), form.opinions(candidates), form.seen_version
    require(RANK_POST, actor, post)
    for direction in ("up", "down"):
        if ref := request.form.get(direction):
            services.move(actor, post, ref=ref, direction=direction, opinions=opinions, version=version)
            return True
    act = services.submit_ranking if "submit" in request.form else services.save_ranking
    act(actor, post, opinions=opinions, version=version)
    return True


@bp.get("/ranking/<ref>/candidates/<application_ref>")
@access(SEE_CANDIDATES, load=queries.post_to_rank)
def candidate(post: Post, application_ref: str) -> str:
    """One candidate: statement and documents. Reviews are not shown to hosts."""
    application = queries.candidate(current_actor(), post, application_ref)
    readings.note_under(current_actor(), application, SEE_CANDIDATES.name)
    return render_template(
        "exchange/deciding/candidate.html",
        post=post,
        application=application,
        summary=call_kind_named(application.call.kind).summary(application),
        documents=documents_of(application.id),
        document_kinds=DOCUMENT_KINDS,
    )


@bp.get("/ranking/<ref>/candidates/<application_ref>/documents/<file_ref>")
@access(SEE_CANDIDATES, load=queries.post_to_rank)
def candidate_document(post: Post, application_ref: str, file_ref: str) -> Response:
    """A document of a candidate."""
    application = queries.candidate(current_actor(), post, application_ref)
    return send_personal(document_file(application.id, file_ref))


@bp.post("/ranking/<ref>/reopen")
@access(APPROVE_POST, load=queries.post_to_rank)
def reopen_ranking(post: Post) -> ResponseReturnValue:
    """Let the host change a ranking that was handed in."""
    form = EmptyForm()
    if form.submit(lambda: services.reopen_ranking(current_actor(), post) or True):
        flash(_l("The host may change the ranking again, and was told."), "success")
    return redirect(url_for("exchange.rank", ref=post.ref), 303)
