"""Texts of a course in further languages: given by its makers, read by those who speak them, found by search."""

import pytest
from flask.testing import FlaskClient

from lms.core import search
from lms.core.db import db
from lms.core.i18n import in_language, in_reader_language
from lms.courses.models import Course
from tests.courses.factories import make_course, make_instructor, make_offering
from tests.factories import make_person, post, sign_in

TITLE = "การสอบสวนการระบาด"


@pytest.fixture
def course(system, client: FlaskClient) -> Course:
    """A published course, whose instructor is signed in."""
    instructor = make_instructor(system)
    made = make_course(system, instructor)
    make_offering(system, made)
    sign_in(client, instructor)
    return made


def address(course: Course) -> str:
    return f"/courses/{course.code}/languages"


def test_a_text_in_another_language_is_read_and_found(course, client):
    path, version = address(course), str(course.version)
    answer = post(client, f"{path}?language=th", {"title": TITLE, "summary": "", "version": version})
    assert answer.status_code == 303
    with in_language("th"):
        assert in_reader_language(course, "title") == TITLE
        assert in_reader_language(course, "summary") == course.summary_en
    with in_language("lo"):
        assert in_reader_language(course, "title") == course.title_en
    assert db.session.scalars(search.match("course", "การระบาด")).all() == [course.id]
    assert "ไทย" in client.get(path).text


def test_an_emptied_text_goes_and_english_stands_again(course, client):
    path = address(course)
    for title in (TITLE, ""):
        data = {"title": title, "summary": "", "version": str(course.version)}
        assert post(client, f"{path}?language=th", data).status_code == 303
    assert course.translations == {}
    assert db.session.scalars(search.match("course", "การระบาด")).all() == []


def test_a_language_that_nobody_knows_is_no_page_and_a_long_title_comes_back(course, client):
    path = address(course)
    assert client.get(f"{path}?language=xx").status_code == 404
    answer = post(client, f"{path}?language=vi", {"title": "x" * 300, "summary": "kept"})
    assert answer.status_code == 422
    assert "kept" in answer.text
    assert course.translations == {}


def test_readers_are_told_when_english_stands_for_their_language(course, client):
    page = client.get(f"/courses/{course.code}").text
    assert "Shown in English" not in page
    client.get("/language/zh")
    course.summary_zh = ""
    db.session.flush()
    page = client.get(f"/courses/{course.code}").text
    assert 'lang="en"' in page


def test_somebody_else_may_not(course, client, system):
    sign_in(client, make_person(system))
    assert client.get(address(course)).status_code in (403, 404)
