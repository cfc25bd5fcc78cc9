"""Web fonts for scripts that a device may lack, cut from lms/fonts: `python -m tools.fonts`.

Needs the dev environment. Writes static/fonts/*.woff2 and assets/css/fonts.css; `npm run build` then takes the style
sheet in. A browser loads a file only when its script appears on the page and the device has no font of its own for
it. Chinese and Latin always use the device's fonts.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "lms" / "fonts"
TARGET = ROOT / "static" / "fonts"
SHEET = ROOT / "assets" / "css" / "fonts.css"
WEIGHTS = {"Regular": "400 500", "SemiBold": "600 900"}
# Zero-width space, non-joiner and joiner, and the circle that carries a mark without its letter.
SHARED = ((0x200B, 0x200D), (0x25CC, 0x25CC))


@dataclass(frozen=True)
class Script:
    """A script: the Noto family's name, its blocks in Unicode, and what systems call their own fonts for it."""

    name: str
    blocks: tuple[tuple[int, int], ...]
    local: tuple[str, ...]


SCRIPTS = (
    Script("Thai", ((0x0E00, 0x0E7F),), ("Noto Sans Thai", "Leelawadee UI", "Thonburi")),
    Script("Lao", ((0x0E80, 0x0EFF),), ("Noto Sans Lao", "Leelawadee UI", "Lao Sangam MN")),
    Script("Khmer", ((0x1780, 0x17FF), (0x19E0, 0x19FF)), ("Noto Sans Khmer", "Leelawadee UI", "Khmer Sangam MN")),
    Script(
        "Myanmar",
        ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
        ("Noto Sans Myanmar", "Myanmar Text", "Myanmar Sangam MN"),
    ),
)


def cut(script: Script, weight: str) -> Path:
    """Write the letters of one script in one weight as WOFF2, with all that shaping needs, and return the file."""
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False, notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in (*script.blocks, *SHARED) for code in range(first, last + 1)])
    # The time of the change would make the same font a new file.
    font = TTFont(SOURCES / f"NotoSans{script.name}-{weight}.ttf", recalcTimestamp=False)
    subsetter.subset(font)
    path = TARGET / f"{script.name.lower()}-{weight.lower()}.woff2"
    subset.save_font(font, str(path), options)
    return path


def face(script: Script, weight: str, path: Path) -> str:
    """The rule that offers the file; its address changes with its content."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    bold = " Bold" if weight == "SemiBold" else ""
    names = [f'local("{name}{bold}")' for name in script.local]
    ranges = ", ".join(f"U+{first:04X}-{last:04X}" for first, last in script.blocks)
    return (
        "@font-face {\n"
        '  font-family: "Region";\n'
        f"  font-weight: {WEIGHTS[weight]};\n"
        "  font-display: swap;\n"
        f"  unicode-range: {ranges};\n"
        f'  src: {", ".join(names)}, url("fonts/{path.name}?v={digest}") format("woff2");\n'
        "}\n"
    )


def main() -> None:
    """Cut every script in every weight and write the style sheet."""
    TARGET.mkdir(exist_ok=True)
    rules = [face(script, weight, cut(script, weight)) for script in SCRIPTS for weight in WEIGHTS]
    SHEET.write_text(
        "/* Written by `python -m tools.fonts`; do not edit.\n"
        "   Noto fonts under the SIL Open Font License 1.1, see lms/fonts/OFL.txt. */\n" + "\n".join(rules),
        encoding="utf-8",
    )
    print(f"{len(rules)} fonts, {sum(path.stat().st_size for path in TARGET.iterdir()):,} bytes")


if __name__ == "__main__":
    main()
