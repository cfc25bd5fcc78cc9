"""Reviews: what a reviewer reads and writes, and how the secretariat gives applications to reviewers."""

from datetime import date, datetime, time
from functools import cache, partial
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.attributes import set_committed_value

from lms.applications import messages
from lms.applications.conflicts import reasons
from lms.applications.flow import REVIEW
from lms.applications.flow.review import tie_reasons
from lms.applications.kinds import call_kind_named
from lms.applications.models import Application, Call, Review
from lms.applications.policy import ASSIGN_REVIEWERS, MANAGE_CALLS, MANAGE_REVIEWS, OWN_REVIEW, REVIEWS
from lms.applications.queries import reviews as queries
from lms.applications.queries.documents import document_file, documents_of
from lms.applications.queries.ties import named_by, ties_between, ties_i_declared, ties_of_review
from lms.applications.review_forms import AssignForm, DueForm, TieForm, review_form
from lms.applications.review_rules import REVIEW_DAYS
from lms.applications.rules import DOCUMENT_KINDS, end_of_day
from lms.applications.services import reviews as services
from lms.applications.views.blueprint import bp
from lms.applications.views.files import send_personal
from lms.core.clock import deadline_in_zone
from lms.core.errors import NotFound
from lms.core.i18n import in_reader_language, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.queues import on_to_next, queue_of

# --- reviewers --------------------------------------------------------------------------------------

_MY_COLUMNS = [
    Column(
        _l("Applicant"),
        lambda row: row.application.person.name,
        "name",
        looked_up(Review.application, "person", "name"),
    ),
    Column(
        _l("Call"),
        lambda row: in_reader_language(row.application.call, "title"),
        "call",
        looked_up(Review.application, "call", "title_en"),
    ),
    Column(_l("State"), lambda row: str(REVIEW.state_of(row).label), "state", in_order_of(Review.state, REVIEW.states)),
    Column(_l("Due"), lambda row: row.due_at, "due", Review.due_at),
    Column(_l("Total"), lambda row: row.total, "total", Review.total),
]


@bp.get("/reviews/")
@access(REVIEWS)
def my_reviews() -> Response:
    """What I have to review, the most urgent first."""
    state, q = request.args.get("state", ""), request.args.get("q", "").strip()
    return render_list(
        "reviews/mine.html",
        query=queries.my_reviews(current_actor(), state=state, q=q),
        order=[Key(Review.due_at), Key(Review.id)],
        columns=_MY_COLUMNS,
        name="reviews",
        machine=REVIEW,
        state=state,
        q=q,
    )


@bp.route("/reviews/<ref>", methods=["GET", "POST"])
@access(OWN_REVIEW, load=queries.review_visible_to)
def review(review: Review) -> ResponseReturnValue:
    """One application to read and to score. With a tie it shows nothing but the way to give it back."""
    actor = current_actor()
    if ties := tie_reasons(actor, review):
        return _conflict_page(review, ties)
    form = review_form(review, is_handed_in="submit" in request.form)
    if form.submit(lambda: _write(review, form)):
        if review.state != "submitted":
            flash(_l("Saved. It is not handed in yet."), "success")
            return redirect(url_for("applications.review", ref=review.ref), 303)
        name = review.application.person.name
        flash(_l("Your review of %(name)s was handed in. Thank you.", name=name), "success")
        return on_to_next(messages.REVIEW, otherwise=url_for("applications.my_reviews"))
    return _review_page(review, form, None)


def _write(review: Review, form: Any) -> bool:
    act = services.submit if "submit" in request.form else services.save
    values = form.values()
    comment = values.pop("comment") or ""
    act(
        current_actor(),
        review,
        scores=services.review_values(values),
        comment=comment,
        version=form.seen_version,
    )
    return True


def _review_page(review: Review, form: Any, refused: Action | None) -> Response:
    application = review.application
    response = render_form(
        "reviews/review.html",
        form,
        review=review,
        application=application,
        call=application.call,
        state=REVIEW.state_of(review),
        summary=call_kind_named(application.call.kind).summary(application),
        documents=documents_of(application.id),
        document_kinds=DOCUMENT_KINDS,
        others=queries.others_reviews(review),
        queue=queue_of(messages.REVIEW, besides=("review", review.id)),
        actions=_with(refused, [a for a in actions_for(REVIEW, review) if a.transition.name == "recuse"]),
    )
    return _with_status(response, refused)


def _with_status(response: Response, refused: Any) -> Response:
    """An action that was refused answers 422, whatever the page's own form says."""
    if refused:
        response.status_code = 422
    return response


def _conflict_page(review: Review, ties: list[Any], refused: Action | None = None) -> Response:
    recuse = [action for action in actions_for(REVIEW, review) if action.transition.name == "recuse"]
    page = render_template(
        "reviews/conflict.html",
        review=review,
        call=review.application.call,
        ties=ties,
        actions=_with(refused, recuse),
    )
    return Response(page, 422 if refused else 200)


def _with(refused: Action | None, actions: list[Action]) -> list[Action]:
    return [refused if refused and refused.transition is action.transition else action for action in actions]


@bp.post("/reviews/<ref>/do/<transition>")
@access(OWN_REVIEW, load=queries.review_visible_to)
def do_review(review: Review, transition: str) -> ResponseReturnValue:
    """Give a review back."""
    if transition != "recuse":
        raise NotFound
    if (refused := perform_posted(REVIEW, review, transition)) is not None:
        ties = tie_reasons(current_actor(), review)
        # What was sent is the reason for giving back: the review itself stands as it was saved.
        kept = review_form(review, formdata=None)
        return _conflict_page(review, ties, refused) if ties else _review_page(review, kept, refused)
    flash(_l("The review was given back. You will not be asked about this person again."), "success")
    return on_to_next(messages.REVIEW, otherwise=url_for("applications.my_reviews"))


@bp.get("/reviews/<ref>/documents/<file_ref>")
@access(OWN_REVIEW, load=queries.review_visible_to)
def review_document(review: Review, file_ref: str) -> Response:
    """A document of the application under review."""
    if ties_of_review(current_actor(), review):
        raise NotFound
    return send_personal(document_file(review.application_id, file_ref))


@bp.route("/reviews/ties", methods=["GET", "POST"])
@access(REVIEWS)
def ties() -> ResponseReturnValue:
    """The people whom I never review, because I said that we have a tie."""
    form = TieForm()
    if form.submit(lambda: services.declare_tie(current_actor(), **form.values())):
        flash(_l("Your declaration was kept."), "success")
        return redirect(url_for("applications.ties"), 303)
    return render_form("reviews/ties.html", form, ties=ties_i_declared(current_actor()))


# --- the secretariat --------------------------------------------------------------------------------


@bp.route("/reviews/calls/<ref>", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=queries.call_to_review)
def assignments(call: Call) -> ResponseReturnValue:
    """Every application in review of a call, with its reviewers and how far they are; sharing out in one step."""
    form = DueForm(data={"due_on": _default_day(call)})
    if form.submit(lambda: _share_out(call, form)):
        return redirect(url_for("applications.assignments", ref=call.ref), 303)
    q, need = request.args.get("q", "").strip(), request.args.get("need", "")
    response = render_list(
        "reviews/assignments.html",
        query=queries.applications_reviewed(current_actor(), call, q=q, need=need),
        order=[Key(_APPLICANT), Key(Application.id)],
        columns=_assignment_columns(call),
        name="reviews",
        call=call,
        form=form,
        q=q,
        need=need,
        machine=REVIEW,
        rows=_Rows(call),
        standings=queries.standings(call),
        loads=queries.loads(call),
        pool=queries.pool(current_actor()),
    )
    response.status_code = 422 if form.errors else response.status_code
    return response


class _Rows:
    """The reviews of the applications on a page, read at once when the page asks for the first."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def of(self, applications: list[Application]) -> dict[int, tuple[list[Review], queries.Standing]]:
        """The reviews of each of these applications, and how far they are."""
        found = queries.reviews_of([application.id for application in applications])
        return {one: (reviews, queries.standing(self._call, reviews)) for one, reviews in found.items()}


_APPLICANT = looked_up(Application.person, "name")


def _assignment_columns(call: Call) -> list[Column]:
    all_totals = cache(partial(queries.totals_of, call.id))  # read once, and only by an export

    def totals(row: Application) -> str:
        return "; ".join(str(total) for total in all_totals().get(row.id, []))

    return [
        Column(_l("Applicant"), lambda row: row.person.name, "name", _APPLICANT),
        Column(
            _l("Home institution"),
            lambda row: in_reader_language(row.home_institution, "name") if row.home_institution else "",
            "home",
            looked_up(Application.home_institution, "name_en"),
        ),
        Column(_l("Totals of the reviews"), totals, "total", queries.MEAN_TOTAL),
    ]


def _default_day(call: Call) -> date:
    return end_of_day(current_actor().now, REVIEW_DAYS, call.zone).date()


def _due(call: Call, day: date) -> datetime:
    return deadline_in_zone(datetime.combine(day, time(23, 59)), call.zone)


def _share_out(call: Call, form: DueForm) -> bool:
    assert form.due_on.data is not None
    shared = services.assign_all(current_actor(), call, due_at=_due(call, form.due_on.data))
    flash(lazy_ngettext("%(num)d review was assigned.", "%(num)d reviews were assigned.", shared.assigned), "success")
    if shared.lacking:
        flash(
            lazy_ngettext(
                "%(num)d more is needed, but everybody left has a conflict of interest. Invite more reviewers.",
                "%(num)d more are needed, but everybody left has a conflict of interest. Invite more reviewers.",
                shared.lacking,
            ),
            "warning",
        )
    return True


@bp.route("/reviews/applications/<ref>", methods=["GET", "POST"])
@access(ASSIGN_REVIEWERS, load=queries.application_to_assign)
def assign(application: Application) -> ResponseReturnValue:
    """The reviewers of one application, and who else may be asked: their load, and every conflict of interest."""
    form = AssignForm(data={"due_on": _default_day(application.call)})
    if form.submit(lambda: _assign(application, form)):
        flash(_l("The reviewer was asked."), "success")
        return redirect(url_for("applications.assign", ref=application.ref), 303)
    return _assign_page(application, form, None)


def _assign(application: Application, form: AssignForm) -> Review:
    assert form.due_on.data is not None
    return services.assign(
        current_actor(),
        application,
        reviewer_ref=form.reviewer.data or "",
        due_at=_due(application.call, form.due_on.data),
    )


def _assign_page(application: Application, form: AssignForm, refused: tuple[Review, Action] | None) -> Response:
    actor, call = current_actor(), application.call
    pool = queries.pool(actor)
    reviews = queries.reviews_of([application.id])[application.id]
    for review in reviews:
        set_committed_value(review, "application", application)
    taken = {review.reviewer_id for review in reviews}
    everybody = pool + [review.reviewer for review in reviews if review.reviewer_id not in {p.id for p in pool}]
    ties = ties_between(actor, everybody, [application])
    response = render_form(
        "reviews/assign.html",
        form,
        application=application,
        call=call,
        reviews=reviews,
        standing=queries.standing(call, reviews),
        machine=REVIEW,
        actions={
            review.id: _with(
                refused[1] if refused and refused[0] is review else None,
                [action for action in actions_for(REVIEW, review) if action.transition.permission is MANAGE_REVIEWS],
            )
            for review in reviews
        },
        others=[person for person in pool if person.id not in taken],
        named=named_by(current_actor(), application, pool),
        loads=queries.loads(call),
        ties={person.id: reasons(ties[application.id, person.id], to_secretariat=True) for person in everybody},
    )
    return _with_status(response, refused)


@bp.post("/reviews/managed/<ref>/do/<transition>")
@access(MANAGE_REVIEWS, load=queries.managed_review)
def manage_review(review: Review, transition: str) -> ResponseReturnValue:
    """Take a review back, let its reviewer change it, or assign it again."""
    if transition not in REVIEW.transitions or REVIEW.transitions[transition].permission is not MANAGE_REVIEWS:
        raise NotFound
    application = review.application
    if (refused := perform_posted(REVIEW, review, transition)) is not None:
        shown = queries.application_to_assign(current_actor(), application.ref)
        form = AssignForm(formdata=None, data={"due_on": _default_day(application.call)})
        return _assign_page(shown, form, (review, refused))
    flash(_l("Done."), "success")
    return redirect(url_for("applications.assign", ref=application.ref), 303)
