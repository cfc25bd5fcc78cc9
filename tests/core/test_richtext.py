"""Markdown comes out as HTML in which nothing can run."""

from html.parser import HTMLParser
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.richtext import plain, problem, render
from lms.courses.forms import QuizForm

XSS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<style>@import '//evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<math href='javascript:alert(1)'>x</math>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "[x](http://a.example \"' onmouseover=alert(1) '\")",
    '[x](http://a.example/"onmouseover=alert(1))',
    "[x](x '\"><script>alert(1)</script>')",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    '!["onerror="alert(1)](/files/abc)',
    '![x](/files/abc "\\" onerror=\\"alert(1)")',
    "![x](/files/../../evil)",
    "![x](//evil.example/x.png)",
    "![x](/\\evil.example/x.png)",
    "![x](https://evil.example/x.png)",
    '![x]("onerror=alert(1))',
    "$\\text{<script>alert(1)</script>}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$$\\text{</mtext></math><script>alert(1)</script>}$$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\style{background:url(javascript:alert(1))}{x}$",
    '$\\class{x" onclick="alert(1)}{x}$',
    "$\\mathrm{&lt;script&gt;alert(1)&lt;/script&gt;}$",
    "$<script>alert(1)</script>$",
    "$\\unknown{<svg onload=alert(1)>}$",
    "```\n</code></pre><script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>alert(1)</script>`",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "# <img src=x onerror=alert(1)>",
    '\ue0000\ue001 ![x](/files/abc) [y](z "\ue0000\ue001")',
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>alert(1)</script>' ?>",
]
BLOCKS = {"blockquote", "div", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
INLINES = {"a", "br", "code", "em", "img", "s", "strong"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
MATHML = {"math", "mfrac", "mi", "mn", "mo", "mover", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub"}
MATHML |= {"msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder"}
ATTRIBUTES = {"href", "title", "rel", "src", "alt", "loading", "scope", "class", "start", "display"}


class Judge(HTMLParser):
    """Reads the result as a browser would and names whatever could act."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in BLOCKS | INLINES | TABLES | MATHML:
            self.faults.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name not in ATTRIBUTES and tag not in MATHML):
                self.faults.append(name)
            if name == "href" and (value or "").strip().lower().startswith(("javascript", "vbscript", "data")):
                self.faults.append(value or "")
            if name == "src" and not (value or "").startswith("/files/"):
                self.faults.append(value or "")


def faults(markup: str) -> list[str]:
    judge = Judge()
    judge.feed(markup)
    judge.close()
    return judge.faults


@pytest.mark.parametrize("payload", XSS)
def test_nothing_executable_survives(payload: str) -> None:
    assert faults(render(payload)) == []
    assert faults(render(payload, resolve_image=lambda name: f"/files/{name}")) == []


@given(st.text(alphabet="<>\"'&/=[]()!$\\{}`#| \nabonscript:&;", max_size=80))
def test_no_text_at_all_makes_anything_executable(text: str) -> None:
    assert faults(render(text, resolve_image=lambda name: f"/files/{name}")) == []


def test_markdown_is_shown() -> None:
    html = render("**bold** *em* ~~gone~~ `code`\n\n- one\n\n1. first\n\n> quote\n\n---\n\n    code")
    for tag in ("<strong>", "<em>", "<s>", "<code>", "<ul>", "<ol>", "<blockquote>", "<hr>", "<pre>"):
        assert tag in html


def test_tables_say_what_their_headings_are_and_carry_no_style() -> None:
    html = render("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<th class="align-right" scope="col">b</th>' in html
    assert '<td class="align-right">2</td>' in html
    assert "style" not in html


def test_links_tell_search_engines_and_browsers_that_they_are_not_ours() -> None:
    expected = '<a href="https://example.org/?a=1&amp;b" rel="noopener nofollow ugc">x</a>'
    assert expected in render("[x](https://example.org/?a=1&b)")
    assert '<a href="/courses/"' in render("[x](/courses/)")
    assert '<a href="mailto:a@b.example"' in render("<a@b.example>")


@pytest.mark.parametrize(
    ("level", "expected"), [(2, ["h2", "h3", "h6"]), (3, ["h3", "h4", "h6"]), (6, ["h6", "h6", "h6"])]
)
def test_headings_begin_where_the_page_wants(level: int, expected: list[str]) -> None:
    html = render("## a\n\n### b\n\n###### c", base_level=level)
    for tag, text in zip(expected, "abc", strict=True):
        assert f"<{tag}>{text}</{tag}>" in html


def test_formulas_become_mathml() -> None:
    html = render("With $R_0 = \\frac{\\beta}{\\gamma}$ and $a<b$.\n\n$$\\sum_{i=1}^n x_i$$")
    assert '<math display="inline"><mrow><msub><mi>R</mi><mn>0</mn></msub><mo>=</mo><mfrac>' in html
    assert "<mo>&lt;</mo>" in html
    assert '<div class="formula"><math display="block">' in html
    assert "β" in html
    assert "<math" in render("| $x$ |\n|---|\n| a $$y$$ |")


@pytest.mark.parametrize(
    "tex", ["\\frac{a}", "\\unknown", "x^", "\\sqrt", "\\begin{cases} a", "{" * 500, "a" * 5000, "\\left( x"]
)
def test_bad_tex_is_shown_as_it_was_written(tex: str) -> None:
    assert f"<code>{tex}</code>" in render(f"${tex}$")
    assert f"<pre><code>{tex}</code></pre>" in render(f"$${tex}$$")


def test_money_is_no_formula() -> None:
    assert "<math" not in render("It costs $5 or $6, $ 7 $.")


def test_pictures_come_from_our_files_only() -> None:
    def resolve(name: str) -> str | None:
        return {"图 1.png": "/files/abc", "bad": "//evil.example"}.get(name)

    assert render("![a](/files/0123abc)") == '<p><img src="/files/0123abc" alt="a" loading="lazy"></p>\n'
    html = render('![A <b> "q"](<图 1.png> "t") ![c](unknown.png) ![d](bad)', resolve_image=resolve)
    assert '<img src="/files/abc" alt="A &lt;b&gt; &#34;q&#34;" title="t" loading="lazy"> c d</p>' in html
    assert render("![only words](https://example.org/x.png)") == "<p>only words</p>\n"
    assert '<a href="/x"' in render("[![a](/files/abc)](/x)")


def test_the_same_text_is_resolved_anew_each_time() -> None:
    assert "/files/one" in render("![a](x)", resolve_image=lambda _name: "/files/one")
    assert "/files/two" in render("![a](x)", resolve_image=lambda _name: "/files/two")


def test_excerpts_are_plain_and_bounded() -> None:
    text = "# Title\n\nHello **world** with $x^2$, `code` and ![a picture](x).\n\n- item <b>raw</b>\n\n```\nx = 1\n```"
    assert plain(text, 200) == "Title Hello world with x^2, code and a picture. item <b>raw</b> x = 1"
    assert plain(text, 20) == "Title Hello world…"
    assert plain("公共卫生应急管理", 5) == "公共卫生…"
    assert plain("สาธารณสุขที่ดี", 11) == "สาธารณสุข…"
    assert plain("", 5) == ""


def test_a_heading_that_is_only_a_formula_has_a_name():
    table = "| $x_i$ | Rate $r$ | **n** |\n|---|---|---|\n| 1 | 2 | 3 |"
    shown = render(table)
    assert 'aria-label="x_i"' in shown
    assert shown.count("aria-label") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("|" * 500 + "\n" + "|-" * 500 + "|\n" + "a\n" * 400, "too many cells"),
        ("> " + "|a" * 90 + "|\n> " + "|-" * 90 + "|\n" + "> a\n" * 60, "too many cells"),
        (("|a|b|\n|-|-|\n" + "|1|2|\n" * 700 + "\n") * 4, "too many cells"),
        ("$x$ " * 1001, "too many formulas"),
        ("[a]: /" + "x" * 2000 + "\n\n" + "[a]" * 600, "too long when it is shown"),
        ("[" * 100_000, "too many links"),
    ],
)
def test_a_short_text_does_not_stand_for_megabytes(text, told):
    began = perf_counter()
    assert told in str(problem(text))
    shown = render(text)
    assert shown.startswith("<pre>")
    assert len(shown) < 2 * len(text)
    assert plain(text, 100)
    assert perf_counter() - began < 2


def test_ordinary_tables_and_formulas_are_no_problem():
    table = "| Year | Cases |\n|---|---|\n" + "| 2026 | 12 |\n" * 200
    assert problem(table + "\n$x^2$ and [a link](/courses/)\n" * 100) is None


def test_the_writer_is_told_at_the_field(app):
    with app.test_request_context(method="POST", data={"body": "|a" * 90 + "|\n" + "|-" * 90 + "|\n" + "a\n" * 60}):
        form = QuizForm()
        assert not form.validate()
        assert "too many cells" in str(form.body.errors)
