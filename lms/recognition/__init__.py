"""Recognition of credits and grades: converted by which rule, from which source. Pure: no HTTP, no database.

An original is never replaced. A conversion carries it together with the method, the factor or table and its source.
"""

from lms.recognition.catalogue import (
    credit_factor,
    credit_system,
    credit_systems,
    grade_scale,
    grade_scales,
    scale_from,
)
from lms.recognition.credits import Credits, CreditSystem, Rounding, by_factor, by_hours, by_load
from lms.recognition.errors import RecognitionError
from lms.recognition.grades import Grade, Outcome, Scale
from lms.recognition.methods import METHODS, Converted, convert

__all__ = [
    "METHODS",
    "Converted",
    "CreditSystem",
    "Credits",
    "Grade",
    "Outcome",
    "RecognitionError",
    "Rounding",
    "Scale",
    "by_factor",
    "by_hours",
    "by_load",
    "convert",
    "credit_factor",
    "credit_system",
    "credit_systems",
    "grade_scale",
    "grade_scales",
    "scale_from",
]
