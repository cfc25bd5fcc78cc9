"""Journey 2, young-scientist exchange: from the call to the certificate, everything made in the browser."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.exchange_applying import (
    APPLICATIONS,
    applies,
    coordinator_refuses_then_endorses,
    documents_stay_private,
    ministry_endorses_by_link,
    screening_returns_and_accepts,
    sealed_sheet_is_handed_in,
)
from tests.e2e.exchange_deciding import (
    allocation_is_run,
    decisions_are_released,
    hosts_rank,
    reviewers_are_assigned,
    reviews_are_written,
    what_others_see,
)
from tests.e2e.exchange_opening import hosts_draft_posts, lab_is_set_up, public_finds_posts, secretariat_opens_a_call
from tests.e2e.exchange_staying import (
    next_in_line_gets_the_place,
    placement_is_certified,
    report_is_countersigned,
    stay_is_prepared,
    strangers_see_nothing,
    unanswered_offer_lapses,
)
from tests.e2e.joining import becomes_coordinator, everybody_signs_in, is_invited, joins, letter_in, registers
from tests.e2e.people import DEMO_EXCHANGE, FRESH_EXCHANGE, Cast
from tests.e2e.visitor import Visitor


def everybody_joins(cast: Cast, folder: Path) -> None:
    """Hosts, scientists, their home sides and reviewers come by the ways that are open to each."""
    letter = letter_in(folder)
    cast.browser_of("secretariat").signs_in(cast["secretariat"].email)
    becomes_coordinator(cast, "host_office", letter)
    becomes_coordinator(cast, "home_office", letter)
    lab_is_set_up(cast)
    is_invited(cast, "host", by="host_office", office=cast.notes["lab_office"], role="Host")
    for part in ("reviewer1", "reviewer2", "tied"):
        is_invited(cast, part, by="secretariat", office="/accounts/offices/platform/all/", role="Reviewer")
        joins(cast.browser_of(part), cast[part], "Staff")
    for part in ("scientist", "second", "third"):
        joins(registers(cast.browser_of(part), cast[part]), cast[part], "Staff")


@pytest.mark.parametrize("world", ["fresh", "demo"])
def test_exchange(world: str, request: pytest.FixtureRequest, visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    site = request.getfixturevalue("empty_site" if world == "fresh" else "site")
    cast = Cast(site, FRESH_EXCHANGE if world == "fresh" else DEMO_EXCHANGE, visitor)
    if world == "fresh":
        everybody_joins(cast, tmp_path)
    else:
        everybody_signs_in(cast)
        cast.notes["lab"] = "State Key Laboratory of Respiratory Disease"
    secretariat_opens_a_call(cast)
    hosts_draft_posts(cast)
    public_finds_posts(cast)
    for part, posts, route in APPLICATIONS:
        applies(cast, part, tmp_path, posts=posts, route=route)
    coordinator_refuses_then_endorses(cast)
    ministry_endorses_by_link(cast)
    sealed_sheet_is_handed_in(cast, tmp_path)
    screening_returns_and_accepts(cast)
    documents_stay_private(cast)
    reviewers_are_assigned(cast)
    reviews_are_written(cast)
    hosts_rank(cast)
    before = what_others_see(cast)
    allocation_is_run(cast)
    assert what_others_see(cast) == before
    decisions_are_released(cast)
    next_in_line_gets_the_place(cast)
    unanswered_offer_lapses(cast)
    stay_is_prepared(cast)
    report_is_countersigned(cast, tmp_path)
    placement_is_certified(cast)
    strangers_see_nothing(cast)
