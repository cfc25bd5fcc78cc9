"""Laboratories as a table: those of one institution."""

from collections.abc import Callable, Sequence

from lms.core.actor import Actor
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.imports import ImportKind, register_import
from lms.core.imports.kinds import Values
from lms.core.tabular import Column
from lms.institutions import queries, services
from lms.institutions.models import Institution
from lms.institutions.policy import MANAGE_INSTITUTION


def _at_most(length: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if len(text) > length:
            raise Invalid(_l("Use at most %(count)d characters.", count=length))
        return text

    return parse


def _columns(_actor: Actor, institution: Institution) -> Sequence[Column]:
    departments = {one.name_en.lower(): one.id for one in queries.departments_of(institution.id)}

    def department(text: str) -> int:
        if text.lower() not in departments:
            raise Invalid(_l("There is no department of this name here. Add it first, or leave the cell empty."))
        return departments[text.lower()]

    return (
        Column(
            "name_en", ("Name in English", "Laboratory", "英文名称"), _at_most(200), hint=_l("As it is to be shown.")
        ),
        Column(
            "name_local",
            ("Name in its own script", "Local name", "当地语言名称"),
            _at_most(200),
            is_required=False,
            default="",
        ),
        Column(
            "department_id",
            ("Department", "院系"),
            department,
            is_required=False,
            hint=_l("The English name of a department that is listed here already."),
        ),
    )


def _is_known(_actor: Actor, institution: Institution, values: Values) -> bool:
    return any(lab.name_en.lower() == values["name_en"].lower() for lab in queries.labs_of([institution.id]))


LABS = register_import(
    ImportKind(
        "labs",
        _l("Laboratories and centres"),
        _columns,
        MANAGE_INSTITUTION,
        lambda actor, target: queries.institution_visible_to(actor, target["slug"]),
        _is_known,
        lambda actor, institution, values: services.add_lab(actor, institution=institution, **values),
        key=lambda values: values["name_en"].lower(),
    )
)
