"""What the record keeps about people besides what the domains keep: the links that they shared, and its readers."""

from collections.abc import Collection

from lms.accounts import privacy, readings
from lms.accounts.privacy import Holding
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Title
from lms.portal.record.document import HEADING
from lms.portal.record.models import RecordOpening, RecordShare
from lms.portal.record.queries import PersonRecord

SHARES = Holding(
    "record_shares",
    RecordShare,
    _l("Links by which you shared your record"),
    secret=frozenset({"digest"}),
)
OPENINGS = Holding(
    "record_openings",
    RecordOpening,
    _l("When links to your record were opened"),
    owner="share_id",
    part_of=SHARES,
)
privacy.register(SHARES, OPENINGS)


def _titles(ids: Collection[int]) -> dict[int, Title]:
    return dict.fromkeys(ids, Title(HEADING["en"], HEADING["zh"]))


readings.register(
    readings.Readable(
        PersonRecord,
        "record",
        _l("Record"),
        lambda record: record.person.id,
        {"record.read": _l("To see what somebody did with an institution, or for the secretariat")},
        _titles,
    )
)
