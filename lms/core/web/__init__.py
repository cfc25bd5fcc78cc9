"""The web edge: application class, access declarations, forms, error pages, navigation, headers, lists."""

from lms.core.web.app import App, afterwards, is_htmx
from lms.core.web.declaration import access, declaration_of, require
from lms.core.web.forms import Form, render_form
from lms.core.web.identity import current_actor
from lms.core.web.lists import Column, render_list
from lms.core.web.navigation import NavEntry, register_navigation
from lms.core.web.uploads import DOCUMENTS, PICTURES, Upload

__all__ = [
    "DOCUMENTS",
    "PICTURES",
    "App",
    "Column",
    "Form",
    "NavEntry",
    "Upload",
    "access",
    "afterwards",
    "current_actor",
    "declaration_of",
    "is_htmx",
    "register_navigation",
    "render_form",
    "render_list",
    "require",
]
