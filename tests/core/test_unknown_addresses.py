"""What a visitor is told at an address that leads nowhere."""

import pytest

from tests.factories import make_person, sign_in


@pytest.mark.parametrize(
    "path", ["/courses/NOTHING-1", "/courses/offerings/nothing", "/exchange/calls/nothing", "/institutions/nothing"]
)
def test_a_visitor_at_an_unknown_public_address_gets_a_page_that_helps(client, session, path):
    answer = client.get(f"{path}?x=1")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert f"/accounts/sign-in?next={path}?x%3D1" in answer.text.replace("%2F", "/").replace("%3F", "?")


def test_a_visitor_at_a_personal_address_is_asked_to_sign_in(client, session):
    assert client.get("/exchange/applications/nothing").status_code == 302


def test_somebody_signed_in_is_not_asked_again(client, system):
    page = sign_in(client, make_person(system)).get("/courses/NOTHING-1")
    assert page.status_code == 404
    assert "Sign in, if" not in page.text
