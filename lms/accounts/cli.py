"""`flask accounts create EMAIL --name … --role ROLE[@SCOPE] --password-stdin`."""

import sys

import click
from flask.cli import AppGroup

from lms.accounts import services
from lms.accounts.passwords import hash_password
from lms.accounts.rules import password_problem
from lms.accounts.scopes import find_scope, scope_kind_named
from lms.core import clock
from lms.core.access import all_roles, give_grant, role_named
from lms.core.actor import system_actor
from lms.core.db import unit_of_work
from lms.core.errors import AppError, NotFound

accounts_cli = AppGroup("accounts", help="People and their accounts.")


def _fail(message: object) -> None:
    click.echo(str(message), err=True)
    sys.exit(2)


def _role(text: str) -> tuple[str, str, int | None]:
    """Turn `secretariat` or `coordinator@institution:mahidol-university` into role, kind of scope and id."""
    name, _, scope = text.partition("@")
    kind, _, code = scope.partition(":")
    kind = kind or "platform"
    try:
        scope_kind_named(kind)
        role_named(name, kind)
    except (KeyError, NotFound):
        known = ", ".join(
            role.name if role.scope_kind == "platform" else f"{role.name}@{role.scope_kind}:CODE"
            for role in all_roles()
        )
        raise click.ClickException(f"There is no role {text!r}; the roles are {known}.") from None
    if kind == "platform":
        return name, kind, None
    try:
        return name, kind, find_scope(kind, code).id
    except NotFound:
        raise click.ClickException(f"There is no {kind} called {code!r}.") from None


@accounts_cli.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Full name in Latin letters.")
@click.option("--role", "roles", multiple=True, metavar="ROLE[@SCOPE]", help="Such as secretariat; may be repeated.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(email: str, name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Make an account with a confirmed address and roles. Without a password its owner resets it by mail."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    if "@" not in email.strip("@"):
        _fail(f"{email!r} is not an e-mail address.")
    if password_stdin and (problem := password_problem(password, email)):
        _fail(problem)
    hashed = hash_password(password) if password else None
    try:
        with unit_of_work():
            held = [_role(role) for role in roles]
            actor = system_actor(clock.now())
            person = services.create_person(
                actor, email=email, name=name.strip(), password_hash=hashed, is_confirmed=True
            )
            for role, kind, scope_id in held:
                give_grant(
                    actor,
                    person_id=person.id,
                    role=role,
                    scope_kind=kind,
                    scope_id=scope_id,
                    reason="command line",
                )
    except click.ClickException as error:
        _fail(error.message)
    except AppError as error:
        _fail(error.message)
    click.echo(f"created {email}")
