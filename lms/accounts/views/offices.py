"""An office: what waits for it, who sits in it, whom it invited. The same pages for every kind of scope."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.forms import EmptyForm, EndRoleForm, InviteForm
from lms.accounts.models import Invitation
from lms.accounts.policy import END_GRANT, MANAGE_INVITATION, MANAGE_ROLES, RUN_OFFICE
from lms.accounts.scopes import Scope, find_scope, roles_to_give, scope_texts
from lms.accounts.views.blueprint import bp
from lms.core.access import SIGNED_IN, Grant, all_roles, role_named
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key
from lms.core.waiting import SOONEST_FIRST, Office, WaitingItem, about, kind_named
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.fields import choices
from lms.core.web.templating import in_reader_language


def _scope(_actor: Actor, scope_kind: str, code: str) -> Scope:
    return find_scope(scope_kind, code)


def _url(endpoint: str, scope: Scope) -> str:
    return url_for(f"accounts.{endpoint}", scope_kind=scope.kind, code=scope.text.code)


def _tabs(scope: Scope, here: str) -> list[dict[str, object]]:
    pages = (
        ("office", _l("What waits")),
        ("office_people", _l("People")),
        ("office_invitations", _l("Invitations")),
    )
    return [{"label": label, "url": _url(name, scope), "active": name == here} for name, label in pages]


# --- what waits ---------------------------------------------------------------------------------------


def _items(scope: Scope, actor: Actor) -> Select[WaitingItem]:
    """What waits in the scope. On the platform each role is an office of its own: an administrator sees theirs."""
    roles = [role for role in all_roles() if role.scope_kind == scope.kind]
    if scope.kind == "platform":
        roles = [role for role in roles if actor.holds(role.name, scope.kind)]
    return queries.office_items([Office(role.name, scope.kind, scope.id) for role in roles])


def _narrowed(query: Select[WaitingItem], actor: Actor) -> Select[WaitingItem]:
    args = request.args
    if args.get("q"):
        query = query.where(about(args["q"]))
    if args.get("kind"):
        query = query.where(WaitingItem.kind == args["kind"])
    match args.get("taken"):
        case "me":
            return query.where(WaitingItem.assignee_id == actor.person_id)
        case "nobody":
            return query.where(WaitingItem.assignee_id.is_(None))
    return query


@bp.get("/offices/<scope_kind>/<code>/")
@access(RUN_OFFICE, load=_scope)
def office(scope: Scope) -> Response:
    """Everything that waits for the office."""
    actor = current_actor()
    members = _names(queries.members_of(scope.kind, scope.id, actor.now))
    kinds = db.session.scalars(_items(scope, actor).with_only_columns(WaitingItem.kind).distinct()).all()
    return render_list(
        "accounts/office.html",
        query=_narrowed(_items(scope, actor), actor),
        order=SOONEST_FIRST,
        columns=[
            Column(_l("What"), lambda item: kind_named(item.kind).label, "what", WaitingItem.kind),
            Column(_l("About"), lambda item: in_reader_language(item, "title"), "about", WaitingItem.title_en),
            Column(_l("Open since"), lambda item: item.opened_at, "since", WaitingItem.opened_at),
            Column(_l("Due"), lambda item: item.due_at, "due", WaitingItem.due_at),
            Column(_l("Taken by"), lambda item: members.get(item.assignee_id, "")),
        ],
        name=f"office-{scope.text.code}",
        scope=scope,
        tabs=_tabs(scope, "office"),
        members=members,
        kinds=sorted((name, str(kind_named(name).label)) for name in kinds),
        kind_named=kind_named,
        form=EmptyForm(),
    )


def _names(grants: Select[Grant]) -> dict[int, str]:
    ids = db.session.scalars(grants.with_only_columns(Grant.person_id)).all()
    return {person_id: person.display_name for person_id, person in queries.people(ids).items()}


# --- who sits in it -----------------------------------------------------------------------------------


@bp.get("/offices/<scope_kind>/<code>/people")
@access(RUN_OFFICE, load=_scope)
def office_people(scope: Scope) -> Response:
    """Who holds which role in the scope."""
    actor = current_actor()
    grants = queries.members_of(scope.kind, scope.id, actor.now)
    if role := request.args.get("role"):
        grants = grants.where(Grant.role == role)
    if q := request.args.get("q", "").strip():
        grants = grants.where(Grant.person_id.in_(queries.people_called(q)))
    people = queries.people(list(db.session.scalars(grants.with_only_columns(Grant.person_id))))
    return render_list(
        "accounts/office_people.html",
        query=grants,
        order=[Key(Grant.role), Key(Grant.id)],
        columns=[
            Column(_l("Name"), lambda grant: people[grant.person_id].name, "name", queries.HOLDER_NAME),
            Column(_l("E-mail"), lambda grant: people[grant.person_id].email),
            Column(_l("Role"), lambda grant: role_named(grant.role, grant.scope_kind).label, "role", Grant.role),
            Column(_l("Deputy"), lambda grant: grant.is_deputy),
            Column(_l("Since"), lambda grant: grant.starts_at, "since", Grant.starts_at),
        ],
        name=f"people-{scope.text.code}",
        scope=scope,
        tabs=_tabs(scope, "office_people"),
        people=people,
        roles=[role for role in all_roles() if role.scope_kind == scope.kind],
        role_named=role_named,
        giving={role.name for role in roles_to_give(actor, scope)},
        sees_history=MANAGE_ROLES.allows(actor),
        form=EmptyForm(),
    )


def _office_of(grant: Grant) -> Scope:
    key = (grant.scope_kind, grant.scope_id)
    return Scope(*key, scope_texts([key])[key])


@bp.post("/grants/<int:grant_id>/deputy")
@access(MANAGE_INVITATION, load=queries.grant_by_id)
def set_deputy(grant: Grant) -> AnyResponse:
    """Make a member the deputy, or a regular member again."""
    services.set_deputy(current_actor(), grant=grant, is_deputy=request.form.get("is_deputy") == "yes")
    flash(str(_l("Saved.")), "success")
    return redirect(_url("office_people", _office_of(grant)), 303)


def _end_form(grant: Grant) -> EndRoleForm:
    form = EndRoleForm()
    others = queries.people(
        [
            found
            for found in queries.office_member_ids(services.office_of(grant), current_actor().now)
            if found != grant.person_id
        ]
    )
    colleagues = [(person.ref, person.display_name) for person in others.values()]
    form.successor.choices = choices([("", _l("The whole office")), *colleagues])
    return form


def _show_end(form: EndRoleForm, grant: Grant) -> Response:
    items = queries.office_items([services.office_of(grant)]).where(WaitingItem.assignee_id == grant.person_id)
    return render_form(
        "accounts/end_role.html",
        form,
        grant=grant,
        scope=_office_of(grant),
        person=queries.person_by_id(grant.person_id),
        role=role_named(grant.role, grant.scope_kind),
        items=db.session.scalars(items.order_by(WaitingItem.id)).all(),
        kind_named=kind_named,
    )


@bp.get("/grants/<int:grant_id>/end")
@access(END_GRANT, load=queries.grant_by_id)
def end_role(grant: Grant) -> Response:
    """Ask to whom everything goes that the member had taken, for a while or for good."""
    return _show_end(_end_form(grant), grant)


@bp.post("/grants/<int:grant_id>/end")
@access(END_GRANT, load=queries.grant_by_id)
def end_role_now(grant: Grant) -> AnyResponse:
    """Hand everything over, and end the role unless its holder is only away; in one step."""
    form = _end_form(grant)
    if "keep" in request.form:
        if form.submit(lambda: _hand_over(form, grant)):
            flash(str(_l("What was taken is handed over. The role stays.")), "success")
            return redirect(_url("office_people", _office_of(grant)), 303)
        return _show_end(form, grant)
    if form.submit(lambda: _end(form, grant)):
        flash(str(_l("The role has ended and what was taken is handed over.")), "success")
        if grant.person_id == current_actor().person_id:
            return redirect("/dashboard", 303)
        return redirect(_url("office_people", _office_of(grant)), 303)
    return _show_end(form, grant)


def _end(form: EndRoleForm, grant: Grant) -> bool:
    services.end_membership(
        current_actor(), grant=grant, successor_id=_successor_id(form), reason=form.reason.data or ""
    )
    return True


def _hand_over(form: EndRoleForm, grant: Grant) -> bool:
    services.hand_over_leave(current_actor(), grant=grant, successor_id=_successor_id(form))
    return True


def _successor_id(form: EndRoleForm) -> int | None:
    return queries.person_by_ref(form.successor.data).id if form.successor.data else None


# --- whom it invited ----------------------------------------------------------------------------------


def _invite_form(scope: Scope) -> InviteForm:
    form = InviteForm(language=current_language().code)
    form.role.choices = choices((role.name, role.label) for role in roles_to_give(current_actor(), scope))
    return form


_INVITATION_STATES = (
    ("open", _l("Not answered yet")),
    ("accepted", _l("Accepted")),
    ("expired", _l("Run out")),
    ("revoked", _l("Taken back")),
)


def _show_invitations(scope: Scope, form: InviteForm) -> Response:
    q, state = (request.args.get(name, "").strip() for name in ("q", "state"))
    inviters: dict[int, str] = {}

    def load_inviters() -> dict[int, str]:
        if not inviters:
            ids = db.session.scalars(queries.inviters_into(scope.kind, scope.id)).all()
            inviters.update({found: person.name for found, person in queries.people(ids).items()})
        return inviters

    response = render_list(
        "accounts/office_invitations.html",
        query=queries.invitations_into(scope.kind, scope.id, now=current_actor().now, q=q, state=state),
        order=[Key(Invitation.id, descending=True)],
        columns=[
            Column(_l("E-mail"), lambda row: row.email, "email", Invitation.email),
            Column(_l("Role"), lambda row: role_named(row.role, row.scope_kind).label, "role", Invitation.role),
            Column(_l("Invited by"), lambda row: load_inviters().get(row.invited_by_id or 0, "")),
            Column(_l("Sent on"), lambda row: row.created_at, "sent", Invitation.id),
            Column(_l("Expires"), lambda row: row.expires_at, "expires", Invitation.expires_at),
            Column(_l("Accepted"), lambda row: row.accepted_at),
            Column(_l("Taken back"), lambda row: row.revoked_at),
        ],
        name=f"invitations-{scope.text.code}",
        scope=scope,
        tabs=_tabs(scope, "office_invitations"),
        inviters=load_inviters(),
        role_named=role_named,
        q=q,
        state=state,
        states=_INVITATION_STATES,
        form=form,
        plain=EmptyForm(formdata=None),
    )
    if form.errors:
        response.status_code = 422
    return response


@bp.get("/offices/<scope_kind>/<code>/invitations")
@access(RUN_OFFICE, load=_scope)
def office_invitations(scope: Scope) -> Response:
    """Invitations into the scope, and the form for another one."""
    return _show_invitations(scope, _invite_form(scope))


@bp.post("/offices/<scope_kind>/<code>/invitations")
@access(RUN_OFFICE, load=_scope)
def invite(scope: Scope) -> AnyResponse:
    """Invite somebody to a role."""
    form = _invite_form(scope)
    if form.submit(lambda: services.invite(current_actor(), scope_kind=scope.kind, scope_id=scope.id, **form.values())):
        flash(str(_l("The invitation is on its way.")), "success")
        return redirect(_url("office_invitations", scope), 303)
    return _show_invitations(scope, form)


@bp.get("/offices/")
@access(SIGNED_IN)
def my_offices() -> str:
    """The offices that the actor runs."""
    actor = current_actor()
    held = sorted({(role.scope_kind, role.scope_id) for role in actor.roles}, key=str)
    texts = scope_texts(held)
    scopes = [Scope(*key, texts[key]) for key in held if key in texts]
    mine: Sequence[Scope] = [scope for scope in scopes if RUN_OFFICE.allows(actor, scope)]
    return render_template("accounts/my_offices.html", scopes=mine)
