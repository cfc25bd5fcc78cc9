"""Offers: the applicant's answer, and the secretariat's view of all places after the release."""

from functools import cache, partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.core.errors import NotFound
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_ngettext
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.exchange.flow import APPLICATION
from lms.exchange.forms.deciding import CloseListForm, ExtendForm
from lms.exchange.models import Application, Call
from lms.exchange.policy import DECIDE, MANAGE_CALLS, VIEW_OFFER
from lms.exchange.queries import calls, deciding
from lms.exchange.queries import offers as queries
from lms.exchange.queries.placements import placement_of
from lms.exchange.services import offers as services
from lms.exchange.views.blueprint import bp
from lms.exchange.views.screening import end_of

ANSWERS = {
    "open": _l("Waits for an answer"),
    "accepted": _l("Accepted"),
    "declined": _l("Declined"),
    "lapsed": _l("Lapsed"),
    "rescinded": _l("Rescinded"),
    "withdrawn": _l("Application withdrawn"),
}


# --- the applicant ----------------------------------------------------------------------------------


@bp.get("/offers/<ref>")
@access(VIEW_OFFER, load=queries.offered_application)
def offer(application: Application) -> ResponseReturnValue:
    """What is offered, until when to answer, and the two buttons."""
    return _offer_page(application)


def _offer_page(application: Application, refused: Action | None = None) -> ResponseReturnValue:
    actions = [one for one in actions_for(APPLICATION, application) if one.transition.name in ("accept", "decline")]
    page = render_template(
        "exchange/deciding/offer.html",
        application=application,
        call=application.call,
        offers=deciding.offers_of(application.id),
        answers=ANSWERS,
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        placement=placement_of(application.id),
    )
    return page, 422 if refused else 200


@bp.post("/offers/<ref>/do/<transition>")
@access(VIEW_OFFER, load=queries.offered_application)
def do_offer(application: Application, transition: str) -> ResponseReturnValue:
    """Accept or decline."""
    if transition not in ("accept", "decline"):
        raise NotFound
    if (refused := perform_posted(APPLICATION, application, transition)) is not None:
        return _offer_page(application, refused)
    flash(APPLICATION.transitions[transition].timeline_label, "success")
    if transition == "accept" and (placement := placement_of(application.id)):
        return redirect(url_for("exchange.placement", ref=placement.ref), 303)
    return redirect(url_for("exchange.offer", ref=application.ref), 303)


# --- the secretariat --------------------------------------------------------------------------------


_APPLICANT = looked_up(Application.person, "name")


def _columns(call: Call) -> list[Column]:
    lines = cache(partial(queries.latest_offer_lines, call.id))  # read once, and only by an export

    return [
        Column(_l("Reference"), lambda row: row.ref),
        Column(_l("Applicant"), lambda row: row.person.name, "name", _APPLICANT),
        Column(
            _l("State"),
            lambda row: str(APPLICATION.state_of(row).label),
            "state",
            in_order_of(Application.state, queries.AFTER_RELEASE),
        ),
        Column(_l("Post"), lambda row: lines().get(row.id, ("", None))[0]),
        Column(_l("Answer until"), lambda row: lines().get(row.id, ("", None))[1], "due", queries.ANSWER_DUE),
    ]


@bp.route("/manage/calls/<ref>/offers", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=calls.call_visible_to)
def offers(call: Call) -> ResponseReturnValue:
    """Who has which offer, which places are free, and who waits; closing the waiting list."""
    form = CloseListForm()
    if (count := form.submit(lambda: _close_list(call, form))) is not None:
        flash(lazy_ngettext("%(num)d person was told.", "%(num)d people were told.", count), "success")
        return redirect(url_for("exchange.offers", ref=call.ref), 303)
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    response = render_list(
        "exchange/deciding/offers.html",
        query=queries.applications_after_release(current_actor(), call, q=q, state=state),
        order=[Key(_APPLICANT), Key(Application.id)],
        columns=_columns(call),
        name="offers",
        call=call,
        form=form,
        button_form=EmptyForm(formdata=None),
        machine=APPLICATION,
        states=queries.AFTER_RELEASE,
        latest=queries.latest_offers,
        places=queries.places_of(call),
        q=q,
        state=state,
    )
    response.status_code = 422 if form.errors else response.status_code
    return response


def _close_list(call: Call, form: CloseListForm) -> int:
    return services.close_waiting_list(current_actor(), call, reason=form.reason.data or "")


@bp.post("/manage/calls/<ref>/offers/next")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def offer_free_places(call: Call) -> ResponseReturnValue:
    """Offer what is free to the next in line."""
    form = EmptyForm()
    got = form.submit(lambda: services.offer_free_places(current_actor(), call))
    if got is not None:
        flash(lazy_ngettext("%(num)d offer was made.", "%(num)d offers were made.", len(got)), "success")
    return redirect(url_for("exchange.offers", ref=call.ref), 303)


@bp.route("/manage/offers/<ref>", methods=["GET", "POST"])
@access(DECIDE, load=deciding.staff_application)
def manage_offer(application: Application) -> ResponseReturnValue:
    """One application after the release: more time to answer, or rescinding the offer."""
    form = ExtendForm()
    if form.submit(lambda: _extend(application, form)):
        flash(_l("The applicant has more time to answer."), "success")
        return redirect(url_for("exchange.manage_offer", ref=application.ref), 303)
    return _managed_page(application, form)


def _managed_page(application: Application, form: ExtendForm, refused: Action | None = None) -> ResponseReturnValue:
    if application.state not in queries.AFTER_RELEASE:
        raise NotFound
    actions = [one for one in actions_for(APPLICATION, application) if one.transition.name == "rescind"]
    page = render_template(
        "exchange/deciding/manage_offer.html",
        form=form,
        application=application,
        call=application.call,
        state=APPLICATION.state_of(application),
        offers=deciding.offers_of(application.id),
        answers=ANSWERS,
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        placement=placement_of(application.id),
    )
    return page, 422 if refused or form.errors else 200


def _extend(application: Application, form: ExtendForm) -> Any:
    assert form.until_on.data is not None
    return services.extend_offer(current_actor(), application, until=end_of(application.call, form.until_on.data))


@bp.post("/manage/offers/<ref>/do/<transition>")
@access(DECIDE, load=deciding.staff_application)
def do_managed_offer(application: Application, transition: str) -> ResponseReturnValue:
    """Rescind."""
    if transition != "rescind":
        raise NotFound
    if (refused := perform_posted(APPLICATION, application, transition)) is not None:
        return _managed_page(application, ExtendForm(formdata=None), refused)
    flash(APPLICATION.transitions[transition].timeline_label, "success")
    return redirect(url_for("exchange.manage_offer", ref=application.ref), 303)
