"""What a call limits, reserves and aims at: its versions, its names for readers, and who belongs to which group."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, joinedload

from lms.allocation import Disclosure
from lms.allocation.market import lottery_places
from lms.applications.queries.facts import country_namer
from lms.applications.queries.reviews import totals_of
from lms.core.db import db
from lms.core.i18n import Text, current_language, in_reader_language, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.allocating import GroupName
from lms.exchange.guarantees import GROUP_KINDS, LEVELS, Group, Guarantees, Quota, group_of, guarantees_from
from lms.exchange.models import (
    AllocationRun,
    Application,
    Call,
    CallGuarantees,
    Choice,
    Decision,
    HostRanking,
    Institution,
    Offer,
    Post,
    SubCentre,
)
from lms.exchange.queries.deciding import TAKEN

NOTHING = Guarantees()


def versions_of(call_id: int) -> Sequence[CallGuarantees]:
    """Every version of what a call guarantees, newest first."""
    return db.session.scalars(_versions(call_id)).all()


def _versions(call_id: int) -> Select[CallGuarantees]:
    return select(CallGuarantees).where(CallGuarantees.call_id == call_id).order_by(CallGuarantees.number.desc())


def guarantees_of(call_id: int) -> Guarantees:
    """What a call limits, reserves and aims at now. Institutions that were merged since count as what they became."""
    found = db.session.scalars(_versions(call_id).limit(1)).one_or_none()
    if found is None:
        return NOTHING
    kept = guarantees_from(found.kept)
    named = {one.value for one in (*kept.quotas, *kept.reserves) if one.kind == "home"}
    if not named and not kept.minimums:
        return kept
    into = aliased(Institution)
    merged = db.session.execute(
        select(Institution.slug, into.slug)
        .join(into, into.id == Institution.merged_into_id)
        .where(Institution.slug.in_({*named, *(one.host for one in kept.minimums)}))
    )
    return kept.renamed(dict(merged.all()))


# --- who belongs to which group ---------------------------------------------------------------------


def groups_of(application: Application, kinds: Iterable[str]) -> frozenset[Group]:
    """The groups of these kinds that an application belongs to, as it was submitted; its home must be loaded."""
    home = application.home_institution
    said: dict[str, Sequence[str]] = {
        "country": [application.facts.get("nationality") or ""],
        "home": [home.slug if home else ""],
        "field": application.fields,
        "level": [application.facts.get("degree") or ""],
    }
    return frozenset((kind, value) for kind in kinds for value in said[kind] if value)


def _counted(guarantees: Guarantees, query: Select[Application]) -> Counter[Group]:
    kinds = {quota.kind for quota in guarantees.quotas}
    rows = db.session.scalars(query.options(joinedload(Application.home_institution)))
    return Counter(group for application in rows for group in groups_of(application, kinds))


def offered_places(call_id: int, guarantees: Guarantees) -> Counter[Group]:
    """How many places of a call are offered to or taken by each group that a quota speaks of."""
    holders = select(Offer.application_id).where(Offer.answer.in_(TAKEN))
    return _counted(guarantees, select(Application).where(Application.call_id == call_id, Application.id.in_(holders)))


def decided_places(call_id: int, guarantees: Guarantees, *, besides: int | None = None) -> Counter[Group]:
    """How many offers are decided and not released yet for each such group, that of one application aside."""
    query = _decided(call_id)
    return _counted(guarantees, query if besides is None else query.where(Application.id != besides))


def decided_at(post: Post, guarantees: Guarantees, *, besides: int) -> list[frozenset[Group]]:
    """The groups of everybody to whom a place of a post is decided, in the order of their references."""
    query = _decided(post.call_id).where(Decision.post_id == post.id, Application.id != besides)
    rows = db.session.scalars(query.options(joinedload(Application.home_institution)).order_by(Application.ref))
    return [groups_of(application, guarantees.kinds) for application in rows]


def waiting_for(post: Post, guarantees: Guarantees, *, besides: int) -> frozenset[Group]:
    """The groups of those who chose a post, are accepted by its host and have no decided offer."""
    offered = select(Decision.application_id).where(Decision.outcome == "offer")
    rows = db.session.scalars(
        select(Application)
        .join(Choice, (Choice.application_id == Application.id) & (Choice.post_id == post.id))
        .join(HostRanking, (HostRanking.application_id == Application.id) & (HostRanking.post_id == post.id))
        .where(
            Application.state == "in_review",
            Application.id != besides,
            Application.id.not_in(offered),
            HostRanking.position.is_not(None),
        )
        .options(joinedload(Application.home_institution))
    )
    return frozenset(group for application in rows for group in groups_of(application, guarantees.kinds))


def _decided(call_id: int) -> Select[Application]:
    return (
        select(Application)
        .join(Decision, Decision.application_id == Application.id)
        .where(
            Application.call_id == call_id,
            Application.state == "in_review",
            Decision.outcome == "offer",
            Decision.released_at.is_(None),
        )
    )


# --- the order of the call ----------------------------------------------------------------------------


def in_order_of_call(call: Call, applications: Sequence[Application], tie_break: str) -> list[Application]:
    """The applications by the mean total of their reviews, the best first; equal ones by the tie-break."""
    totals = totals_of(call.id)
    lottery = lottery_places(call.lottery_seed, [application.ref for application in applications])

    def standing(entry: tuple[int, Application]) -> tuple[Fraction, float, int]:
        place, application = entry
        given = totals.get(application.id, [])
        mean = sum(map(Fraction, given), Fraction(0)) / max(1, len(given))
        by_time = tie_break == "submitted" and application.submitted_at is not None
        return -mean, application.submitted_at.timestamp() if by_time else 0.0, place  # type: ignore[union-attr]

    return [application for _, application in sorted(zip(lottery, applications, strict=True), key=standing)]


# --- in the words of the reader -----------------------------------------------------------------------


class Names:
    """How groups, posts and hosts are called in the language of the reader, each kind read once when needed."""

    def __init__(self, call_id: int) -> None:
        self._call_id = call_id
        self._country = country_namer(current_language().code)

    @cached_property
    def fields(self) -> dict[str, str]:
        """The sub research centres by code."""
        found = db.session.scalars(select(SubCentre).order_by(SubCentre.position))
        return {one.code: in_reader_language(one, "name") for one in found}

    @cached_property
    def institutions(self) -> dict[str, str]:
        """Every confirmed institution by its short name."""
        found = db.session.scalars(
            select(Institution).where(Institution.state == "confirmed").order_by(Institution.name_en, Institution.id)
        )
        return {one.slug: in_reader_language(one, "name") for one in found}

    @cached_property
    def posts(self) -> dict[str, str]:
        """The approved posts of the call by reference, each with its host."""
        found = db.session.scalars(
            select(Post)
            .where(Post.call_id == self._call_id, Post.state == "approved")
            .options(joinedload(Post.institution))
            .order_by(Post.title_en, Post.id)
        )
        return {
            one.ref: f"{in_reader_language(one, 'title')} · {in_reader_language(one.institution, 'name')}"
            for one in found
        }

    def value(self, group: Group) -> Text:
        """How the value of a group is called, such as a country."""
        kind, value = group
        match kind:
            case "country":
                return self._country(value)
            case "home":
                return self.institutions.get(value, value)
            case "field":
                return self.fields.get(value, value)
            case _:
                return LEVELS.get(value, value)

    def group(self, group: Group) -> Text:
        """A group with its kind: Nationality: Cambodia."""
        return _l("%(label)s: %(message)s", label=GROUP_KINDS[group[0]], message=self.value(group))


def told_quotas(call: Call, named: GroupName) -> list[tuple[Text, dict[str, Any]]]:
    """What each quota of a released call gave and cost, where the call tells its figures to everybody.

    A quota of one place would point at a person and is left out, as is every name.
    """
    if call.released_at is None or call.disclosure != Disclosure.FULL:
        return []
    costs = db.session.scalar(
        select(AllocationRun.facts["costs"]).where(AllocationRun.call_id == call.id, AllocationRun.state == "recorded")
    )
    return [(named(group_of(one["quota"])), one) for one in costs or [] if one["places"] > 1]


@dataclass(frozen=True)
class InWords:
    """Everything that a call guarantees, one line each, in the order in which it is kept."""

    quotas: Sequence[tuple[Text, Text]]
    reserves: Sequence[tuple[Text, Text]]
    minimums: Sequence[tuple[Text, Text]]


def in_words(call: Call, guarantees: Guarantees) -> InWords:
    """What a call guarantees, for everybody who reads the call: whom or what each line is about, and what holds."""
    names = Names(call.id)
    return InWords(
        [(names.group(one.group), _quota_said(one)) for one in guarantees.quotas],
        [
            (
                names.posts.get(one.post, _l("A post that was withdrawn")),
                lazy_ngettext(
                    "%(num)d place first for people of this group: %(group)s",
                    "%(num)d places first for people of this group: %(group)s",
                    one.places,
                    group=names.group(one.group),
                ),
            )
            for one in guarantees.reserves
        ],
        [(names.institutions.get(one.host, one.host), _target_said(one.least)) for one in guarantees.minimums],
    )


def _quota_said(quota: Quota) -> Text:
    if quota.most is None:
        return _target_said(quota.least)
    most = lazy_ngettext("at most %(num)d person", "at most %(num)d people", quota.most)
    if not quota.least:
        return most
    return _l("%(most)s; %(target)s", most=most, target=_target_said(quota.least))


def _target_said(least: int) -> Text:
    return lazy_ngettext("at least %(num)d person as a target", "at least %(num)d people as a target", least)
