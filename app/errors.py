"""The error tree. Everything the program tells a person about a failure comes from here.

    AppError                     written for the user, says what to do next
    ├── BadInput                 422  what was sent cannot be used
    │   ├── TooLarge             413  over a limit on bytes or duration
    │   └── UnsupportedLanguage  422  no present engine hears or writes this language
    ├── NotSignedIn              401  only who has signed in may do this
    ├── NotAllowed               403  this key may not do this
    ├── NotFound                 404  unknown, foreign or already deleted
    ├── Conflict                 409  not possible in the present state
    ├── Overloaded               503  the queue is full; come back after `retry_after_s`
    │   └── TooManyRequests      429  one key or address asks too often; come back then too
    ├── StorageFull              507  the disk reserve would be touched
    ├── StorageUnavailable       503  the object store is away; what was to be stored is kept here
    ├── EngineUnavailable        503  weights or a server are missing; names the command that gets them
    │   └── EngineNotReady   503  the weights are being fetched; come back after `retry_after_s`
    └── EngineFailed             500  a model or a tool broke while it worked

    JobCancelled (BaseException)  raised through `Progress`, so that no engine can swallow it

Any other exception is a bug of ours: it is logged with its traceback and shown as one neutral sentence.
"""

from http import HTTPStatus


def N_(message: str) -> str:
    """Mark a message for translation where it is written; it is translated where it is shown."""
    return message


class AppError(Exception):
    """Tell the user what is wrong and what to do next.

    Args:
        message: an English template in gettext's `%(name)s` form, which is also the catalogue key.
        params: the values of the template; they are kept apart so that a stored error
            can be shown in the visitor's language later.
    """

    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, message: str, **params: str | int | float) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class BadInput(AppError):
    """Refuse what was sent."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooLarge(BadInput):
    """Refuse what is over a limit on bytes or duration."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedLanguage(BadInput):
    """Refuse a language that no present engine hears or writes."""


class NotSignedIn(AppError):
    """Refuse who has not signed in, or whose sign-in is over."""

    status = HTTPStatus.UNAUTHORIZED


class NotAllowed(AppError):
    """Refuse what this key does not allow."""

    status = HTTPStatus.FORBIDDEN


class NotFound(AppError):
    """Answer for what is unknown, foreign or already deleted, in the same words for all three."""

    status = HTTPStatus.NOT_FOUND


class Conflict(AppError):
    """Refuse what the present state does not allow."""

    status = HTTPStatus.CONFLICT


class Overloaded(AppError):
    """Refuse new work while the queue is full; elsewhere: addresses where there is room."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(
        self,
        message: str,
        retry_after_s: int,
        *,
        elsewhere: tuple[str, ...] = (),
        **params: str | int | float,
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s, **params)
        self.retry_after_s = retry_after_s
        self.elsewhere = elsewhere


class TooManyRequests(Overloaded):
    """Refuse who asks more often than the settings let him. `%(wait)s`: until when, in words."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message, retry_after_s, wait=f"{retry_after_s} s")


class StorageFull(AppError):
    """Refuse to write into the disk reserve."""

    status = HTTPStatus.INSUFFICIENT_STORAGE


class StorageUnavailable(AppError):
    """Say that the object store is away; what was to be stored is kept here."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class EngineUnavailable(AppError):
    """Say which weights or server are missing, and the command that gets them."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class EngineNotReady(EngineUnavailable):
    """Refuse who cannot wait for weights that are being fetched."""

    def __init__(self, message: str, retry_after_s: int, **params: str | int | float) -> None:
        super().__init__(message, retry_after_s=retry_after_s, **params)
        self.retry_after_s = retry_after_s


class EngineFailed(AppError):
    """Say that a model or a tool broke while it worked."""


class JobCancelled(BaseException):
    """Stop the work of a cancelled job. A BaseException, so that no `except Exception` keeps it."""
