"""Tables of others brought in: read, checked row by row, shown, and only then written, all of it or nothing.

A package registers an `ImportKind`, and gives it a page by `lms.core.imports.views.upload`:

    register_import(ImportKind("labs", ...))

    @bp.route("/<slug>/units/import", methods=["GET", "POST"])
    @access(MANAGE_INSTITUTION, load=..., uploads=[TABLE])
    def import_labs(institution): return upload(LABS, institution, target={"slug": institution.slug}, back=...)
"""

from lms.core.imports.kinds import ImportKind, act_as, import_named, register_import
from lms.core.imports.models import ImportFault, ImportRun
from lms.core.imports.services import begin, confirm

__all__ = [
    "ImportFault",
    "ImportKind",
    "ImportRun",
    "act_as",
    "begin",
    "confirm",
    "import_named",
    "register_import",
]
