"""The page on which authors give their texts in further languages."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from lms.core.errors import NotFound
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.translated import FURTHER_LANGUAGES, Translated
from lms.core.web.forms import Form, render_form

_LONGEST_LINE = 200
_LONGEST_TEXT = 4000


def translation_page(
    thing: Translated,
    *,
    fields: Mapping[str, Text],
    save: Callable[[str, Mapping[str, str], int | None], Any],
    title: str,
    back: str,
) -> ResponseReturnValue:
    """Show and keep a thing's `fields` in the language that `?language=` names, for a view with GET and POST.

    `fields` are labels by name (`title` for `title_en`); all but titles and names run over several lines.
    `save(language, texts, version)` keeps them.
    """
    wanted = request.args.get("language", FURTHER_LANGUAGES[0].code)
    language = next((one for one in FURTHER_LANGUAGES if one.code == wanted), None)
    if language is None:
        raise NotFound
    known = (thing.translations or {}).get(language.code, {})
    made: type[Form] = type("TranslationForm", (Form,), {name: _field(name, label) for name, label in fields.items()})
    form = made(version=str(thing.version), **known)

    def act() -> bool:
        save(language.code, {name: form[name].data or "" for name in fields}, form.seen_version)
        return True

    if form.submit(act):
        flash(_l("Saved."), "success")
        return redirect(f"{request.path}?language={language.code}", 303)
    return render_form(
        "core/translate.html",
        form,
        fields=list(fields),
        english={name: getattr(thing, f"{name}_en") for name in fields},
        languages_to_choose=FURTHER_LANGUAGES,
        done={code for code, texts in (thing.translations or {}).items() if texts},
        language=language,
        thing_title=title,
        back=back,
    )


def _field(name: str, label: Text) -> Any:
    if name in ("title", "name"):
        return StringField(label, [Length(max=_LONGEST_LINE)])
    return TextAreaField(label, [Length(max=_LONGEST_TEXT)], render_kw={"rows": 6})
