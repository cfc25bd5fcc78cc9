"""Comparing printed pages with pictures that somebody has looked at.

`UPDATE_GOLDEN=1` writes the pictures anew: look at them before they are committed.
"""

import io
import os
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from lms.core import pdf

MAX_BYTES = 60_000


def pictures(template: str, data: Any, pixels_per_inch: int) -> list[Image.Image]:
    """The pages of a document in grey."""
    pages = pdf.render_png(template, data, title="Sample", language="en", pixels_per_inch=pixels_per_inch)
    return [Image.open(io.BytesIO(page)).convert("L") for page in pages]


def differs(one: Image.Image, other: Image.Image) -> bool:
    """Whether more than one pixel in a thousand changed visibly; anti-aliasing may vary a little by processor."""
    if one.size != other.size:
        return True
    changed = sum(ImageChops.difference(one, other).histogram()[64:])
    return changed > one.width * one.height / 1000


def check_golden(picture: Image.Image, path: Path) -> None:
    """Fail when a picture differs from the one that was kept."""
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        picture.quantize(16).save(path, optimize=True)
    with Image.open(path) as golden:
        assert not differs(picture, golden.convert("L")), f"{path.name} changed: look at it, then UPDATE_GOLDEN=1"
    assert path.stat().st_size < MAX_BYTES
