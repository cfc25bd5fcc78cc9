"""Pages of accounts, by what somebody comes for."""

from lms.accounts.views import registration, sign_in  # noqa: F401 - each adds its pages
from lms.accounts.views.blueprint import bp

__all__ = ["bp"]
