"""The form of the limits above posts: one number for each host and lab."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_ngettext
from lms.core.web import Form
from lms.core.web.templating import in_reader_language
from lms.exchange.queries.capacities import Unit
from lms.exchange.services.capacities import MOST_SEATS


class CapacitiesForm(Form):
    """A number for each unit; empty lifts the limit."""

    names: Mapping[str, str] = {}

    @property
    def seats(self) -> dict[str, int | None]:
        """What was typed, by the keys of the units."""
        return {key: self[name].data for key, name in self.names.items()}


def capacities_form(hosts: Sequence[Unit], version: int) -> CapacitiesForm:
    """The form for these hosts and their labs, filled with the limits as they stand at this version of the call."""
    fields: dict[str, Any] = {}
    names: dict[str, str] = {}
    data: dict[str, int | None] = {}
    for host in hosts:
        for unit in (host, *host.labs):
            name = names[unit.key] = unit.key.replace(":", "-")
            label = _l("All labs together") if unit is host else in_reader_language(unit.thing, "name")
            fields[name] = IntegerField(
                label,
                [Optional(), NumberRange(1, MOST_SEATS)],
                description=lazy_ngettext(
                    "Its posts have %(num)d place.", "Its posts have %(num)d places.", unit.places
                ),
                render_kw={"min": 1},
            )
            data[name] = unit.seats
    made: type[CapacitiesForm] = type("CallCapacitiesForm", (CapacitiesForm,), {**fields, "names": names})
    return made(data=data, version=str(version))
