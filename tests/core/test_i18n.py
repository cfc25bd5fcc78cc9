"""Text in the language of its reader, and never more than text."""

from datetime import date
from types import SimpleNamespace

import pytest
from flask import Flask, flash, get_flashed_messages, render_template_string
from markupsafe import Markup, escape

from lms.core.i18n import gettext, in_language, lazy_day, lazy_names
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_ngettext as _nl

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
