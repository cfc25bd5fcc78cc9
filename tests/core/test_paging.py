"""Pages by key: every row once, both ways, also where the first key is the same for many."""

import pytest
from sqlalchemy import select

from lms.core.errors import Invalid
from lms.core.paging import Key, paginate
from tests.core.parcels import Parcel


@pytest.fixture
def rows(parcels, session):
    session.add_all(Parcel(state="packed", weight=number % 3) for number in range(25))
    session.flush()


KEYS = (Key(Parcel.weight, descending=True), Key(Parcel.id))


def _walk(direction, start=""):
    cursor, pages = start, []
    while cursor is not None:
        page = paginate(select(Parcel), KEYS, cursor=cursor, size=4)
        pages.append([row.id for row in page.items])
        cursor = getattr(page, direction)
    return pages


def test_every_row_comes_once_in_order(rows, session):
    expected = [row.id for row in session.query(Parcel).order_by(Parcel.weight.desc(), Parcel.id)]

    assert [one for page in _walk("after") for one in page] == expected


def test_the_way_back_shows_the_same_pages(rows):
    forward = _walk("after")
    last = ""
    cursor = ""
    while cursor is not None:
        last, cursor = cursor, paginate(select(Parcel), KEYS, cursor=cursor, size=4).after

    backward = _walk("before", last)

    assert [one for page in reversed(backward) for one in page] == [one for page in forward for one in page]


def test_the_first_page_has_nothing_before_it(rows):
    page = paginate(select(Parcel), KEYS, size=4)

    assert page.before is None
    assert page.after is not None


def test_an_empty_list_has_no_neighbours(parcels):
    page = paginate(select(Parcel), KEYS)

    assert (list(page.items), page.before, page.after) == ([], None, None)


def test_a_cursor_of_another_list_is_refused(rows):
    cursor = paginate(select(Parcel), [Key(Parcel.state), Key(Parcel.id)], size=4).after

    assert cursor
    with pytest.raises(Invalid):
        paginate(select(Parcel), KEYS, cursor=cursor)


def test_a_list_by_a_column_that_may_be_empty_is_a_mistake(parcels, session):
    session.add_all([Parcel(state="packed"), Parcel(state="packed")])
    session.flush()

    with pytest.raises(ValueError, match="coalesce"):
        paginate(select(Parcel), [Key(Parcel.sender_id), Key(Parcel.id)], size=1)


@pytest.mark.parametrize("cursor", ["x", "%%%", "bnVsbA", "W10", "WzEsIDIsIDNd", "eyJhIjogMX0"])
def test_a_forged_cursor_is_refused(rows, cursor):
    with pytest.raises(Invalid):
        paginate(select(Parcel), KEYS, cursor=cursor)
