"""What people say about themselves."""

from collections.abc import Mapping
from typing import Any

from lms.accounts import queries
from lms.accounts.models import Person, PersonTitle
from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db, expect_version
from lms.core.errors import Invalid
from lms.core.i18n import LANGUAGES
from lms.core.i18n import lazy_gettext as _l

# What people may change themselves, and what each is when they give nothing.
_OWN_COLUMNS: dict[str, str | None] = {
    "name": "",
    "passport_family": "",
    "passport_given": "",
    "name_local": "",
    "name_local_lang": "",
    "name_zh": "",
    "called": "",
    "gender": "",
    "language": "en",
    "zone": "UTC",
    "born_on": None,
    "nationality": None,
}


def update_profile(actor: Actor, *, version: int | None, values: Mapping[str, Any]) -> Person:
    """Change the actor's own names, language, zone and what eligibility rules ask for.

    Raises Stale when another window saved meanwhile, and Invalid for a local name without its language.
    """
    person = queries.myself(actor)
    expect_version(person, version)
    given = {column: values.get(column) or empty for column, empty in _OWN_COLUMNS.items()}
    if given["name_local"] and not given["name_local_lang"]:
        raise Invalid(
            _l("Choose the language of this name, so that it is printed in the right script."),
            "name_local_lang",
        )
    changed = sorted(column for column, value in given.items() if getattr(person, column) != value)
    for column in changed:
        setattr(person, column, given[column])
    if changed:
        person.version += 1
        db.session.flush()
        audit.record(actor, "person.profile_changed", subject=("person", person.id), detail={"fields": changed})
    return person


def set_title(actor: Actor, *, language: str, before: str, after: str) -> None:
    """Set the actor's title and honorific in one language; both empty takes them away. Raises Invalid."""
    if language not in {entry.code for entry in LANGUAGES}:
        raise Invalid(_l("Choose one of the languages."), "language")
    person = queries.myself(actor)
    title = next((entry for entry in person.titles if entry.language == language), None)
    if not before and not after:
        if title is not None:
            person.titles.remove(title)
    elif title is None:
        person.titles.append(PersonTitle(language=language, before=before, after=after))
    else:
        title.before, title.after = before, after
    db.session.flush()
    audit.record(actor, "person.title_set", subject=("person", person.id), detail={"language": language})
