"""Making curricula: the frame by the coordinating university, terms and modules by the party whose they are."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.accounts import queries as people
from lms.applications.services.editing import begin_edit
from lms.core import audit, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.institutions import queries as institutions
from lms.programmes.flow.curriculum import CURRICULUM
from lms.programmes.models import (
    Curriculum,
    CurriculumParty,
    Institution,
    Module,
    Programme,
    ScaleVersion,
)
from lms.programmes.queries import curriculum as queries
from lms.programmes.study_policy import FRAME_CURRICULUM
from lms.recognition import (
    METHODS,
    RecognitionError,
    Scale,
    credit_factor,
    credit_system,
    grade_scales,
    scale_from,
)

_SYSTEM_OF_COUNTRY = {
    "CN": "cn", "TH": "th", "MY": "my", "ID": "id-sks", "VN": "vn", "SG": "sg-nus", "KH": "kh", "LA": "la",
    "MM": "mm", "PH": "ph", "BN": "bn", "TL": "tl",
}  # fmt: skip
# No exponents: a short text would stand for an endless number.
_FACTOR = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}|/[0-9]{1,6})?", re.ASCII)
_LARGEST_FACTOR = 20
NOT_A_DRAFT = _l("This version is not a draft any more. Send it back, or make a new version.")


# --- versions ---------------------------------------------------------------------------------------


def may_begin(actor: Actor, programme: Programme) -> bool:
    """Whether the actor speaks for who makes curricula: not for a university that is merely asked to join, or left."""
    agreement = queries.agreement_in_force(programme.id)
    parties = [one.institution_id for one in agreement.parties] if agreement else []
    mine = actor.scopes_of("coordinator", "institution")
    return actor.is_secretariat or actor.is_system or not mine.isdisjoint({programme.coordinating_id, *parties})


def new_version(actor: Actor, programme: Programme) -> Curriculum:
    """A draft: a copy of the version that holds, or the first one with the parties of the agreement.

    Raises NotPermitted for others than these parties, Conflict while another draft is being made, Invalid before the
    programme has an agreement.
    """
    if not may_begin(actor, programme):
        raise NotPermitted(_l("Each university keeps its own side of the curriculum."))
    begin_edit(programme, None)
    if queries.draft_of(programme.id) is not None:
        raise Conflict(_l("A new version is being made already. Open it."))
    last = queries.confirmed_curriculum(programme.id)
    made = Curriculum(
        ref=new_ref(),
        programme_id=programme.id,
        number=queries.next_number(programme.id),
        credit_system=last.credit_system if last else "ects",
        credits_required=last.credits_required if last else Decimal(120),
        semesters=last.semesters if last else max(1, round(programme.months / 6)),
        double_limit=last.double_limit if last else Decimal(0),
        scale_id=last.scale_id if last else None,
        created_by_id=actor.person_id,
        created_at=actor.now,
    )
    workflow.start(CURRICULUM, made, actor=actor)
    _add_parties(made, last)
    if last is not None:
        _copy_modules(last, made)
    db.session.flush()
    return queries.curriculum_by_id(made.id)


def _add_parties(made: Curriculum, last: Curriculum | None) -> None:
    agreement = queries.agreement_in_force(made.programme_id)
    if agreement is None or not agreement.parties:
        raise Invalid(_l("Make the agreement with its parties first."))
    before = {one.institution_id: one for one in last.parties} if last else {}
    for position, party in enumerate(agreement.parties, start=1):
        old = before.get(party.institution_id)
        row = CurriculumParty(curriculum_id=made.id, institution_id=party.institution_id, position=position)
        if old is not None:
            for name in ("credit_system", "factor", "factor_source", "rounding_step", "least_credits", "scale_id"):
                setattr(row, name, getattr(old, name))
            row.method, row.pairs = old.method, list(old.pairs)
        else:
            row.credit_system = _SYSTEM_OF_COUNTRY.get(party.institution.country_code, "ects")
            row.factor, row.factor_source = _proposed_factor(row.credit_system, made.credit_system, party.institution)
        db.session.add(row)


def _proposed_factor(source: str, target: str, institution: Institution) -> tuple[str, str]:
    published = credit_factor(source, target, institution=institution.slug)
    return (str(published[0]), published[1]) if published else ("1", "")


def _copy_modules(last: Curriculum, made: Curriculum) -> None:
    parties = set(db.session.scalars(select(CurriculumParty.institution_id).where(_of(made))))
    copies: dict[int, Module] = {}
    columns = ("institution_id", "code", "title_en", "title_zh", "credits", "semester", "is_compulsory", "is_thesis")
    for old in last.modules:
        if old.institution_id in parties:
            copies[old.id] = Module(ref=new_ref(), curriculum_id=made.id, examiner_id=old.examiner_id)
            for name in columns:
                setattr(copies[old.id], name, getattr(old, name))
    db.session.add_all(copies.values())
    db.session.flush()
    for old in last.modules:
        if old.id in copies and old.stands_for_id in copies:
            copies[old.id].stands_for_id = copies[old.stands_for_id].id


def _of(curriculum: Curriculum) -> Any:
    return CurriculumParty.curriculum_id == curriculum.id


def _begin(curriculum: Curriculum, version: int | None) -> None:
    begin_edit(curriculum, version)
    if curriculum.state != "draft":
        raise Conflict(NOT_A_DRAFT)


# --- the frame, and each party's terms ---------------------------------------------------------------


def change_frame(
    actor: Actor,
    curriculum: Curriculum,
    *,
    credit_system: str,
    credits_required: Decimal,
    semesters: int,
    double_limit: Decimal,
    scale: str,
    version: int | None,
) -> Curriculum:
    """What the degree requires, in which credits, and onto which scale grades are converted (empty: none).

    A change of the credit system proposes new factors. Raises Conflict for what is no draft, Stale, Invalid.
    """
    _begin(curriculum, version)
    if not FRAME_CURRICULUM.allows(actor, curriculum):
        raise NotPermitted(_l("The coordinating university and the secretariat change this."))
    if credit_system != curriculum.credit_system:
        _known_system(credit_system)
        for party in curriculum.parties:
            party.factor, party.factor_source = _proposed_factor(party.credit_system, credit_system, party.institution)
    curriculum.credit_system = credit_system
    curriculum.credits_required = credits_required
    curriculum.semesters = semesters
    curriculum.double_limit = double_limit
    curriculum.scale_id = _keep_scale(actor, scale, None).id if scale else None
    db.session.flush()
    audit.record(actor, "curriculum.frame_changed", subject=("curriculum", curriculum.id))
    return curriculum


@dataclass(frozen=True)
class Terms:
    """How a party counts and grades. `factor` is a fraction such as 5/3; `pairs` the agreed table."""

    credit_system: str
    factor: str
    factor_source: str
    rounding_step: Decimal
    least_credits: Decimal
    scale: str
    method: str
    pairs: list[tuple[str, str]]


def change_terms(
    actor: Actor, curriculum: Curriculum, party: CurriculumParty, terms: Terms, *, version: int | None
) -> CurriculumParty:
    """Change the terms of one party; only its own coordinators and the secretariat do.

    Raises NotPermitted, Conflict for what is no draft, Stale, and Invalid for a factor or table that cannot be.
    """
    _begin(curriculum, version)
    _check_owner(actor, party.institution_id)
    _known_system(terms.credit_system)
    scale = _keep_scale(actor, terms.scale, party.institution_id)
    if terms.method not in METHODS:
        raise Invalid(_l("Choose one of the methods."), "method")
    _check_method(curriculum, scale_from(scale.definition), terms)
    party.credit_system = terms.credit_system
    party.factor, party.factor_source = _fraction(terms.factor), terms.factor_source
    party.rounding_step, party.least_credits = terms.rounding_step, terms.least_credits
    party.scale_id, party.method = scale.id, terms.method
    party.pairs = [list(pair) for pair in terms.pairs]
    party.version += 1
    db.session.flush()
    audit.record(
        actor,
        "curriculum.terms_changed",
        subject=("curriculum", curriculum.id),
        detail={"institution_id": party.institution_id},
    )
    return party


def _fraction(text: str) -> str:
    written = text.replace(" ", "").replace(",", ".")
    try:
        factor = Fraction(written) if _FACTOR.fullmatch(written) else Fraction(0)
    except ZeroDivisionError:
        factor = Fraction(0)
    if not 0 < factor <= _LARGEST_FACTOR:
        raise Invalid(_l("Enter a number above 0 such as 1.5, or a fraction such as 5/3."), "factor")
    return str(factor)


def _known_system(code: str) -> None:
    try:
        credit_system(code)
    except RecognitionError as error:
        raise Invalid(error.message, "credit_system") from error


def _check_method(curriculum: Curriculum, scale: Scale, terms: Terms) -> None:
    """What needs more than a curriculum holds (rank, distribution) is decided grade by grade."""
    if terms.method in ("none", "pass_fail"):
        return
    if terms.method not in ("linear", "table"):
        raise Invalid(_l("This method needs figures of each group. Decide it grade by grade."), "method")
    if curriculum.scale is None:
        raise Invalid(_l("The curriculum names no scale to convert onto. Choose not to convert."), "method")
    target = scale_from(curriculum.scale.definition)
    if terms.method == "table" and not terms.pairs:
        raise Invalid(_l("Write the agreed table, a line for each grade."), "pairs")
    for left, right in terms.pairs:
        try:
            scale.read(left)
            target.read(right)
        except RecognitionError as error:
            raise Invalid(error.message, "pairs") from error


def _check_owner(actor: Actor, institution_id: int) -> None:
    if not (actor.is_secretariat or actor.is_system or actor.holds("coordinator", "institution", institution_id)):
        raise NotPermitted(_l("Each university keeps its own side of the curriculum."))


# --- modules -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ModuleFacts:
    """What a module is. `stands_for` is the reference of another party's module, `examiner` an e-mail address."""

    institution_id: int
    code: str
    title_en: str
    title_zh: str
    credits: Decimal
    semester: int
    is_compulsory: bool
    is_thesis: bool
    stands_for: str
    examiner: str


def save_module(
    actor: Actor, curriculum: Curriculum, module: Module | None, facts: ModuleFacts, *, version: int | None
) -> Module:
    """Add a module of a party, or change one. Raises NotPermitted, Conflict, Stale and Invalid beside the field."""
    _begin(curriculum, version)
    _check_owner(actor, facts.institution_id)
    if module is not None:
        _check_owner(actor, module.institution_id)
    if facts.institution_id not in {one.institution_id for one in curriculum.parties}:
        raise Invalid(_l("Choose one of the parties."), "institution")
    if facts.semester > curriculum.semesters:
        raise Invalid(_l("The curriculum has fewer semesters."), "semester")
    same = [one for one in curriculum.modules if (one.institution_id, one.code) == (facts.institution_id, facts.code)]
    if any(one is not module for one in same):
        raise Invalid(_l("This university has another module with this code."), "code")
    row = module or Module(ref=new_ref(), curriculum_id=curriculum.id)
    row.stands_for_id = _stands_for(curriculum, row, facts)
    row.examiner_id = _examiner(facts)
    for name in ("institution_id", "code", "title_en", "title_zh", "credits", "semester", "is_compulsory", "is_thesis"):
        setattr(row, name, getattr(facts, name))
    if module is None:
        db.session.add(row)
    else:
        row.version += 1
    db.session.flush()
    audit.record(actor, "curriculum.module_saved", subject=("curriculum", curriculum.id), detail={"ref": row.ref})
    return row


def _stands_for(curriculum: Curriculum, row: Module, facts: ModuleFacts) -> int | None:
    if not facts.stands_for:
        return None
    other = next((one for one in curriculum.modules if one.ref == facts.stands_for), None)
    if other is None or other.id == row.id or other.institution_id == facts.institution_id:
        raise Invalid(_l("Choose a module of another university."), "stands_for")
    if other.stands_for_id is not None:
        raise Invalid(_l("That module stands for another one itself."), "stands_for")
    return other.id


def _examiner(facts: ModuleFacts) -> int | None:
    """Who grades the module: somebody who works at the university that it belongs to."""
    if not facts.examiner:
        return None
    person = people.person_by_email(facts.examiner)
    belongs = institutions.affiliation_at(person.id, facts.institution_id) if person else None
    if person is None or belongs is None or belongs.state != "confirmed" or belongs.role == "student":
        raise Invalid(_l("Nobody who works at this university has this address."), "examiner")
    return person.id


def remove_module(actor: Actor, curriculum: Curriculum, module: Module, *, version: int | None) -> None:
    """Take a module out of a draft. Raises NotPermitted, Conflict, Stale."""
    _begin(curriculum, version)
    _check_owner(actor, module.institution_id)
    for other in curriculum.modules:
        if other.stands_for_id == module.id:
            other.stands_for_id = None
    db.session.flush()
    db.session.delete(module)
    db.session.flush()
    audit.record(actor, "curriculum.module_removed", subject=("curriculum", curriculum.id), detail={"ref": module.ref})


# --- scales ------------------------------------------------------------------------------------------


def _keep_scale(actor: Actor, choice: str, institution_id: int | None) -> ScaleVersion:
    """The kept version of a choice: the code of a shipped scale, or the id of one that the institution keeps."""
    if choice.isdecimal():
        own = queries.scale_by_id(int(choice))
        if own is not None and own.institution_id in (None, institution_id):
            return own
    shipped = grade_scales().get(choice)
    if shipped is None:
        raise Invalid(_l("Choose a grade scale."), "scale")
    if (kept := queries.scale_version(shipped.code, shipped.valid_from, None)) is not None:
        return kept
    try:
        with db.session.begin_nested():
            return _add_scale(actor, shipped, None, _definition(shipped))
    except IntegrityError:  # Another party has chosen it at the same time.
        kept = queries.scale_version(shipped.code, shipped.valid_from, None)
        assert kept is not None
        return kept


def _definition(scale: Scale) -> dict[str, Any]:
    """The scale as the data from which `scale_from` makes it."""
    common: dict[str, Any] = {
        name: getattr(scale, name) for name in ("code", "name_en", "name_zh", "country", "institution", "source")
    }
    common["valid_from"] = scale.valid_from.isoformat()
    common["codes"] = [{"code": code, "outcome": outcome} for code, outcome in scale.codes]
    if scale.is_numeric:
        names = {"best": scale.best, "worst": scale.worst, "pass": scale.passing, "step": scale.step}
        return common | {"kind": "numbers"} | {name: str(value) for name, value in names.items()}
    letters = [
        {"grade": one.grade, "points": "" if one.points is None else str(one.points), "passes": one.passes}
        for one in scale.letters
    ]
    return common | {"kind": "letters", "grades": letters}


def _add_scale(actor: Actor, scale: Scale, institution_id: int | None, definition: dict[str, Any]) -> ScaleVersion:
    row = ScaleVersion(
        institution_id=institution_id,
        code=scale.code,
        name_en=scale.name_en,
        name_zh=scale.name_zh,
        valid_from=scale.valid_from,
        definition=definition,
        source=scale.source,
        made_by_id=actor.person_id,
        made_at=actor.now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def add_scale(actor: Actor, institution: Institution, *, valid_from: date, definition: dict[str, Any]) -> ScaleVersion:
    """A scale that an institution keeps itself, valid from a day. What was graded before keeps the one before.

    Raises NotPermitted, and Invalid for a scale that does not hold together or stands under this day already.
    """
    _check_owner(actor, institution.id)
    full = definition | {"valid_from": valid_from.isoformat(), "institution": institution.slug}
    scale = scale_from(full)
    if queries.scale_version(scale.code, valid_from, institution.id) is not None:
        raise Invalid(_l("A version of this scale begins on that day already. Choose another day."), "valid_from")
    row = _add_scale(actor, scale, institution.id, full)
    audit.record(actor, "grade_scale.added", subject=("scale_version", row.id))
    return row
