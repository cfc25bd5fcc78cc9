"""The public catalogue: open calls, their posts, and whether one is eligible."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.queries import myself
from lms.applications.apply_forms import FactsForm
from lms.applications.eligibility import Facts
from lms.applications.queries import facts as fact_queries
from lms.applications.queries.calls import current_rules
from lms.applications.rules import DOCUMENT_KINDS, is_open, not_open_reason
from lms.core.access import PUBLIC
from lms.core.actor import Actor
from lms.core.errors import SignInNeeded
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.exchange.allocating import DISCLOSURES
from lms.exchange.flow import CALL
from lms.exchange.guarantees import RULES as QUOTA_RULES
from lms.exchange.guarantees import TIE_BREAKS
from lms.exchange.models import Call, Post
from lms.exchange.policy import SET_CAPACITIES
from lms.exchange.queries import applying, calls, posts
from lms.exchange.queries.capacities import units_of
from lms.exchange.queries.guarantees import guarantees_of, in_words, versions_of
from lms.exchange.queries.posts import PostFilter
from lms.exchange.services import applying as services
from lms.exchange.views import asked as asked_before
from lms.exchange.views.blueprint import bp

_POST_COLUMNS = [
    Column(_l("Post"), lambda post: post.title_en, "title", Post.title_en),
    Column(_l("Post in Chinese"), lambda post: post.title_zh),
    Column(
        _l("Institution"),
        lambda post: in_reader_language(post.institution, "name"),
        "institution",
        looked_up(Post.institution, "name_en"),
    ),
    Column(_l("Lab"), lambda post: in_reader_language(post.lab, "name")),
    Column(_l("Country"), lambda post: post.institution.country_code),
    Column(_l("Months"), lambda post: post.months, "months", Post.months),
    Column(_l("Places"), lambda post: post.places, "places", Post.places),
    Column(_l("Call"), lambda post: in_reader_language(post.call, "title")),
    Column(_l("Closes"), lambda post: post.call.closes_at, "closes", looked_up(Post.call, "closes_at")),
]


@bp.get("/")
@access(PUBLIC)
def index() -> Response:
    """Open calls, and their posts with search and filters."""
    actor = current_actor()
    wanted = PostFilter(**{name: request.args.get(name, "") for name in PostFilter.__dataclass_fields__})
    return render_list(
        "exchange/index.html",
        query=posts.public_posts(actor, wanted),
        order=[Key(Post.title_en), Key(Post.id)],
        columns=_POST_COLUMNS,
        name="posts",
        wanted=wanted,
        open_calls=calls.public_calls(actor),
        choices=posts.post_choices(actor),
        countries=calls.countries(),
        sub_centres=calls.sub_centres(),
        is_open=is_open,
        drafts_posts=calls.drafts_posts(actor),
    )


@bp.get("/calls/")
@access(PUBLIC)
def call_list() -> str:
    """Every public call: open, coming and past."""
    actor = current_actor()
    return render_template(
        "exchange/calls.html", open_calls=calls.public_calls(actor), past=calls.past_calls(actor), is_open=is_open
    )


@bp.get("/calls/<ref>")
@access(PUBLIC, load=calls.call_visible_to)
def call(call: Call) -> str:
    """A call with its rules in words, its documents and its posts."""
    actor = current_actor()
    rules = current_rules(call)
    guarantees = guarantees_of(call.id)
    return render_template(
        "exchange/call.html",
        call=call,
        state=CALL.state_of(call),
        rules=fact_queries.outcomes(call, Facts(), now=actor.now),
        rules_number=rules.number if rules else 0,
        posts=posts.posts_of_call(call),
        document_kinds=DOCUMENT_KINDS,
        mine=applying.live_application(actor, call),
        is_open=is_open(call, actor.now),
        not_open=not_open_reason(call, actor.now),
        disclosures=DISCLOSURES,
        guarantees=guarantees,
        guaranteed=in_words(call, guarantees) if guarantees.count else None,
        changes=[one for one in versions_of(call.id) if one.reason] if guarantees.count else [],
        quota_rules=QUOTA_RULES,
        tie_breaks=TIE_BREAKS,
        sets_limits=SET_CAPACITIES.allows(actor, call) and bool(units_of(actor, call)),
    )


@bp.get("/posts/<ref>")
@access(PUBLIC, load=posts.post_visible_to)
def post(post: Post) -> str:
    """A post."""
    actor = current_actor()
    return render_template(
        "exchange/post.html",
        post=post,
        call=post.call,
        mine=applying.live_application(actor, post.call),
        is_open=is_open(post.call, actor.now),
        not_open=not_open_reason(post.call, actor.now),
    )


@bp.route("/calls/<ref>/eligibility", methods=["GET", "POST"])
@access(PUBLIC, load=calls.call_visible_to)
def eligibility(call: Call) -> ResponseReturnValue:
    """Rule by rule: am I eligible, and why. A visitor's answers are kept in their own browser until they sign in."""
    actor = current_actor()
    mine = applying.live_application(actor, call)
    known = fact_queries.known_facts(mine) if mine else _known_facts(actor)
    form = FactsForm.of(known)
    asked = form.is_submitted()
    facts = form.facts() if asked and form.validate() else known
    if asked and not form.errors:
        if not actor.is_signed_in:
            asked_before.remember(actor, facts)
        if "start" in request.form:
            if not actor.is_signed_in:
                raise SignInNeeded
            started = form.submit(lambda: services.start_application(actor, call, facts=facts))
            if started:
                asked_before.forget()
                return redirect(url_for("exchange.step", ref=started.ref, step="facts"), 303)
    return render_form(
        "exchange/eligibility.html",
        form,
        call=call,
        mine=mine,
        rules_said=fact_queries.outcomes(call, facts, now=actor.now),
        asked=asked or facts != Facts(),
        is_open=is_open(call, actor.now),
        not_open=not_open_reason(call, actor.now),
    )


def _known_facts(actor: Actor) -> Facts:
    """What was answered in this browser just now, and what the profile tells."""
    told = asked_before.remembered(actor)
    return told.filled_from(fact_queries.profile_facts(myself(actor))) if actor.is_signed_in else told
