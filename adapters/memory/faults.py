"""Ways in which a request to a platform goes wrong, to be played on order."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto

from connector.errors import (
    AccessRefused,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    UnexpectedAnswer,
)

WAIT = timedelta(seconds=30)
"""How long a rate-limited caller is told to wait."""


class Fault(Enum):
    """What happens to the next request."""

    UNAVAILABLE = auto()
    RATE_LIMITED = auto()
    ACCESS_REFUSED = auto()
    CUT_ANSWER = auto()
    """The request is done, and its answer cannot be read."""
    LOST_ANSWER = auto()
    """The request is done, and no answer comes."""
    DID_NOTHING = auto()
    """The answer says success, and nothing was done."""


def refusal(fault: Fault | None, name: str, operation: str) -> PlatformError | None:
    """Return the error with which the platform turns the request down before doing it."""
    match fault:
        case Fault.UNAVAILABLE:
            return PlatformUnavailable(platform=name, operation=operation, status=503)
        case Fault.RATE_LIMITED:
            return RateLimited(platform=name, operation=operation, status=429, retry_after=WAIT)
        case Fault.ACCESS_REFUSED:
            return AccessRefused(platform=name, operation=operation, status=401)
        case _:
            return None


def bad_answer(fault: Fault | None, name: str, operation: str) -> PlatformError | None:
    """Return the error that comes in place of an answer once the request is done."""
    match fault:
        case Fault.CUT_ANSWER:
            return UnexpectedAnswer("the answer is cut", platform=name, operation=operation)
        case Fault.LOST_ANSWER:
            return PlatformUnavailable("no answer came", platform=name, operation=operation)
        case _:
            return None
