"""Wall clocks of the region, and the instants that they show."""

from datetime import UTC, datetime

import pytest

from lms.core.clock import deadline_in_zone
from lms.core.errors import Invalid
from lms.core.web.locale import show_instant


@pytest.mark.parametrize(
    ("zone", "hour", "minute"), [("Asia/Yangon", 10, 29), ("Asia/Shanghai", 8, 59), ("Asia/Jakarta", 9, 59)]
)
def test_a_deadline_is_an_instant(zone, hour, minute):
    local = datetime.fromisoformat("2027-03-03T16:59")

    assert deadline_in_zone(local, zone) == datetime(2027, 3, 3, hour, minute, tzinfo=UTC)


def test_an_instant_is_shown_with_its_zone(app):
    with app.test_request_context():
        shown = show_instant(datetime(2027, 3, 3, 10, 29, tzinfo=UTC), "Asia/Yangon")

    assert shown == "3 Mar 2027, 16:59 (Myanmar Time)"


@pytest.mark.parametrize("year", [1, 1899, 3000, 9999])
def test_a_year_that_not_every_zone_could_show_is_refused(year):
    with pytest.raises(Invalid):
        deadline_in_zone(datetime.fromisoformat(f"{year:04}-12-31T23:59"), "Asia/Shanghai")
