"""How a list says by what it can be sorted, and how its page offers that."""

import re

import pytest
from flask import Flask, render_template_string
from sqlalchemy import select

from lms.core.paging import Key, in_order_of, paginate
from lms.core.web.lists import Column, sorting_of
from tests.core.parcels import PARCEL, Parcel

COLUMNS = (
    Column("Number", lambda row: row.id),
    Column("Weight", lambda row: row.weight, "weight", Parcel.weight),
    Column("State", lambda row: row.state, "state", in_order_of(Parcel.state, PARCEL.states)),
)
OWN = (Key(Parcel.weight, descending=True), Key(Parcel.state), Key(Parcel.id, descending=True))
HEADINGS = """
{% from "components/table.html" import table %}
{% call table("Parcels", [{"label": "Number"}, {"label": "Weight", "sort": "weight"}, {"label": "State", "sort": "state"}],
  sorting=sorting) %}{% endcall %}
"""
FORM = '{% from "components/filters.html" import filters %}{{ filters("/parcels", q="big", sorting=sorting) }}'
EMPTY = '{% from "components/empty.html" import empty_list %}{{ empty_list("No parcels yet", "Send one.") }}'


def _keys(asked: str) -> list[tuple[object, bool]]:
    return [(key.column, key.descending) for key in sorting_of(COLUMNS, OWN, asked).keys]


@pytest.mark.parametrize("asked", ["", "number", "-nothing", "weight; drop table", "-", "--weight"])
def test_a_list_keeps_its_own_order_when_asked_for_one_that_it_does_not_know(asked):
    sorting = sorting_of(COLUMNS, OWN, asked)

    assert sorting.keys == OWN
    assert sorting.value == "-weight"


def test_an_order_ends_in_the_key_that_makes_it_total():
    by = COLUMNS[2].by

    assert _keys("state") == [(by, False), (Parcel.id, False)]
    assert _keys("-state") == [(by, True), (Parcel.id, True)]


def test_the_own_order_is_turned_round_as_a_whole():
    assert _keys("-weight") == [(Parcel.weight, True), (Parcel.state, False), (Parcel.id, True)]
    assert _keys("weight") == [(Parcel.weight, False), (Parcel.state, True), (Parcel.id, False)]


def test_states_come_in_the_order_of_the_process(parcels, session):
    session.add_all(Parcel(state=state) for state in ("delivered", "packed", "lost", "sent"))
    session.flush()

    page = paginate(select(Parcel), sorting_of(COLUMNS, OWN, "state").keys)

    assert [row.state for row in page.items] == ["packed", "sent", "lost", "delivered"]


def test_headings_sort_and_keep_the_filters_but_not_the_page(app: Flask):
    with app.test_request_context("/parcels?q=big&sort=weight&cursor=abc"):
        page = render_template_string(HEADINGS, sorting=sorting_of(COLUMNS, OWN, "weight"))

    assert re.findall(r'<th scope="col"( aria-sort="\w+")?>', page) == ["", ' aria-sort="ascending"', ""]
    assert re.findall(r'href="([^"]+)"', page) == ["/parcels?q=big&amp;sort=-weight", "/parcels?q=big&amp;sort=state"]


def test_the_form_offers_every_order_and_keeps_the_one_in_force(app: Flask):
    with app.test_request_context("/parcels?q=big&sort=-state"):
        page = render_template_string(FORM, sorting=sorting_of(COLUMNS, OWN, "-state"))

    assert re.findall(r'<option value="([^"]*)"( selected)?>([^<]+)<', page) == [
        ("weight", "", "Weight ↑"),
        ("-weight", "", "Weight ↓"),
        ("state", "", "State ↑"),
        ("-state", " selected", "State ↓"),
    ]


def test_an_empty_list_says_whether_there_is_nothing_or_nothing_matches(app: Flask):
    def shown(address: str) -> str:
        with app.test_request_context(address):
            return render_template_string(EMPTY)

    assert "No parcels yet" in shown("/parcels?q=&state=&sort=weight&cursor=abc")
    narrowed = shown("/parcels?q=big&sort=weight")
    assert "Nothing matches" in narrowed
    assert 'href="/parcels"' in narrowed
