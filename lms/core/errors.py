"""The few ways in which an action can fail. The web edge maps each to one status, once."""

from collections.abc import Sequence

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l


class AppError(Exception):
    """Base of all errors that a person is told about. `message` is translatable and says what to do."""

    status = 400

    def __init__(self, message: Text = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotFound(AppError):
    """There is no such thing, or the actor may not know that there is (404)."""

    status = 404


class NotPermitted(AppError):
    """The actor may know of it but may not do this (403)."""

    status = 403


class SignInNeeded(AppError):
    """Nobody is signed in and the page is for somebody (redirect to sign-in, or 401 for a script)."""

    status = 401


class Invalid(AppError):
    """A value is wrong (422). `field` names the form field it belongs beside."""

    status = 422

    def __init__(self, message: Text, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Refused(AppError):
    """The rules forbid it now (422); `reasons` holds every reason, not only the first."""

    status = 422

    def __init__(self, reasons: Sequence[Text]) -> None:
        super().__init__(reasons[0] if reasons else "")
        self.reasons = list(reasons)


class Conflict(AppError):
    """Somebody else changed it meanwhile, or the page is stale (409)."""

    status = 409


class Stale(Conflict):
    """Somebody changed it after the page was opened. A form keeps what was typed and shows what differs."""

    def __init__(self) -> None:
        super().__init__(_l("Somebody changed this meanwhile. Look at it as it stands now, then decide again."))


class TooManyRequests(AppError):
    """Too many tries in too short a time (429). `retry_after` is in seconds."""

    status = 429

    def __init__(self, message: Text, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooLarge(AppError):
    """An upload exceeds its bound (413)."""

    status = 413
