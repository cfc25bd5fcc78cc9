"""Who holds which role, since when, from whom and why; giving roles, and handing over all that somebody leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue]

from lms.accounts import queries, services
from lms.accounts.forms import GiveRoleForm, HandOverForm
from lms.accounts.models import Person
from lms.accounts.policy import MANAGE_ACCOUNTS, MANAGE_ROLES
from lms.accounts.scopes import (
    PLATFORM,
    ScopeText,
    find_scope,
    may_give,
    roles_to_give,
    scope_kind_named,
    scope_texts,
    scopes_called,
)
from lms.accounts.views.blueprint import bp
from lms.core.access import Grant, Role, all_roles, role_named
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import Text, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.fields import choices

_STATES = (
    ("current", _l("Held now")),
    ("ending", _l("End within 30 days")),
    ("later", _l("Begin later")),
    ("ended", _l("Ended")),
)


def _person(_actor: Actor, ref: str) -> Person:
    return queries.person_by_ref(ref)


# --- the history ------------------------------------------------------------------------------------


class _Told:
    """What the rows of a list refer to, read once for all of them: people, and the places of roles."""

    def __init__(self, grants: Select[Grant]) -> None:
        rows = db.session.execute(
            grants.with_only_columns(
                Grant.person_id, Grant.given_by_id, Grant.ended_by_id, Grant.scope_kind, Grant.scope_id
            ).distinct()
        ).all()
        self.people = queries.people({person_id for row in rows for person_id in row[:3]})
        self.places = scope_texts({(row.scope_kind, row.scope_id) for row in rows})

    def name(self, person_id: int | None) -> str:
        """How somebody is called; nothing for the platform."""
        found = self.people.get(person_id or 0)
        return found.name if found else ""

    def place(self, grant: Grant) -> ScopeText | None:
        """Where a role is held, unless that is gone."""
        return self.places.get((grant.scope_kind, grant.scope_id))


def role_of(grant: Grant) -> Text:
    """A role in words."""
    return role_named(grant.role, grant.scope_kind).label


def _list(template: str, grants: Select[Grant], *, name: str, **context: Any) -> Response:
    told = _Told(grants)
    return render_list(
        template,
        query=grants,
        order=[Key(Grant.id, descending=True)],
        columns=[
            Column(_l("Name"), lambda row: told.name(row.person_id), "name", queries.HOLDER_NAME),
            Column(_l("Role"), role_of, "role", Grant.role),
            Column(_l("Where"), lambda row: place.name if (place := told.place(row)) else ""),
            Column(_l("Deputy"), lambda row: row.is_deputy),
            Column(_l("From"), lambda row: row.starts_at, "from", Grant.starts_at),
            Column(_l("Until"), lambda row: row.ends_at, "until", Grant.ends_at),
            Column(_l("Given by"), lambda row: told.name(row.given_by_id)),
            Column(_l("Reason"), lambda row: row.reason),
            Column(_l("Ended by"), lambda row: told.name(row.ended_by_id)),
            Column(_l("Reason of the end"), lambda row: row.end_reason),
            Column(_l("Given"), lambda row: row.id, "given", Grant.id),
        ],
        name=name,
        told=told,
        role_of=role_of,
        may_end=_may_end,
        states=_STATES,
        **context,
    )


def _may_end(grant: Grant) -> bool:
    actor = current_actor()
    is_over = grant.ends_at is not None and grant.ends_at <= max(actor.now, grant.starts_at)
    return not is_over and may_give(actor, role_named(grant.role, grant.scope_kind), grant.scope_id)


@bp.get("/roles/")
@access(MANAGE_ROLES)
def roles() -> Response:
    """Every role that was ever given, the newest first."""
    kept = {name: request.args.get(name, "").strip() for name in ("q", "role", "state")}
    named = {role.name: role.label for role in all_roles()}
    return _list(
        "accounts/roles.html",
        queries.grants_ever(current_actor().now, q=kept["q"], role=kept["role"], state=kept["state"]),
        name="roles",
        kept=kept,
        role_options=sorted(named.items()),
        is_admin=MANAGE_ACCOUNTS.allows(current_actor()),
    )


@bp.get("/people/<ref>/roles")
@access(MANAGE_ROLES, load=_person)
def roles_of(person: Person) -> Response:
    """What somebody held and holds."""
    actor = current_actor()
    q, state = (request.args.get(name, "").strip() for name in ("q", "state"))
    grants = queries.grants_ever(actor.now, person_id=person.id, state=state)
    if q:
        called = [role.name for role in all_roles() if q.lower() in str(role.label).lower()]
        grants = grants.where(or_(Grant.role.in_(called), Grant.reason.icontains(q, autoescape=True)))
    return _list(
        "accounts/person_roles.html",
        grants,
        name=f"roles-{person.ref}",
        person=person,
        q=q,
        state=state,
        is_own=person.id == actor.person_id,
        is_admin=MANAGE_ACCOUNTS.allows(actor),
        holds_any=bool(queries.current_grants(person.id, actor.now)),
    )


# --- giving -----------------------------------------------------------------------------------------


@bp.get("/people/<ref>/roles/give")
@access(MANAGE_ROLES, load=_person)
def choose_place(person: Person) -> str:
    """Find the place in which somebody is to have a role."""
    actor, q = current_actor(), request.args.get("q", "").strip()
    scopes = [scope for scope in scopes_called(q) if roles_to_give(actor, scope)]
    kinds = {scope.kind: scope_kind_named(scope.kind).label for scope in scopes}
    return render_template("accounts/choose_place.html", person=person, q=q, scopes=scopes, kinds=kinds)


@bp.route("/people/<ref>/roles/give/<scope_kind>/<code>", methods=["GET", "POST"])
@access(MANAGE_ROLES, load=_person)
def give_role(person: Person, scope_kind: str, code: str) -> ResponseReturnValue:
    """Give somebody a role there, for good or for a time."""
    actor, scope = current_actor(), find_scope(scope_kind, code)
    form = GiveRoleForm()
    form.role.choices = choices((role.name, role.label) for role in roles_to_give(actor, scope))
    given = form.submit(
        lambda: services.give_role(
            actor,
            person=person,
            role=form.role.data,
            scope=scope,
            reason=form.reason.data or "",
            **form.period(actor.zone),
        )
    )
    if given is None:
        return render_form("accounts/give_role.html", form, person=person, scope=scope)
    flash(str(_l("The role is given, and they are told.")), "success")
    return redirect(url_for("accounts.roles_of", ref=person.ref), 303)


# --- handing over -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Left:
    """A role that somebody leaves: what goes with it, and what a colleague who takes it must know."""

    grant: Grant
    role: Role
    place: str
    taken: int
    may_give: bool
    is_held: bool


def _left(person: Person, successor: Person) -> Sequence[_Left]:
    actor = current_actor()
    grants = queries.current_grants(person.id, actor.now)
    texts = scope_texts({(grant.scope_kind, grant.scope_id) for grant in grants})
    taken = queries.taken_by_office(person.id)
    held = {(g.role, g.scope_kind, g.scope_id) for g in queries.current_grants(successor.id, actor.now)}
    found = []
    for grant in grants:
        key, role = (grant.role, grant.scope_kind, grant.scope_id), role_named(grant.role, grant.scope_kind)
        place = texts[key[1:]].name if key[1:] in texts and grant.scope_kind != PLATFORM.name else ""
        may = may_give(actor, role, grant.scope_id)
        found.append(_Left(grant, role, place, taken.get(key, 0), may, key in held))
    return found


def _label(one: _Left) -> Text:
    place = f" · {one.place}" if one.place else ""
    return f"{one.role.label}{place}"


def _hint(one: _Left) -> Text:
    if not one.may_give:
        return _l("Only an administrator can hand this one over.")
    taken = lazy_ngettext(
        "%(num)d thing that was taken goes with it.", "%(num)d things that were taken go with it.", one.taken
    )
    if not one.taken:
        taken = _l("Nothing that was taken goes with it.")
    if one.is_held:
        return _l("The colleague holds this role already. %(taken)s", taken=taken)
    return taken


@bp.route("/people/<ref>/hand-over", methods=["GET", "POST"])
@access(MANAGE_ROLES, load=_person)
def hand_over(person: Person) -> ResponseReturnValue:
    """Choose a colleague, see what goes to them, and hand it over in one step."""
    address = (request.form.get("to") or request.args.get("to") or "").strip()
    successor = queries.person_by_email(address) if address else None
    if successor is None:
        page = render_template("accounts/hand_over_to.html", person=person, to=address)
        return page, 422 if address else 200
    left = _left(person, successor)
    form = HandOverForm(to=successor.email, grants=[one.grant.id for one in left if one.may_give])
    form.grants.choices = [
        SelectChoice(one.grant.id, _label(one), render_kw={"hint": _hint(one), "disabled": not one.may_give})
        for one in left
    ]
    done = form.submit(
        lambda: services.hand_over_everything(
            current_actor(),
            person=person,
            successor=successor,
            grant_ids=form.grants.data or [],
            reason=form.reason.data or "",
        )
    )
    if done is None:
        work = queries.open_work_of(person.id, current_actor().now)
        return render_form(
            "accounts/hand_over.html", form, person=person, successor=successor, left=left, alone=work.alone
        )
    roles = lazy_ngettext("%(num)d role was handed over.", "%(num)d roles were handed over.", done.roles)
    items = lazy_ngettext(
        "%(num)d thing that was taken went with it.", "%(num)d things that were taken went with it.", done.items
    )
    flash(str(_l("%(first)s %(second)s", first=roles, second=items)), "success")
    return redirect(url_for("accounts.roles_of", ref=person.ref), 303)
