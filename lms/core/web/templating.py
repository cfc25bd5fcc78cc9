"""What every template can use."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import get_locale
from jinja2 import Template, pass_eval_context
from jinja2.environment import TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from lms.core import settings
from lms.core.i18n import LANGUAGES, catalogue, current_language, in_reader_language, language_shown, listed
from lms.core.plots import shown_number
from lms.core.richtext import render as render_markdown
from lms.core.translated import languages_added
from lms.core.web.headers import asset
from lms.core.web.identity import current_actor
from lms.core.web.locale import show_date, show_instant, show_time_left, zone_name
from lms.core.web.navigation import navigation_for
from lms.core.web.preferences import has_shortcuts, theme


def _languages() -> list[dict[str, Any]]:
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    now = current_language()
    return [
        {
            "code": entry.code,
            "html": entry.html,
            "label": entry.name,
            "url": url_for("core.choose_language", code=entry.code, next=here),
            "active": entry == now,
        }
        for entry in LANGUAGES
    ]


def _zone() -> dict[str, str]:
    """The zone in which instants are shown, and where to choose another one."""
    actor = current_actor()
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    url = "/accounts/profile#zone" if actor.is_signed_in else url_for("core.choose_zone", next=here)
    return {"name": zone_name(actor.zone, actor.now), "url": url}


def _site() -> dict[str, Any]:
    config, names = current_app.config, settings.center_names()
    return {
        "base_url": config["BASE_URL"],
        "locale": str(get_locale()),
        "html_lang": current_language().html,
        "is_draft_language": current_language().is_draft,
        "demo": config["IS_DEMO"],
        "site": SimpleNamespace(
            center_name=names.get(current_language().code) or names["en"],
            center_name_en=names["en"],
            center_name_zh=names["zh"],
            shows_style_guide=config["SHOWS_STYLE_GUIDE"],
        ),
    }


def _context() -> dict[str, Any]:
    """What pages know; mails are written outside of a request and know the site only."""
    if not has_request_context():
        return _site()
    actor = current_actor()
    return _site() | {
        "actor": actor,
        "now": actor.now,
        # Called by the layout: a part of a page that is sent by itself has no menus.
        "nav": lambda: navigation_for(actor) if request.endpoint else [],
        "account_nav": lambda: navigation_for(actor, personal=True),
        "text_dir": "ltr",
        "theme": theme(),
        "has_shortcuts": has_shortcuts(),
        "languages": _languages,
        "language_shown": language_shown,
        "languages_added": languages_added,
        "shown_zone": _zone,
    }


class _Template(Template):
    """A template whose macros others import as they are: all of ours have the environment's globals and no others."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()  # With `ctx` it would compare the globals at each import.


@pass_eval_context
def _gettext(context: EvalContext, string: str, **values: Any) -> str:
    """`_("…")` in a template: the values are escaped, the message is not."""
    text = catalogue().gettext(string)
    text = Markup(text) if context.autoescape else text  # noqa: S704 - messages are ours
    return text % values if "%" in text else text


@pass_eval_context
def _ngettext(context: EvalContext, singular: str, plural: str, num: int, **values: Any) -> str:
    """`ngettext("…", "…", n)` in a template."""
    text = catalogue().ngettext(singular, plural, num)
    text = Markup(text) if context.autoescape else text  # noqa: S704 - messages are ours
    return text % {"num": num, **values} if "%" in text else text


def init_templating(app: Flask) -> None:
    """Register filters, globals and the context of every page."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.template_class = _Template
    # In place of those of Jinja's extension, which take a detour through the context for each text.
    app.jinja_env.globals.update({"_": _gettext, "gettext": _gettext, "ngettext": _ngettext})
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["list_filters"] = lambda: g.get("list_filters")  # for the parts of a list, wherever they are
    app.jinja_env.filters["instant"] = _instant
    app.jinja_env.filters["day"] = _day
    app.jinja_env.filters["time_left"] = lambda until: show_time_left(until, current_actor().now)
    app.jinja_env.filters["number"] = shown_number
    app.jinja_env.filters["markdown"] = render_markdown
    app.jinja_env.filters["i18n"] = in_reader_language
    app.jinja_env.filters["listed"] = listed
    app.context_processor(_context)


def _instant(value: datetime | str | None, zone: str | None = None) -> str:
    if isinstance(value, str):  # Mails get plain JSON.
        value = datetime.fromisoformat(value)
    return show_instant(value, zone or current_actor().zone) if value else ""


def _day(value: date | str | None, zone: str | None = None) -> str:
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return show_date(value, zone or current_actor().zone) if value else ""
