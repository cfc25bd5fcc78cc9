"""What cannot be recognised, and why."""

from lms.core.errors import Invalid


class RecognitionError(Invalid):
    """A grade that is not on its scale, or a conversion for which the scale or system says too little (422)."""
