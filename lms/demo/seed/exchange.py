"""Calls of the exchange, one in each interesting phase."""

from lms.demo.seed.world import World


def make_calls(world: World) -> None:
    """All calls."""
