"""What tests of joint degrees share."""

from tests.core.conftest import own_app

__all__ = ["own_app"]  # an application on a database of its own
