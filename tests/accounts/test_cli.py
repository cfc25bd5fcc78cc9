"""`flask accounts create`."""

import pytest

from lms.accounts import queries
from lms.accounts.passwords import is_right
from tests.factories import actor_of, make_institution

PASSWORD = "three blue mangoes"


def run(app, *arguments, stdin=PASSWORD + "\n"):
    return app.test_cli_runner().invoke(args=["accounts", "create", *arguments], input=stdin)


def test_an_administrator_can_sign_in_at_once(app, session):
    result = run(app, "root@example.test", "--name", "Root", "--role", "admin", "--password-stdin")
    assert (result.exit_code, result.output) == (0, "created root@example.test\n")
    person = queries.person_by_email("root@example.test")
    assert person.is_confirmed
    assert is_right(PASSWORD, person.password_hash)
    assert actor_of(person).holds("admin", "platform")


def test_a_role_in_a_scope(app, session, system):
    place = make_institution(system, slug="mahidol-university")
    session.commit()
    role = "coordinator@institution:mahidol-university"
    assert run(app, "lan@example.test", "--name", "Lan", "--role", role, "--role", "reviewer").exit_code == 0
    person = queries.person_by_email("lan@example.test")
    assert actor_of(person).holds("coordinator", "institution", place.id)
    assert actor_of(person).holds("reviewer", "platform")


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["lan@example.test", "--role", "emperor"], PASSWORD, "There is no role 'emperor'"),
        (["lan@example.test", "--role", "coordinator"], PASSWORD, "coordinator@institution:CODE"),
        (
            ["lan@example.test", "--role", "coordinator@institution:mars"],
            PASSWORD,
            "no institution called 'mars'",
        ),
        (["lan@example.test", "--password-stdin"], "short\n", "at least 10 characters"),
        (["nobody", "--password-stdin"], PASSWORD, "not an e-mail address"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(app, session, arguments, stdin, message):
    result = run(app, *arguments, "--name", "Lan", stdin=stdin)
    assert result.exit_code == 2
    assert message in result.output
    assert result.output.count("\n") == 1
    assert queries.person_by_email("lan@example.test") is None


def test_an_address_is_used_once(app, session):
    assert run(app, "lan@example.test", "--name", "Lan").exit_code == 0
    again = run(app, "LAN@example.test", "--name", "Lan")
    assert (again.exit_code, "has an account already" in again.output) == (2, True)
