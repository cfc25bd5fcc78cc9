"""The tables of others that figures are counted by."""

from lms.accounts.models import Person

__all__ = ["Person"]
