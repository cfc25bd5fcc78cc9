"""Hosts draft posts in their labs."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import current_language, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import actions_for, perform_posted
from lms.core.web.fields import choices
from lms.core.workflow import history_of
from lms.exchange.flow import POST
from lms.exchange.forms.posts import NewPostForm, PostForm
from lms.exchange.models import Post
from lms.exchange.policy import DRAFT_POSTS, EDIT_POST
from lms.exchange.queries import calls, posts
from lms.exchange.rules import EDITABLE_POST
from lms.exchange.services import posts as services
from lms.exchange.views.blueprint import bp

_COLUMNS = [
    Column(_l("Post"), lambda post: in_reader_language(post, "title"), "title", Post.title_en),
    Column(_l("Lab"), lambda post: in_reader_language(post.lab, "name"), "lab", looked_up(Post.lab, "name_en")),
    Column(_l("Call"), lambda post: in_reader_language(post.call, "title"), "call", looked_up(Post.call, "title_en")),
    Column(_l("State"), lambda post: str(POST.state_of(post).label), "state", in_order_of(Post.state, POST.states)),
    Column(_l("Places"), lambda post: post.places, "places", Post.places),
    Column(_l("Months"), lambda post: post.months, "months", Post.months),
    Column(_l("Drafted on"), lambda post: post.created_at, "drafted", Post.created_at),
]


@bp.get("/my-posts/")
@access(DRAFT_POSTS)
def my_posts() -> Response:
    """The posts of my labs."""
    actor = current_actor()
    q, state = request.args.get("q", ""), request.args.get("state", "")
    return render_list(
        "exchange/posts/list.html",
        query=posts.my_posts(actor, q=q, state=state),
        order=[Key(Post.created_at, descending=True), Key(Post.id, descending=True)],
        columns=_COLUMNS,
        name="my-posts",
        machine=POST,
        q=q,
        state=state,
        open_calls=calls.calls_with_posts_open(actor),
        has_labs=bool(posts.labs_to_post_for(actor)),
    )


@bp.route("/my-posts/new", methods=["GET", "POST"])
@access(DRAFT_POSTS)
def new_post() -> ResponseReturnValue:
    """Draft a post for a call."""
    actor = current_actor()
    form = NewPostForm()
    form.call_id.choices = choices(
        (call.id, in_reader_language(call, "title")) for call in calls.calls_with_posts_open(actor)
    )
    form.lab_id.choices = choices(
        (lab.id, f"{in_reader_language(lab, 'name')} · {in_reader_language(lab.institution, 'name')}")
        for lab in posts.labs_to_post_for(actor)
    )
    _offer_fields(form)
    if post := form.submit(lambda: services.draft_post(actor, **form.values())):
        flash(_l("Saved as a draft. Submit it when it is ready."), "success")
        return redirect(url_for("exchange.edit_post", ref=post.ref), 303)
    return render_form(
        "exchange/posts/form.html",
        form,
        post=None,
        state=None,
        actions=[],
        history_rows=[],
        machine=POST,
        can_edit=True,
    )


@bp.route("/my-posts/<ref>", methods=["GET", "POST"])
@access(EDIT_POST, load=posts.my_post)
def edit_post(post: Post) -> ResponseReturnValue:
    """One of my posts: change it while it is mine to change, else see where it stands."""
    form = PostForm(obj=post, sub_centre_ids=[one.id for one in post.sub_centres], version=str(post.version))
    _offer_fields(form)
    if form.submit(lambda: _edit(post, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("exchange.edit_post", ref=post.ref), 303)
    return render_form("exchange/posts/form.html", form, **_page(post))


def _edit(post: Post, form: PostForm) -> bool:
    services.edit_post(current_actor(), post, version=form.seen_version, **form.values())
    return True


def _page(post: Post) -> dict[str, Any]:
    return {
        "post": post,
        "state": POST.state_of(post),
        "can_edit": post.state in EDITABLE_POST,
        "actions": actions_for(POST, post),
        "history_rows": history_of("post", post.id, public_only=False),
        "machine": POST,
    }


def _offer_fields(form: PostForm) -> None:
    chinese = current_language().code == "zh"
    form.sub_centre_ids.choices = choices(
        (one.id, one.name_zh if chinese else one.name_en) for one in calls.sub_centres()
    )


@bp.post("/my-posts/<ref>/do/<transition>")
@access(EDIT_POST, load=posts.my_post)
def do_post(post: Post, transition: str) -> ResponseReturnValue:
    """Submit or withdraw one of my posts."""
    if failed := perform_posted(POST, post, transition):
        page = _page(post)
        page["actions"] = [failed if one.transition is failed.transition else one for one in page["actions"]]
        form = PostForm(formdata=None, obj=post, version=str(post.version))
        _offer_fields(form)
        return render_template("exchange/posts/form.html", form=form, **page), 422
    flash(POST.transitions[transition].timeline_label, "success")
    return redirect(url_for("exchange.edit_post", ref=post.ref), 303)
