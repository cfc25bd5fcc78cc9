"""Journey 2, young-scientist exchange: from the call to the certificate, everything made in the browser."""

from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.e2e.exchange_applying import (
    APPLICATIONS,
    applies,
    coordinator_refuses_then_endorses,
    documents_stay_private,
    fourth_withdraws_and_applies_again,
    home_sides_are_reminded,
    ministry_endorses_by_link,
    screening_returns_and_accepts,
    sealed_sheet_is_handed_in,
)
from tests.e2e.exchange_deciding import (
    allocation_is_run,
    decisions_are_released,
    hosts_rank,
    reviewer_gives_a_review_back,
    reviewers_are_assigned,
    reviews_are_written,
    what_others_see,
)
from tests.e2e.exchange_opening import (
    hosts_draft_posts,
    lab_is_set_up,
    lab_takes_one_person,
    public_finds_posts,
    secretariat_opens_a_call,
)
from tests.e2e.exchange_staying import (
    next_in_line_is_asked,
    placement_is_certified,
    report_is_countersigned,
    stay_is_prepared,
    strangers_see_nothing,
    unanswered_offer_lapses,
)
from tests.e2e.joining import becomes_coordinator, everybody_signs_in, is_invited, joins, letter_in, registers
from tests.e2e.people import DEMO_EXCHANGE, FRESH_EXCHANGE, SITES, Cast
from tests.e2e.visitor import Visitor


def everybody_joins(cast: Cast) -> None:
    """Hosts, scientists, their home sides and reviewers come by the ways that are open to each."""
    letter = letter_in(cast.folder)
    cast.browser_of("secretariat").signs_in(cast["secretariat"].email)
    becomes_coordinator(cast, "host_office", letter)
    becomes_coordinator(cast, "home_office", letter)
    lab_is_set_up(cast)
    is_invited(cast, "host", by="host_office", office=cast.notes["lab_office"], role="Host")
    for part in ("reviewer1", "reviewer2", "tied"):
        is_invited(cast, part, by="secretariat", office="/accounts/offices/platform/all/", role="Reviewer")
        joins(cast.browser_of(part), cast[part], "Staff")
    for part in ("scientist", "second", "third", "fourth"):
        joins(registers(cast.browser_of(part), cast[part]), cast[part], "Staff")


def is_hosted_by_a_known_lab(cast: Cast) -> None:
    """In the demo world everybody has an account, and the host a lab."""
    everybody_signs_in(cast)
    cast.notes["lab"] = "State Key Laboratory of Respiratory Disease"


def nothing_leaks(cast: Cast) -> None:
    """Until the release no page, count, mail, export or search shows a trace of a decision."""
    before = what_others_see(cast)
    allocation_is_run(cast)
    after = what_others_see(cast)
    for place, shown in before.items():
        told = list(unified_diff(shown.splitlines(), after[place].splitlines(), lineterm="", n=0))
        assert not told, f"{place} betrays a decision: {told}"


def everybody_applies(cast: Cast) -> None:
    """Four scientists, endorsed in three ways."""
    for part, posts, route in APPLICATIONS:
        applies(cast, part, posts=posts, route=route)


STEPS: tuple[Callable[..., None], ...] = (
    secretariat_opens_a_call,
    hosts_draft_posts,
    lab_takes_one_person,
    public_finds_posts,
    everybody_applies,
    fourth_withdraws_and_applies_again,
    home_sides_are_reminded,
    coordinator_refuses_then_endorses,
    ministry_endorses_by_link,
    sealed_sheet_is_handed_in,
    screening_returns_and_accepts,
    documents_stay_private,
    reviewers_are_assigned,
    reviewer_gives_a_review_back,
    reviews_are_written,
    hosts_rank,
    nothing_leaks,
    decisions_are_released,
    next_in_line_is_asked,
    unanswered_offer_lapses,
    stay_is_prepared,
    report_is_countersigned,
    placement_is_certified,
    strangers_see_nothing,
)
WORLDS = {"fresh": (FRESH_EXCHANGE, everybody_joins), "demo": (DEMO_EXCHANGE, is_hosted_by_a_known_lab)}


@pytest.mark.worlds(sqlite="demo", postgresql="fresh")
def test_exchange(world: str, request: pytest.FixtureRequest, visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    people, arrive = WORLDS[world]
    cast = Cast(request.getfixturevalue(SITES[world]), people, visitor, tmp_path)
    for step in (arrive, *STEPS):
        step(cast)
