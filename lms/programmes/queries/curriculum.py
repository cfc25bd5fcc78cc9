"""Reading curricula: the one that holds for everybody, drafts for those who make them."""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import Text, lazy_names
from lms.core.i18n import lazy_gettext as _l
from lms.programmes.models import (
    Agreement,
    AgreementParty,
    Curriculum,
    CurriculumParty,
    Institution,
    Module,
    Programme,
    ScaleVersion,
)


def _loaded() -> Select[Curriculum]:
    return select(Curriculum).options(
        joinedload(Curriculum.programme).joinedload(Programme.coordinating),
        joinedload(Curriculum.scale),
        selectinload(Curriculum.parties).joinedload(CurriculumParty.institution).joinedload(Institution.country),
        selectinload(Curriculum.parties).joinedload(CurriculumParty.scale),
        selectinload(Curriculum.modules).joinedload(Module.institution),
        selectinload(Curriculum.modules).joinedload(Module.examiner),
    )


def curriculum_by_id(curriculum_id: int) -> Curriculum:
    """A curriculum with its parties and modules as they stand now, also where they were read before a lock."""
    query = _loaded().where(Curriculum.id == curriculum_id).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def confirmed_curriculum(programme_id: int) -> Curriculum | None:
    """The version that holds now."""
    query = _loaded().where(Curriculum.programme_id == programme_id, Curriculum.state == "confirmed")
    return db.session.scalars(query).one_or_none()


def _managed_by(actor: Actor) -> Select[Curriculum]:
    query = _loaded()
    if actor.is_secretariat:
        return query
    mine = actor.scopes_of("coordinator", "institution")
    concerned = select(CurriculumParty.curriculum_id).where(CurriculumParty.institution_id.in_(mine))
    coordinated = select(Programme.id).where(Programme.coordinating_id.in_(mine))
    return query.where(or_(Curriculum.id.in_(concerned), Curriculum.programme_id.in_(coordinated)))


def managed_curriculum(actor: Actor, ref: str) -> Curriculum:
    """A version for those who make it. Raises NotFound."""
    if (curriculum := db.session.scalars(_managed_by(actor).where(Curriculum.ref == ref)).one_or_none()) is None:
        raise NotFound
    return curriculum


def managed_curricula(actor: Actor, programme_id: int) -> Sequence[Curriculum]:
    """The versions of a programme for those who make them, the newest first."""
    query = _managed_by(actor).where(Curriculum.programme_id == programme_id)
    return db.session.scalars(query.order_by(Curriculum.number.desc())).all()


def next_number(programme_id: int) -> int:
    """The number of the next version."""
    query = select(func.max(Curriculum.number)).where(Curriculum.programme_id == programme_id)
    return (db.session.scalar(query) or 0) + 1


def draft_of(programme_id: int) -> Curriculum | None:
    """The version that is being made, if there is one."""
    return db.session.scalars(
        _loaded()
        .where(Curriculum.programme_id == programme_id, Curriculum.state.in_(("draft", "proposed")))
        .order_by(Curriculum.number.desc())
        .limit(1)
    ).one_or_none()


def agreement_in_force(programme_id: int) -> Agreement | None:
    """The confirmed agreement with its parties, else the newest that nobody refused or withdrew."""
    return db.session.scalars(
        select(Agreement)
        .where(Agreement.programme_id == programme_id, Agreement.state.not_in(("refused", "withdrawn")))
        .options(selectinload(Agreement.parties).joinedload(AgreementParty.institution))
        .order_by((Agreement.state == "confirmed").desc(), Agreement.number.desc())
        .limit(1)
    ).one_or_none()


def faults(programme: Programme) -> list[Text]:
    """Why admission cannot open as far as the curriculum is concerned; empty when it can."""
    curriculum = confirmed_curriculum(programme.id)
    if curriculum is None:
        if draft_of(programme.id) is None:
            return [_l("There is no curriculum yet.")]
        return [_l("The curriculum is not confirmed by all parties yet.")]
    agreement = agreement_in_force(programme.id)
    agreed = {one.institution_id: one.institution for one in agreement.parties} if agreement else {}
    studied = {one.institution_id for one in curriculum.parties}
    missing = [one for institution_id, one in agreed.items() if institution_id not in studied]
    if missing:
        return [_l("The curriculum says nothing of %(institutions)s.", institutions=lazy_names(missing, "name"))]
    if studied - agreed.keys():
        return [_l("The curriculum names a university that is not a party to the agreement any more.")]
    return []


# --- modules and scales -------------------------------------------------------------------------------------


def module_of(curriculum: Curriculum, ref: str) -> Module:
    """A module of a loaded curriculum. Raises NotFound."""
    module = next((one for one in curriculum.modules if one.ref == ref), None)
    if module is None:
        raise NotFound
    return module


def scale_version(code: str, valid_from: object, institution_id: int | None) -> ScaleVersion | None:
    """A scale as it was kept."""
    return db.session.scalars(
        select(ScaleVersion).where(
            ScaleVersion.code == code,
            ScaleVersion.valid_from == valid_from,
            ScaleVersion.institution_id.is_(None)
            if institution_id is None
            else ScaleVersion.institution_id == institution_id,
        )
    ).one_or_none()


def own_scales(institution_ids: Sequence[int] | frozenset[int]) -> Sequence[ScaleVersion]:
    """The scales that these institutions keep themselves, the newest first."""
    return db.session.scalars(
        select(ScaleVersion)
        .where(ScaleVersion.institution_id.in_(institution_ids))
        .order_by(ScaleVersion.valid_from.desc(), ScaleVersion.id.desc())
    ).all()


def scale_by_id(scale_id: int) -> ScaleVersion | None:
    """One kept scale."""
    return db.session.get(ScaleVersion, scale_id)
