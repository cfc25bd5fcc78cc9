"""What tests of institutions share."""

from tests.accounts.conftest import count_queries

__all__ = ["count_queries"]
