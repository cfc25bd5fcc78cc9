"""The measured instances are what they claim to be, and what is measured there is right."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks.allocation import plot
from benchmarks.allocation.engines import ENGINES, explain, recount
from benchmarks.allocation.families import FAMILIES, Size, make
from benchmarks.allocation.runs import Series, ratio
from benchmarks.allocation.worker import as_lists, outcome

SMALL = Size(1_500, 60, 8)


@pytest.mark.parametrize("family", FAMILIES)
def test_both_sides_list_the_same_pairs_once(family):
    arrays = make(family, SMALL, 3)
    lists = as_lists(arrays, "stable")
    wished = {(who, post) for who, posts in enumerate(lists["wishes"]) for post in posts}
    ranked = {(who, post) for post, people in enumerate(lists["lists"]) for who in people}
    assert wished == ranked
    assert len(wished) == len(arrays["wish"]) == len(arrays["list"])
    assert sum(lists["capacity"]) == SMALL.people * 9 // 10
    assert (len(wished) < SMALL.entries) == (family == "C")


def test_an_instance_is_the_same_each_time():
    first, second = make("C", SMALL, 5), make("C", SMALL, 5)
    assert all((first[name] == second[name]).all() for name in first)


@pytest.mark.parametrize("family", FAMILIES)
def test_engines_that_promise_the_same_find_the_same(family):
    arrays = make(family, SMALL, 7)
    found = {
        name: outcome(arrays, ENGINES[name](as_lists(arrays, name)))
        for name in ("stable", "checked", "nested", "nested_checked", "best_total", "ortools", "quick", "fair")
    }
    assert found["stable"] == found["checked"]
    assert found["nested"] == found["nested_checked"]
    assert found["nested"]["placed"] <= found["stable"]["placed"]
    assert found["best_total"]["total"] == found["ortools"]["total"] >= found["fair"]["total"]
    assert found["quick"]["total"] >= 0.96 * found["best_total"]["total"]
    lists = as_lists(arrays, "stable")
    explain(lists, recount(lists)(), 0)


def test_ratios_are_between_neighbours_in_time():
    assert ratio(Series(seconds=[10.0, 40.0, 20.0]), Series(seconds=[1.0, 2.0, 2.0])) == 10


def test_a_chart_is_well_formed_and_names_do_not_cover_each_other():
    lines = [plot.Line(f"<{index}>", [(1e4, 0.001), (1e6, 0.01 * (1 + index / 100))]) for index in range(8)]
    drawn = ET.fromstring(plot.chart("Time & more", lines, "{:g} s".format, (1e4, 1e7)))
    names = [each for each in drawn.iter() if (each.text or "").startswith("<")]
    assert [each.text for each in names] == [line.name for line in lines]
    heights = sorted(float(each.get("y")) for each in names)
    assert np.diff(heights).min() > 15.9
    assert heights[-1] < plot.HEIGHT
