"""People to invite, as a table: to the roles of one office."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email

from lms.accounts import queries, services
from lms.accounts.policy import RUN_OFFICE
from lms.accounts.rules import normal_email
from lms.accounts.scopes import Scope, find_scope, roles_to_give
from lms.core.actor import Actor
from lms.core.errors import Invalid
from lms.core.i18n import LANGUAGES, lazy_listed
from lms.core.i18n import lazy_gettext as _l
from lms.core.imports import ImportKind, act_as, register_import
from lms.core.imports.kinds import Values
from lms.core.pdf import bilingual
from lms.core.tabular import Column


def _owner(person_id: int, now: datetime) -> Actor:
    """Who brought a table in. Whoever was suspended meanwhile may no longer do anything."""
    actor = queries.actor_of(person_id, now)
    return actor if queries.contacts([person_id]) else replace(actor, roles=())


act_as(_owner)


def _email(text: str) -> str:
    try:
        # Names that are reserved for examples and tests harm nobody: no mail can reach them.
        return normal_email(validate_email(text, check_deliverability=False, test_environment=True).normalized)
    except EmailNotValidError as error:
        raise Invalid(_l("This is not an e-mail address. Write one such as lan@example.edu.")) from error


def _language(text: str) -> str:
    for entry in LANGUAGES:
        if text.lower() in {entry.code, entry.html.lower(), entry.name.lower()}:
            return entry.code
    raise Invalid(_l("Write one of: %(list)s.", list=", ".join(entry.code for entry in LANGUAGES)))


def _note(text: str) -> str:
    if len(text) > 1000:
        raise Invalid(_l("Use at most %(count)d characters.", count=1000))
    return text


def _columns(actor: Actor, scope: Scope) -> Sequence[Column]:
    roles = roles_to_give(actor, scope)
    labels = {role.name: bilingual(role.label) for role in roles}
    names = {said.lower(): name for name, label in labels.items() for said in (name, label["en"], label["zh"])}

    def role_called(text: str) -> str:
        if text.lower() not in names:
            raise Invalid(_l("Write one of: %(list)s.", list=lazy_listed(role.label for role in roles)))
        return names[text.lower()]

    return (
        Column("email", ("E-mail", "E-mail address", "Email", "电子邮箱"), _email, hint=_l("Where the link is sent.")),
        Column("role", ("Role", "角色"), role_called, hint=lazy_listed(role.label for role in roles)),
        Column(
            "language",
            ("Language", "语言"),
            _language,
            is_required=False,
            default="en",
            hint=_l("Of the mail: en or zh. English if it is empty."),
        ),
        Column("note", ("Note", "备注"), _note, is_required=False, default="", hint=_l("A few words for the mail.")),
    )


def _is_known(actor: Actor, scope: Scope, values: Values) -> bool:
    """Whether they hold the role or are invited to it."""
    person = queries.person_by_email(values["email"])
    if person is not None and person.id == actor.person_id:
        raise Invalid(_l("This is your own address. Somebody else invites you to a role."), "email")
    if person is not None and queries.holds_now(person.id, values["role"], scope.kind, scope.id, actor.now):
        return True
    invitation = queries.open_invitation(values["email"], values["role"], scope.kind, scope.id)
    return invitation is not None and invitation.expires_at > actor.now


def _write(actor: Actor, scope: Scope, values: Values) -> object:
    return services.invite(actor, scope_kind=scope.kind, scope_id=scope.id, **values)


def _load(_actor: Actor, target: Values) -> Any:
    return find_scope(target["scope_kind"], target["code"])


INVITATIONS = register_import(
    ImportKind(
        "invitations",
        _l("People to invite"),
        _columns,
        RUN_OFFICE,
        _load,
        _is_known,
        _write,
        key=lambda values: (values["email"], values["role"]),
        max_rows=500,
    )
)
