"""Texts of content in further languages than English and Chinese, which have columns of their own."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Mapped, mapped_column

from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import Json, Versioned, expect_version
from lms.core.i18n import ALL_LANGUAGES, Language, listed

# Those that a text can be added in, whether or not the interface speaks them yet.
FURTHER_LANGUAGES: tuple[Language, ...] = tuple(one for one in ALL_LANGUAGES if one.code not in ("en", "zh"))


class Translated(Versioned):
    """Mixin for what has texts in several languages: `title_en` and `title_zh`, the others here by code and field."""

    translations: Mapped[dict[str, dict[str, str]]] = mapped_column(Json, default=dict, server_default="{}")


def texts_in_all_languages(thing: Translated) -> Iterable[str]:
    """What search should find a thing by, beside its English and Chinese."""
    return (text for texts in (thing.translations or {}).values() for text in texts.values())


def languages_added(thing: Translated) -> str:
    """The further languages that a thing has texts in, by their own names; empty for none."""
    return listed(one.name for one in FURTHER_LANGUAGES if (thing.translations or {}).get(one.code))


def translate(
    actor: Actor,
    thing: Translated,
    *,
    subject: tuple[str, int],
    language: str,
    texts: Mapping[str, str],
    version: int | None,
) -> None:
    """Keep the texts of a thing in one further language; an empty text takes it away, and English stands again.

    `subject` is its name in the journal. Raises Stale when somebody else changed the thing meanwhile.
    """
    expect_version(thing, version)
    kept = {field: text for field, text in texts.items() if text}
    # A new object: what is inside JSON is not watched for changes.
    others = {code: known for code, known in (thing.translations or {}).items() if code != language}
    thing.translations = {**others, language: kept} if kept else others
    thing.version += 1
    audit.record(
        actor, f"{subject[0]}.translated", subject=subject, detail={"language": language, "fields": sorted(kept)}
    )
