"""The blueprint, and what several groups of pages share."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for

from lms.core.errors import NotFound
from lms.courses.forms import KINDS, LANGUAGES, LEVELS, MODES
from lms.courses.rules import window

bp = Blueprint("courses", __name__, url_prefix="/courses")


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """Words for what is stored as a key, on any page that shows courses."""
    return {
        "course_languages": dict(LANGUAGES),
        "course_levels": dict(LEVELS),
        "offering_modes": dict(MODES),
        "question_kinds": dict(KINDS),
        "enrolment_window": window,
    }


def pictures_of(code: str) -> Callable[[str], str | None]:
    """For texts of a course: from the name of a picture to its address."""
    return lambda name: url_for("courses.picture", code=code, name=name)


def direction() -> bool:
    """Whether a step or question is to move up (else down). Raises NotFound for anything else."""
    wanted = request.form.get("direction")
    if wanted not in ("up", "down"):
        raise NotFound
    return wanted == "up"
