"""Burmese typed in Zawgyi is noticed, and its writer says which text to keep."""

import pytest

from lms.core.zawgyi import in_unicode
from tests.factories import make_person, post, sign_in

TYPED, MEANT = "ေဒၚခင္မာ", "ဒေါ်ခင်မာ"
PROFILE = {
    "name": "Khin Mar", "name_local": TYPED, "name_local_lang": "my", "name_zh": "", "called": "",
    "passport_family": "", "passport_given": "", "gender": "f", "language": "en", "zone": "Asia/Bangkok",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ျမန္မာ", "မြန်မာ"),
        ("ျပည္သူ႔က်န္းမာေရး", "ပြည်သူ့ကျန်းမာရေး"),
        ("ရန္ကုန္ တကၠသိုလ္ Yangon", "ရန်ကုန် တက္ကသိုလ် Yangon"),
        ("ပြည်သူ့ကျန်းမာရေး", None),
        ("မ", None),
        ("Aung San", None),
        ("", None),
    ],
)
def test_what_was_typed_in_zawgyi_is_told_from_unicode(text: str, meant: str | None) -> None:
    assert in_unicode(text) == meant


def test_the_writer_is_asked_and_nothing_is_saved_before(client, system):
    person = make_person(system, name="Khin Mar")
    sign_in(client, person)
    answer = post(client, "/accounts/profile", PROFILE)
    assert answer.status_code == 422
    assert MEANT in answer.text
    assert "Zawgyi" in answer.text
    assert f'value="{TYPED}"' in answer.text
    assert person.name_local == ""


@pytest.mark.parametrize(("choice", "kept"), [("convert", MEANT), ("keep", TYPED)])
def test_what_the_writer_chose_is_saved(client, system, choice: str, kept: str):
    person = make_person(system, name="Khin Mar")
    sign_in(client, person)
    assert post(client, "/accounts/profile", PROFILE | {"zawgyi-name_local": choice}).status_code == 303
    assert person.name_local == kept


def test_a_password_is_never_shown_nor_changed(client):
    answer = post(client, "/accounts/sign-in", {"email": "nobody@example.org", "password": TYPED * 3})
    assert answer.status_code == 422
    assert MEANT not in answer.text
    assert "Zawgyi" not in answer.text
