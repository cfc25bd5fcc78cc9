"""The directory: proposals, corrections, departments, labs, and official names."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from lms.accounts import services as accounts
from lms.core import audit, settings, waiting, workflow
from lms.core.actor import Actor
from lms.core.db import db, expect_version
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.institutions import indexing, queries
from lms.institutions.flow import INSTITUTION, PROPOSAL, SECRETARIAT
from lms.institutions.models import Country, Department, Institution, Lab
from lms.institutions.rules import KINDS


def slug_for(name: str) -> str:
    """An address for an institution: its English name in small letters, made unique if it is taken."""
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")[:80]
    slug = slug or "institution"
    return f"{slug}-{new_ref(4)}" if queries.slug_is_taken(slug) else slug


def propose(actor: Actor, *, values: Mapping[str, Any]) -> Institution:
    """Propose an institution that is missing; the secretariat decides. Its proposer may belong to it at once.

    Raises Invalid for an unknown kind or country, and when there is one of this name in the country.
    """
    if values["kind"] not in KINDS:
        raise Invalid(_l("Choose one of the kinds."), "kind")
    if values["country_code"] not in queries.countries_by_code():
        raise Invalid(_l("Choose one of the countries."), "country_code")
    existing = queries.same_name(values["country_code"], values["name_en"])
    if existing is not None:
        raise Invalid(_l("There is one of this name already: %(name)s.", name=existing.name_en), "name_en")
    institution = Institution(
        slug=slug_for(values["name_en"]), proposed_by_id=actor.person_id, created_at=actor.now, **values
    )
    workflow.start(INSTITUTION, institution, actor=actor)
    accounts.mail_office(
        actor,
        office=SECRETARIAT,
        template="institution_proposed",
        values={
            "institution_en": institution.name_en,
            "institution_zh": institution.name_zh,
            "path": f"/institutions/proposals/{institution.slug}",
        },
    )
    waiting.open_item(
        actor,
        PROPOSAL,
        to=SECRETARIAT,
        subject=("institution", institution.id),
        about=[waiting.Title(institution.name_en, institution.name_zh)],
        url_values={"slug": institution.slug},
    )
    return institution


def edit_institution(
    actor: Actor, *, institution: Institution, version: int | None, values: Mapping[str, Any]
) -> Institution:
    """Correct what is known of an institution. Membership of the consortium needs its source.

    Raises Stale and Invalid for a membership without a source.
    """
    expect_version(institution, version)
    if values["is_member"] is not None and not values["member_source"]:
        raise Invalid(_l("Name the page or document that says so, or choose “not confirmed”."), "member_source")
    for column, value in values.items():
        setattr(institution, column, value)
    institution.version += 1
    institution.checked_on = actor.now.date()
    db.session.flush()
    if institution.state == "confirmed":
        indexing.index_institution(institution)
    audit.record(
        actor,
        "institution.edited",
        subject=("institution", institution.id),
        detail={"fields": sorted(values)},
    )
    return institution


def add_department(actor: Actor, *, institution: Institution, name_en: str, name_local: str = "") -> Department:
    """Add a school, faculty or department. Raises Invalid when its name is taken there."""
    if any(known.name_en.lower() == name_en.lower() for known in queries.departments_of(institution.id)):
        raise Invalid(_l("There is a department of this name already."), "name_en")
    department = Department(institution_id=institution.id, name_en=name_en, name_local=name_local)
    db.session.add(department)
    db.session.flush()
    audit.record(actor, "department.added", subject=("department", department.id))
    return department


def add_lab(
    actor: Actor,
    *,
    institution: Institution,
    name_en: str,
    name_local: str = "",
    department_id: int | None = None,
) -> Lab:
    """Add a lab that can host people. Raises Invalid for a name that is taken or another's department."""
    if any(known.name_en.lower() == name_en.lower() for known in queries.labs_of([institution.id])):
        raise Invalid(_l("There is a laboratory of this name already."), "name_en")
    if department_id is not None and department_id not in {
        known.id for known in queries.departments_of(institution.id)
    }:
        raise Invalid(_l("Choose a department of this institution."), "department")
    lab = Lab(
        ref=new_ref(),
        institution_id=institution.id,
        department_id=department_id,
        name_en=name_en,
        name_local=name_local,
    )
    db.session.add(lab)
    db.session.flush()
    audit.record(actor, "lab.added", subject=("lab", lab.id))
    return lab


def rename_country(actor: Actor, *, country: Country, name_en: str, name_zh: str, name_local: str) -> Country:
    """Correct the official names of a state."""
    country.name_en, country.name_zh, country.name_local = name_en, name_zh, name_local
    db.session.flush()
    audit.record(actor, "country.renamed", detail={"code": country.code})
    return country


def rename_center(actor: Actor, *, name_en: str, name_zh: str) -> None:
    """Set the Center's legal names, which pages and certificates print; empty brings the default back."""
    settings.change(actor, key="center_name_en", value=name_en)
    settings.change(actor, key="center_name_zh", value=name_zh)
