"""Pages by key: every row once, both ways, also where the first key is the same for many."""

import pytest
from sqlalchemy import func, select

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


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", [Parcel.sender_id, func.nullif(Parcel.sender_id, 0)], ids=["column", "expression"])
def test_rows_without_a_value_come_last_both_ways(parcels, session, column, descending):
    senders = [3, None, 1, None, 2, 1, None, 3]
    session.add_all(Parcel(state="packed", sender_id=sender) for sender in senders)
    session.flush()
    keys = (Key(column, descending=descending), Key(Parcel.id))

    forward, cursor, last = [], "", ""
    while cursor is not None:
        page = paginate(select(Parcel), keys, cursor=cursor, size=2)
        forward.append([row.sender_id for row in page.items])
        last, cursor = cursor, page.after
    backward, cursor = [], last
    while cursor is not None:
        page = paginate(select(Parcel), keys, cursor=cursor, size=2)
        backward.append([row.sender_id for row in page.items])
        cursor = page.before

    known = sorted((sender for sender in senders if sender), reverse=descending)
    assert [one for page in forward for one in page] == [*known, None, None, None]
    assert backward == forward[::-1]


def test_a_cursor_of_the_other_direction_is_refused(rows):
    cursor = paginate(select(Parcel), [Key(Parcel.weight), Key(Parcel.id)], size=4).after

    assert cursor
    with pytest.raises(Invalid):
        paginate(select(Parcel), KEYS, cursor=cursor)


@pytest.mark.parametrize("cursor", ["x", "%%%", "bnVsbA", "W10", "WzEsIDIsIDNd", "eyJhIjogMX0"])
def test_a_forged_cursor_is_refused(rows, cursor):
    with pytest.raises(Invalid):
        paginate(select(Parcel), KEYS, cursor=cursor)
