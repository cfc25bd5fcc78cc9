"""Whom the exchange brought to a host."""

from typing import Any

from sqlalchemy import Select, extract, select

from lms.exchange.models import Placement, post_sub_centre


def placed() -> Select[int, int, Any]:
    """Person, year of arrival and sub centre of every stay that began; once for each sub centre of its post."""
    return (
        select(
            Placement.person_id,
            extract("year", Placement.arrived_on).label("year"),
            post_sub_centre.c.sub_centre_id,
        )
        .outerjoin(post_sub_centre, post_sub_centre.c.post_id == Placement.post_id)
        .where(Placement.arrived_on.is_not(None))
    )
