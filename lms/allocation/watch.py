"""Progress of a run, and the end of its time."""

from collections.abc import Callable
from time import monotonic


class OutOfTime(Exception):
    """The run took longer than it was given; nothing of it is kept."""


class Watch:
    """Told by the solver how far it is; tells others, and stops the run when its time is over.

    `progress` hears the share that is done, from 0 to 1, whenever it has grown.
    """

    def __init__(self, progress: Callable[[float], None] | None = None, seconds: float | None = None) -> None:
        self._progress = progress
        self._end = None if seconds is None else monotonic() + seconds
        self._share = -1.0

    @property
    def left(self) -> float | None:
        """Seconds that are left, 0 at least; None without a bound."""
        return None if self._end is None else max(0.0, self._end - monotonic())

    def at(self, share: float) -> None:
        """Say how much is done. Raises OutOfTime."""
        if self._end is not None and monotonic() > self._end:
            raise OutOfTime
        if self._progress is not None and share > self._share:
            self._share = share
            self._progress(share)
