"""Plots: what is drawn is what is counted, in the table, on the drawing and in the download."""

import pytest
from flask import Flask, render_template_string

from lms.core.plots import Plot, Series, bars, columns, funnel, histogram, lines, round_top
from lms.core.web.plots import plot_download

COUNTRIES = ("Cambodia", "Laos")
WOMEN = Series("Women", (12, 18))
MEN = Series("Men", (8, None), (None, "fewer than 3"))


def stacked() -> Plot:
    return bars("by-country", "Applications", COUNTRIES, (WOMEN, MEN), label_heading="Country", stacked=True)


def test_stacked_bars_stand_beside_each_other_on_a_scale_of_their_sum() -> None:
    first, second = stacked().row_marks(0)

    assert stacked().top == 20
    assert (first.x, first.width) == (0, 60)
    assert (second.x, second.width) == (60, 40)


def test_a_figure_that_may_not_be_told_is_not_told_by_a_total_either() -> None:
    assert stacked().text(1, 1) == "fewer than 3"
    assert stacked().total(0) == 20
    assert stacked().total(1) is None


def test_grouped_bars_stand_below_each_other() -> None:
    plot = bars("grouped", "Applications", COUNTRIES, (WOMEN, MEN), label_heading="Country")

    first, second = plot.row_marks(0)

    assert second.y >= first.y + first.height
    assert plot.row_height >= second.y + second.height


def test_columns_are_as_high_as_their_figures() -> None:
    plot = columns("years", "Applications", ("2025", "2026"), (Series("Applied", (50, 100)),), label_heading="Year")

    low, high = plot.column_marks

    assert high.height == pytest.approx(2 * low.height)
    assert (low.text, high.text) == ("50", "100")
    assert [tick.text for tick in plot.ticks] == ["0", "25", "50", "75", "100"]


def test_a_line_is_interrupted_where_a_figure_is_missing() -> None:
    plot = lines("l", "Applied", ("1", "2", "3", "4"), (Series("Applied", (1, None, 3, 4)),), label_heading="Year")

    assert [len(run) for run in plot.line_marks] == [1, 2]


def test_a_histogram_counts_every_value_once_and_both_ends() -> None:
    plot = histogram(
        "marks",
        "Marks",
        (0, 9, 10, 99, 100),
        lowest=0,
        highest=100,
        bins=10,
        label_heading="Mark",
        value_heading="Learners",
    )

    assert list(plot.series[0].values) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (plot.labels[0], plot.labels[-1]) == ("0–9", "90–100")


def test_a_funnel_says_which_share_is_left(app: Flask) -> None:
    plot = funnel("f", "Funnel", (("Begun", 200), ("Placed", 50)), label_heading="Stage", value_heading="People")

    with app.test_request_context():
        page = render_template_string('{% from "components/plot.html" import plot %}{{ plot(p) }}', p=plot)

    assert "25%" in page
    assert plot.row_marks(1)[0].width == 25


@pytest.mark.parametrize(("value", "top"), [(0, 4), (3, 4), (7, 8), (61, 80), (100, 100), (164, 200), (1001, 2000)])
def test_the_scale_of_counts_ends_at_a_round_number(value: int, top: int) -> None:
    assert round_top(value, whole=True) == top


def test_series_must_fit_and_be_told_apart() -> None:
    with pytest.raises(ValueError, match="one value for each label"):
        bars("x", "X", COUNTRIES, (Series("A", (1,)),), label_heading="Country")
    with pytest.raises(ValueError, match="told apart"):
        bars("x", "X", COUNTRIES, [Series(str(n), (1, 2)) for n in range(6)], label_heading="Country")


def test_every_series_is_told_apart_without_colour_and_stands_in_the_table(app: Flask) -> None:
    with app.test_request_context():
        page = render_template_string('{% from "components/plot.html" import plot %}{{ plot(p) }}', p=stacked())

    assert 'id="by-country-1"' in page
    assert 'fill="url(#by-country-1)"' in page
    assert "fewer than 3" in page
    assert 'style="' not in page


def test_the_figures_of_a_plot_can_be_taken_out(app: Flask) -> None:
    with app.test_request_context("/?plot=by-country"):
        response = plot_download([stacked()])
    assert response is not None
    assert response.get_data(as_text=True).splitlines()[1:] == ["Cambodia,12,8,20", "Laos,18,fewer than 3,–"]

    with app.test_request_context("/?plot=other"):
        assert plot_download([stacked()]) is None
