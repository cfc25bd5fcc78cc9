"""Questions about courses that need no database."""

import time

import pytest

from lms.courses import rules


def test_the_pictures_that_a_text_shows_are_found_by_name():
    text = '![a](one.png) and ![from [0, 1)](<two.png> "title")\n![](three.png)\n![b](/files/x) ![c](https://d/e.png)'
    assert rules.named_pictures(text) == {"one.png", "two.png", "three.png"}


@pytest.mark.parametrize("piece", ["![", "![](", "![a](", "![a](<", "![ "])
def test_no_text_takes_long_to_be_searched_for_pictures(piece):
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    rules.named_pictures(text)
    assert time.process_time() - began < 2
