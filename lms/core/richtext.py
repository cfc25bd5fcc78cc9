"""Text that people write in Markdown, with formulas in TeX, shown as safe HTML.

Raw HTML is never taken over, formulas become MathML on the server, and whatever comes out is cleaned
against a list of what may be there. Pictures come from our own files only.
"""

import html
import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element, tostring

import nh3
from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

ImageResolver = Callable[[str], str | None]

_CACHED_TEXTS = 256
_MAX_TEX = 4_000
# What a text may ask of whoever shows it: a few kilobytes of Markdown can stand for megabytes of HTML.
_MAX_CELLS = 5_000
_MAX_FORMULAS = 1_000
_MAX_LENGTH = 400_000
_MAX_BRACKETS = 5_000
# The second line of a table, which may stand within quotations.
_TABLE_RULE = re.compile(r"[\s>|:-]*-[\s|:-]*")
_OWN_FILE = re.compile(r"/files/[\w-]+(/[\w.-]+)?", re.ASCII)
# Where a picture stands in the cached text: its number behind a mark that nobody can type.
_MARK = secrets.token_hex(16)
_PLACE = re.compile(rf"\[{_MARK}:(\d+)\]")

_BLOCKS = {"blockquote", "div", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_INLINES = {"a", "br", "code", "em", "s", "strong"}
_MATHML = {
    "math": {"aria-label", "display"},
    "menclose": {"notation"},
    "mfrac": {"linethickness"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mo": {"accent", "fence", "form", "largeop", "lspace", "maxsize", "minsize", "movablelimits", "rspace"}
    | {"separator", "stretchy", "symmetric"},
    "mover": {"accent"},
    "mpadded": {"depth", "height", "lspace", "voffset", "width"},
    "mphantom": set(),
    "mroot": set(),
    "mrow": set(),
    "mspace": {"depth", "height", "width"},
    "msqrt": set(),
    "mstyle": {"displaystyle", "mathvariant", "scriptlevel"},
    "msub": set(),
    "msubsup": set(),
    "msup": set(),
    "mtable": {"columnalign", "columnlines", "columnspacing", "displaystyle", "rowlines", "rowspacing"},
    "mtd": {"columnalign"},
    "mtext": {"mathvariant"},
    "mtr": set(),
    "munder": {"accentunder"},
    "munderover": {"accent", "accentunder"},
}
# How many parts these need (MathML Core, 3.3); the converter lets an unfinished formula pass with fewer.
_PARTS = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "msubsup": 3,
    "munder": 2,
    "mover": 2,
    "munderover": 3,
}
_ALIGNMENTS = {"align-left", "align-center", "align-right"}

_cleaner = nh3.Cleaner(
    tags=_BLOCKS | _TABLES | _INLINES | set(_MATHML),
    attributes={
        "a": {"href", "title"},
        "ol": {"start"},
        **{tag: set(names) for tag, names in _MATHML.items()},
    },
    allowed_classes={"div": {"formula"}, "td": _ALIGNMENTS, "th": _ALIGNMENTS},
    set_tag_attribute_values={"th": {"scope": "col"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener nofollow ugc",
)


@dataclass(frozen=True)
class _Image:
    source: str
    alt: str
    title: str


def render(markdown: str, *, base_level: int = 2, resolve_image: ImageResolver | None = None) -> Markup:
    """Markdown as HTML. Its topmost heading gets `base_level` (2 to 6), the others keep their distance.

    A picture is shown if its address is one of our files (`/files/…`), or if `resolve_image` makes
    such an address of it (a name within a course, say); of any other picture only its text is shown.
    A text that is too much (see `problem`) is shown as it was typed.
    """
    try:
        compiled, images = _compiled(markdown, base_level)
    except TooMuch:
        return Markup("<pre>{}</pre>").format(markdown)
    whole = _PLACE.sub(lambda place: _image_html(images[int(place[1])], resolve_image), compiled)
    return Markup(whole)  # noqa: S704 - cleaned when compiled; pictures are escaped


def problem(markdown: str) -> Text | None:
    """Why a text cannot be shown as Markdown: it would be too much work for browser and server. None when it can."""
    try:
        _compiled(markdown, 2)
    except TooMuch as error:
        return error.message
    return None


class TooMuch(Exception):
    """A text stands for more than a page can show. `message` says what to do."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


def _tokens(markdown: str, env: dict[str, Any]) -> list[Token]:
    """The parsed text. Raises TooMuch before and after the parser's work."""
    if _cells(markdown) > _MAX_CELLS:
        raise TooMuch(_l("The tables in this text have too many cells. Split them, or attach a spreadsheet."))
    if markdown.count("[") > _MAX_BRACKETS:
        raise TooMuch(_l("There are too many links and pictures in this text. Split it into several."))
    tokens = _parser.parse(markdown, env)
    inline = [child for token in tokens for child in (token, *(token.children or ()))]
    if sum(child.type.startswith("math") for child in inline) > _MAX_FORMULAS:
        raise TooMuch(_l("There are too many formulas in this text. Split it into several."))
    length = sum(len(child.content) + sum(len(str(value)) for value in child.attrs.values()) for child in inline)
    if length > _MAX_LENGTH:
        raise TooMuch(_l("This text becomes too long when it is shown. Split it into several."))
    return tokens


def _cells(markdown: str) -> int:
    """At most so many cells do the tables of a text have: each row gets as many as the widest line above it."""
    cells, lines = 0, markdown.splitlines()
    for number, line in enumerate(lines):
        if "|" in line and _TABLE_RULE.fullmatch(line):
            width = line.count("|") + 1
            rows = next((far for far, below in enumerate(lines[number:]) if not below.strip()), len(lines) - number)
            cells += width * (rows + 1)
            if cells > _MAX_CELLS:
                break
    return cells


def plain(markdown: str, limit: int) -> str:
    """The text alone, on one line of at most `limit` characters, for excerpts and mails."""
    try:
        pieces = _pieces(_tokens(markdown, {}))
    except TooMuch:
        pieces = [markdown]
    text = " ".join(" ".join(pieces).split())
    if len(text) <= limit:
        return text
    end = limit - 1
    while end and unicodedata.category(text[end]).startswith("M"):
        end -= 1  # Never part a letter from its marks.
    space = text.rfind(" ", max(0, end - 20), end + 1)
    return text[: space if space > 0 else end].rstrip() + "…"


def _pieces(tokens: Sequence[Token]) -> list[str]:
    pieces: list[str] = []
    for token in tokens:
        if token.children is not None:
            pieces.append("".join(_pieces(token.children)))
        elif token.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif token.content:
            pieces.append(token.content)
    return pieces


@lru_cache(maxsize=_CACHED_TEXTS)
def _compiled(markdown: str, base_level: int) -> tuple[str, tuple[_Image, ...]]:
    """Everything that depends on the text alone: clean HTML with numbered places for its pictures. Raises TooMuch."""
    env: dict[str, Any] = {"images": []}
    tokens = _tokens(markdown, env)
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "th_open":
            _name_lone_formulas(token)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) - min(levels) + base_level)}"
        elif token.type in ("th_open", "td_open") and "style" in token.attrs:
            # The content security policy forbids style attributes.
            token.attrs["class"] = str(token.attrs.pop("style")).replace("text-align:", "align-")
    written = _parser.renderer.render(tokens, _parser.options, env)
    return _cleaner.clean(written), tuple(env["images"])


def _name_lone_formulas(heading: Token) -> None:
    """Give formulas that are a column's whole heading their TeX as a name: of MathML alone, none is made."""
    children = heading.children or []
    formulas = [child for child in children if child.type.startswith("math_inline")]
    if not any(child.content.strip() for child in children if child not in formulas):
        for formula in formulas:
            formula.attrs["aria-label"] = formula.content


def _image_html(image: _Image, resolve: ImageResolver | None) -> str:
    address: str | None = image.source
    if not _OWN_FILE.fullmatch(image.source):
        is_name = ":" not in image.source and not image.source.startswith(("/", "\\"))
        address = resolve(unquote(image.source)) if resolve and is_name else None
    if address is None or not address.startswith("/") or address.startswith(("//", "/\\")):
        return escape(image.alt)
    title = Markup(' title="{}"').format(image.title) if image.title else ""
    return Markup('<img src="{}" alt="{}"{} loading="lazy">').format(address, image.alt, title)


# --- the parser and how it writes what Markdown alone does not have ---------------------------------


def _write_image(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, env: Any) -> str:
    token = tokens[at]
    alt = "".join(_pieces(token.children or []))
    env["images"].append(_Image(str(token.attrs.get("src", "")), alt, str(token.attrs.get("title", ""))))
    return f"[{_MARK}:{len(env['images']) - 1}]"


def _write_inline_math(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
    tex = tokens[at].content
    return _mathml(tex, "inline", label=str(tokens[at].attrs.get("aria-label", ""))) or f"<code>{escape(tex)}</code>"


def _write_block_math(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
    tex = tokens[at].content.strip()
    formula = _mathml(tex, "block")
    return f'<div class="formula">{formula}</div>\n' if formula else f"<pre><code>{escape(tex)}</code></pre>\n"


def _mathml(tex: str, display: str, *, label: str = "") -> str | None:
    """The formula as MathML, or None if it is not TeX that we can show."""
    if len(tex) > _MAX_TEX:
        return None
    try:
        formula = convert_to_element(tex, display=display)
    except Exception:  # The converter raises many things; the writer sees the TeX and can correct it.
        return None
    if not all(_is_whole(element) for element in formula.iter()):
        return None
    if label:
        formula.set("aria-label", label)
    for element in formula.iter():
        # The converter writes symbols as entities and leaves escaping undone: do it rightly here.
        element.text = html.unescape(element.text) if element.text else None
    return tostring(formula, encoding="unicode")


def _is_whole(element: Element) -> bool:
    """False for an unknown command, which comes out as its own name, or a part too few."""
    is_command = element.text is not None and element.text.startswith("\\")
    return not is_command and len(element) == _PARTS.get(element.tag, len(element))


def _new_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    parser.add_render_rule("image", _write_image)
    parser.add_render_rule("math_inline", _write_inline_math)
    parser.add_render_rule("math_inline_double", _write_inline_math)
    parser.add_render_rule("math_block", _write_block_math)
    return parser


_parser = _new_parser()
