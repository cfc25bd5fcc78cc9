"""What tests of notifications share."""

from tests.accounts.conftest import count_queries

__all__ = ["count_queries"]
