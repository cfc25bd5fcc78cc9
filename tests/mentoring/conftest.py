"""What tests of mentoring share."""

import pytest

from tests.core.conftest import own_app
from tests.mentoring.world import World, make_world

__all__ = ["own_app"]  # an application on a database of its own


@pytest.fixture
def world(system) -> World:
    """A published scheme with its office."""
    return make_world(system)
