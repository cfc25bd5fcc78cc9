"""What the matching of students and supervisors keeps about both, and for how long."""

from lms.accounts import privacy
from lms.accounts.privacy import Holding
from lms.core.i18n import lazy_gettext as _l
from lms.programmes import study_privacy  # noqa: F401 - studies come first: these are part of them
from lms.programmes.models import Supervision, SupervisionWish, Supervisor

_STUDIES = next(one for one in privacy.all_holdings() if one.name == "studies")

privacy.register(
    Holding(
        "supervisor-offers",
        Supervisor,
        _l("Offers to supervise students of joint programmes"),
        becomes={"capacity": 0, "fields": []},
    ),
    Holding(
        "supervisions",
        Supervision,
        _l("Your supervisors"),
        owner="student_id",
        part_of=_STUDIES,
        becomes={},
        subject="supervision",
    ),
    Holding(
        "supervisor-wishes",
        SupervisionWish,
        _l("Which supervisors you wanted"),
        owner="student_id",
        part_of=_STUDIES,
        becomes={"refusal": ""},
        secret=frozenset({"supervisor_rank", "refusal"}),
    ),
)
privacy.register_mentions(privacy.ACTED, "supervisor.offered_by_id", "supervision_round.created_by_id")
