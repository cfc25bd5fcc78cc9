"""Tables of others brought in: read, checked row by row, shown, and only then written, all of it or nothing."""

from lms.core.imports.models import ImportFault, ImportRun

__all__ = ["ImportFault", "ImportRun"]
