"""Accounts as administrators see them: everybody, one by one, suspended and restored."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.forms import EmptyForm, SuspendForm
from lms.accounts.models import Person
from lms.accounts.policy import MANAGE_ACCOUNTS
from lms.accounts.scopes import scope_names
from lms.accounts.views.blueprint import bp
from lms.core.actor import Actor
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import ngettext
from lms.core.paging import Key
from lms.core.web import Column, access, current_actor, render_form, render_list


def _person(_actor: Actor, ref: str) -> Person:
    return queries.person_by_ref(ref)


@bp.get("/people/")
@access(MANAGE_ACCOUNTS)
def people() -> Response:
    """All accounts, the newest first."""
    q, state = (request.args.get(name, "").strip() for name in ("q", "state"))
    return render_list(
        "accounts/people.html",
        query=queries.everybody(q=q, state=state),
        order=[Key(Person.created_at, descending=True), Key(Person.id, descending=True)],
        columns=[
            Column(_l("Name"), lambda person: person.name, "name", Person.name),
            Column(_l("E-mail"), lambda person: person.email),
            Column(_l("Since"), lambda person: person.created_at, "since", Person.created_at),
            Column(_l("Confirmed"), lambda person: person.email_confirmed_at),
            Column(_l("Suspended"), lambda person: person.suspended_at),
        ],
        name="people",
        q=q,
        state=state,
        roles_of=lambda shown: queries.roles_in_words([person.id for person in shown], current_actor().now),
    )


def _show(person: Person, form: SuspendForm) -> Response:
    now = current_actor().now
    home = ("institution", person.home_institution_id)
    return render_form(
        "accounts/account.html",
        form,
        person=person,
        roles=queries.roles_in_words([person.id], now).get(person.id, []),
        home=scope_names([home]).get(home, ""),
        work=queries.open_work_of(person.id, now),
        plain=EmptyForm(formdata=None),
        is_own=person.id == current_actor().person_id,
    )


@bp.get("/people/<ref>")
@access(MANAGE_ACCOUNTS, load=_person)
def account(person: Person) -> Response:
    """One account: its roles, what hangs on it, and the way to suspend or restore it."""
    return _show(person, SuspendForm())


@bp.post("/people/<ref>/suspend")
@access(MANAGE_ACCOUNTS, load=_person)
def suspend_account(person: Person) -> AnyResponse:
    """Suspend it, and give back to the offices what its holder had taken."""
    form = SuspendForm()
    given = form.submit(lambda: services.suspend(current_actor(), person=person, reason=form.reason.data or ""))
    if given is None:
        return _show(person, form)
    flash(str(_l("The account is suspended and signed out everywhere.")), "success")
    if given:
        message = ngettext(
            "%(num)d thing they had taken waits for its office again.",
            "%(num)d things they had taken wait for their offices again.",
            given,
        )
        flash(message, "info")
    return redirect(url_for("accounts.account", ref=person.ref), 303)


@bp.post("/people/<ref>/restore")
@access(MANAGE_ACCOUNTS, load=_person)
def restore_account(person: Person) -> AnyResponse:
    """Let its holder in again."""
    services.restore(current_actor(), person=person)
    flash(str(_l("The account is open again, with the roles it had.")), "success")
    return redirect(url_for("accounts.account", ref=person.ref), 303)
