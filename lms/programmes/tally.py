"""What a set of modules adds up to under a curriculum: credits at each party, counted twice, and what is missing.

The same sums serve the plan (modules chosen), the progress (modules passed) and the award.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from lms.core.i18n import Text, lazy_names, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.programmes.models import Curriculum, CurriculumParty, Institution, Module
from lms.recognition import Credits, Rounding, by_factor

MONTHS_OF_SEMESTER = 6


def shown(number: Decimal) -> str:
    """Credits without trailing zeros: 3, 2.5."""
    return f"{number.normalize():f}"


def converted(curriculum: Curriculum, module: Module) -> Credits:
    """The module's credits in those of the curriculum, with factor and source."""
    party = party_of(curriculum, module.institution_id)
    return by_factor(
        module.credits,
        party.credit_system,
        curriculum.credit_system,
        Fraction(party.factor),
        basis=party.factor_source,
        rounding=Rounding(party.rounding_step),
    )


def party_of(curriculum: Curriculum, institution_id: int) -> CurriculumParty:
    """The party of a curriculum that is this institution. Raises StopIteration when it is none."""
    return next(one for one in curriculum.parties if one.institution_id == institution_id)


@dataclass(frozen=True)
class Share:
    """What is studied at one party, in the curriculum's credits, and the least that must be."""

    institution: Institution
    credits: Decimal
    least: Decimal

    @property
    def suffices(self) -> bool:
        """Whether the least share is reached."""
        return self.credits >= self.least


@dataclass(frozen=True)
class Tally:
    """The sums, the reasons why the choice is impossible (`faults`), and what is still to come (`missing`)."""

    total: Decimal
    required: Decimal
    shares: Sequence[Share]
    doubled: Decimal
    double_limit: Decimal
    faults: Sequence[Text]
    missing: Sequence[Text]


def tally(curriculum: Curriculum, chosen: Collection[int], *, only: int | None = None) -> Tally:
    """Sum up the modules with these ids. The curriculum's parties (with institutions) and modules must be loaded.

    `only` leaves out what is missing at parties other than this institution, for a party that may not see them.
    """
    modules = [one for one in curriculum.modules if one.id in chosen]
    worth = {one.id: converted(curriculum, one).value for one in modules}
    doubled_modules = [one for one in modules if one.stands_for_id is not None]
    doubled = sum((worth[one.id] for one in doubled_modules), Decimal(0))
    by_id = {one.id: one for one in curriculum.modules}
    shares = []
    for party in curriculum.parties:
        own = sum((worth[one.id] for one in modules if one.institution_id == party.institution_id), Decimal(0))
        counted_too = sum(
            (
                worth[one.id]
                for one in doubled_modules
                if by_id[one.stands_for_id or 0].institution_id == party.institution_id
            ),
            Decimal(0),
        )
        shares.append(Share(party.institution, own + counted_too, party.least_credits))
    total = sum(worth.values(), Decimal(0))
    return Tally(
        total=total,
        required=curriculum.credits_required,
        shares=shares,
        doubled=doubled,
        double_limit=curriculum.double_limit,
        faults=_faults(modules, doubled, curriculum),
        missing=_missing(curriculum, chosen, shares, total, only),
    )


def _faults(modules: Sequence[Module], doubled: Decimal, curriculum: Curriculum) -> list[Text]:
    ids = {one.id for one in modules}
    faults: list[Text] = [
        _l("%(code)s and what it stands for cannot both be taken: the credits would count twice.", code=one.code)
        for one in modules
        if one.stands_for_id in ids
    ]
    if doubled > curriculum.double_limit:
        faults.append(
            _l(
                "%(count)s credits would count at two universities. The limit is %(limit)s.",
                count=shown(doubled),
                limit=shown(curriculum.double_limit),
            )
        )
    return faults


def _missing(
    curriculum: Curriculum, chosen: Collection[int], shares: Sequence[Share], total: Decimal, only: int | None
) -> list[Text]:
    fulfilled = {one.stands_for_id for one in curriculum.modules if one.id in chosen} | set(chosen)
    missing: list[Text] = []
    open_modules = [
        one
        for one in curriculum.modules
        if one.is_compulsory and one.id not in fulfilled and only in (None, one.institution_id)
    ]
    if open_modules:
        missing.append(
            lazy_ngettext(
                "%(num)d compulsory module is missing: %(codes)s.",
                "%(num)d compulsory modules are missing: %(codes)s.",
                len(open_modules),
                codes=", ".join(one.code for one in open_modules),
            )
        )
    missing += [
        _l(
            "%(institution)s: %(count)s of at least %(least)s credits.",
            institution=lazy_names([share.institution], "name"),
            count=shown(share.credits),
            least=shown(share.least),
        )
        for share in shares
        if not share.suffices and only in (None, share.institution.id)
    ]
    if only is None and total < curriculum.credits_required:
        missing.append(
            _l(
                "%(count)s of %(required)s credits in all.",
                count=shown(total),
                required=shown(curriculum.credits_required),
            )
        )
    return missing


def content_faults(curriculum: Curriculum) -> list[Text]:
    """Why a draft cannot be put to the parties yet; all reasons."""
    faults: list[Text] = []
    for party in curriculum.parties:
        name = lazy_names([party.institution], "name")
        own = [one for one in curriculum.modules if one.institution_id == party.institution_id]
        if party.scale_id is None:
            faults.append(_l("%(institution)s has not chosen its grade scale yet.", institution=name))
        if not own:
            faults.append(_l("%(institution)s has no module yet.", institution=name))
        elif party.least_credits > sum(converted(curriculum, one).value for one in own):
            faults.append(_l("%(institution)s offers fewer credits than its least share.", institution=name))
    offered = [one for one in curriculum.modules if one.stands_for_id is None]
    if curriculum.credits_required > sum(converted(curriculum, one).value for one in offered):
        faults.append(_l("The modules add up to fewer credits than the degree requires."))
    if any(one.semester > curriculum.semesters for one in curriculum.modules):
        faults.append(_l("A module stands in a semester after the last one."))
    if not any(one.is_compulsory for one in curriculum.modules):
        faults.append(_l("No module is compulsory."))
    compulsory = {one.id for one in curriculum.modules if one.is_compulsory}
    faults += tally(curriculum, compulsory).faults
    return faults


# --- semesters --------------------------------------------------------------------------------------


def semester_of(started_on: date, today: date, semesters: int) -> int:
    """In which of their semesters somebody is who began on `started_on`, from 1 to the last."""
    months = (today.year - started_on.year) * 12 + today.month - started_on.month - (today.day < started_on.day)
    return min(max(months // MONTHS_OF_SEMESTER + 1, 1), semesters)


def semester_begins(started_on: date, semester: int) -> date:
    """The first day of a semester; the month's last day where it has no such day."""
    months = started_on.month - 1 + MONTHS_OF_SEMESTER * (semester - 1)
    year, month = started_on.year + months // 12, months % 12 + 1
    for day in range(started_on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, min(started_on.day, 28))
