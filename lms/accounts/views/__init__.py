"""Pages of accounts, by what somebody comes for."""

from lms.accounts.views import (  # noqa: F401 - each adds its pages
    invitations,
    links,
    my_data,
    office_imports,
    offices,
    people,
    privacy,
    profile,
    registration,
    roles,
    sign_in,
)
from lms.accounts.views.blueprint import bp

__all__ = ["bp"]
