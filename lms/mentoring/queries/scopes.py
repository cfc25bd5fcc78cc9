"""Schemes as scopes of roles."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from lms.accounts.scopes import ScopeText
from lms.core.db import db
from lms.mentoring.models import MentoringScheme


def scheme_id_named(code: str) -> int | None:
    """The scheme with this reference."""
    return db.session.scalar(select(MentoringScheme.id).where(MentoringScheme.ref == code))


def describe_schemes(ids: Collection[int]) -> Mapping[int, ScopeText]:
    """Several schemes as people know them."""
    rows = db.session.execute(
        select(MentoringScheme.id, MentoringScheme.ref, MentoringScheme.title_en, MentoringScheme.title_zh).where(
            MentoringScheme.id.in_(ids)
        )
    )
    return {row.id: ScopeText(row.ref, row.title_en, row.title_zh) for row in rows}
