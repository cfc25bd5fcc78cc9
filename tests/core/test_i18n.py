"""Text in the language of its reader, and never more than text."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import wtforms.i18n
from babel.messages.pofile import read_po
from flask import Flask, flash, g, get_flashed_messages, render_template_string
from markupsafe import Markup, escape

from lms.core.collation import in_order
from lms.core.i18n import (
    ALL_LANGUAGES,
    Language,
    current_language,
    gettext,
    in_language,
    lazy_day,
    lazy_legal,
    lazy_names,
    ngettext,
)
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_ngettext as _nl
from lms.core.web.library_messages import LibraryMessages
from lms.core.web.locale import request_language
from tools.translations import extract, texts

TYPED = "<img src=x onerror=alert(1)>"
SHOWN = "&lt;img src=x onerror=alert(1)&gt;"


@pytest.fixture(autouse=True)
def request_context(app: Flask):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    "text",
    [
        _l("Hello %(name)s,", name=TYPED),
        _nl("%(num)d %(name)s", "%(num)d %(name)s", 2, name=TYPED),
        _l("Hello %(name)s,", name=_l("%(name)s", name=TYPED)),
    ],
)
def test_what_people_typed_into_a_sentence_is_escaped_where_it_is_shown(text):
    assert SHOWN in escape(text)
    assert SHOWN in render_template_string("{{ text }}", text=text)
    assert SHOWN in render_template_string("{{ _('Hello %(name)s,', name=text) }}", text=text)
    assert SHOWN in Markup("<b>{}</b>").format(text)
    assert TYPED in str(text)


def test_a_flashed_sentence_is_escaped_once(app: Flask):
    flash(_l("Hello %(name)s & all,", name=TYPED))
    cookies = app.session_interface.get_signing_serializer(app)
    (message,) = cookies.loads(cookies.dumps(get_flashed_messages()))
    assert render_template_string("{{ text }}", text=message) == f"Hello {SHOWN} &amp; all,"


def test_it_is_said_in_the_language_of_whoever_reads_it():
    text = _l("Sign in")
    with in_language("zh"):
        assert str(text) == gettext("Sign in") != "Sign in"
    with in_language("en"):
        assert str(text) == "Sign in"


def test_names_and_days_within_a_sentence_are_in_the_readers_language():
    post = SimpleNamespace(title_en="Dengue surveillance", title_zh="登革热监测")
    only_english = SimpleNamespace(title_en="Malaria genomics", title_zh="")
    names, day = lazy_names([post, only_english], "title"), lazy_day(date(2027, 3, 1))
    with in_language("zh"):
        assert str(names) == "登革热监测、Malaria genomics"
        assert str(day) == "2027年3月1日"
    with in_language("en"):
        assert str(names) == "Dengue surveillance, Malaria genomics"
        assert str(day) == "1 March 2027"


@pytest.mark.parametrize("entry", ALL_LANGUAGES, ids=lambda entry: entry.code)
def test_every_language_says_its_own_words_days_and_numbers(entry: Language):
    with in_language(entry.code):
        assert current_language() is entry
        said = gettext("Sign in"), ngettext("%(num)d page", "%(num)d pages", 3), str(lazy_day(date(2027, 3, 1)))
    assert (said[0] == "Sign in") == (entry.code == "en")
    assert "3" in said[1]
    assert "2027" in said[2]


@pytest.mark.parametrize(
    ("accepted", "code"),
    [("zh-Hant-TW,zh;q=0.9", "zh"), ("de-DE,de;q=0.9,zh-CN;q=0.4,en;q=0.2", "zh"), ("xx", "en"), ("", "en")],
)
def test_a_browser_gets_the_first_of_its_languages_that_is_offered(app: Flask, accepted: str, code: str):
    with app.test_request_context(headers={"Accept-Language": accepted}):
        assert request_language() == code


def test_forms_say_in_every_language_what_the_library_says_by_itself(app: Flask):
    """WTForms' own template of messages, apart from what cannot reach anybody who uses our forms."""
    unused = ("CSRF", "field name", "IP address", "Mac address", "UUID", "week value", "Choices cannot be None")
    template = Path(wtforms.i18n.messages_path()) / "wtforms.pot"
    with template.open("rb") as file:
        said = {texts(message.id)[0] for message in read_po(file) if message.id}
    ours = {texts(message.id)[0] for message in extract() if message.id}
    assert {text for text in said - ours if not any(part in text for part in unused)} == set()
    with in_language("zh"):
        assert LibraryMessages().gettext("This field is required.") == "此项必填。"


@pytest.mark.parametrize("entry", ALL_LANGUAGES, ids=lambda entry: entry.code)
def test_years_are_counted_as_the_reader_chose(entry: Language):
    with in_language(entry.code):
        gregorian = str(lazy_day(date(2027, 3, 1)))
        g.calendar = "buddhist"
        buddhist = str(lazy_day(date(2027, 3, 1)))
        era = gettext("%(year)s BE", year=2570)
    assert era in buddhist
    # Some languages name the era before Gregorian years too, which then goes.
    assert set(buddhist.replace(era, "").split()) <= set(gregorian.replace("2027", "").split())
    assert "2570" not in gregorian


def test_the_buddhist_era_is_chosen_under_display(client):
    assert client.get("/display?calendar=julian").status_code == 404
    client.get("/display?calendar=buddhist&next=/")
    assert 'value="buddhist" checked' in client.get("/display").text
    client.get("/display?theme=dark")
    assert 'value="buddhist" checked' in client.get("/display").text, "one choice leaves the others alone"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("zh", ["柬埔寨", "老挝", "马来西亚", "缅甸", "泰国", "文莱", "越南"]),  # by pinyin
        ("th", ["กัมพูชา", "เกาหลี", "ไทย", "พม่า", "ฟิลิปปินส์", "เวียดนาม"]),  # by consonant, whatever vowel stands before it
        ("vi", ["Cam", "Cám", "Cạm", "Dan", "Đan"]),
        ("en", ["Äpfel", "apple", "Berry"]),
    ],
)
def test_short_lists_stand_in_the_order_of_the_language(code: str, names: list[str]):
    with in_language(code):
        assert in_order(reversed(names)) == names


DEMAND = "You are employed full time in the country of your nationality."


def test_what_binds_stands_in_english_with_the_draft_beneath_until_a_speaker_confirms():
    text = lazy_legal(DEMAND)
    shown = '{% from "components/legal.html" import legal %}{{ legal(text) }}'
    with in_language("zh"):
        assert str(text) != DEMAND
        assert text.draft == ""
    with in_language("th"):
        assert str(text) == DEMAND
        assert text.draft not in ("", DEMAND)
        page = render_template_string(shown, text=text)
        assert f'<span lang="en">{DEMAND}</span>' in page
        assert text.draft in page
    with in_language("en"):
        assert render_template_string(shown, text=text).strip() == DEMAND


def test_days_and_names_within_what_binds_are_in_its_own_language():
    text = lazy_legal("You are at most %(limit)d years old on %(date)s.", limit=40, date=lazy_day(date(2027, 3, 1)))
    with in_language("th"):
        assert str(text) == "You are at most 40 years old on 1 March 2027."
        assert "มีนาคม" in text.draft


def test_pages_in_an_unconfirmed_language_say_so(app: Flask):
    with app.test_request_context("/courses/"):
        with in_language("km"):
            page = render_template_string('{% include "layout/footer.html" %}')
        assert 'hreflang="en">English</a>' in page
        assert "made by machine" not in render_template_string('{% include "layout/footer.html" %}')
