"""Every error raised on purpose, grouped by what can be done about it.

ConnectorError
├── ConfigError                 a problem in a mapping file or a setting; carries all of them
│   └── MappingError            ... in the mappings folder
├── PlatformError               a platform, what was asked of it, and its answer
│   ├── PlatformUnavailable     timeout, connection, 5xx
│   │   └── LeftAlone           ... so often that it is not asked for a while
│   ├── RateLimited             said when to come back
│   │   └── LimitUsedUp         ... or our own count says so, for longer than a run waits
│   │       └── LaneLost        ... or another process has the platform's lane now
│   ├── RejectedByPlatform      this item will never pass as it is
│   │   └── ContactGone         ... because the contact is not there any more
│   ├── AccessRefused           key revoked, account closed
│   │   ├── RightMissing        ... only for a part: a scope, or what another plan has
│   │   └── EndpointGone        ... or says that its address is gone, and will not be back
│   ├── NotSetUp                the account lacks a field, a list or an option that is written to
│   │   └── NothingSent         ... or nothing may be sent there as it is set up
│   ├── UnsupportedByPlatform   a capability that was not declared
│   └── UnexpectedAnswer        an answer that cannot be read, or that did nothing
├── SourceEmptied               a source that had contacts has none
├── StateError
│   ├── StaleWrite              someone else wrote first
│   ├── StateBusy               another process owns the cycles on this database
│   ├── MigrationNeeded         the database has another schema than this version
│   ├── StateForbidden          the database does not let its user do what is needed
│   └── StateUnreachable        the database does not answer, or is none
├── BackInTime                  an instant earlier than a decision already recorded
├── NotFound                    no such contact, score or delivery
├── NotTaken                    what was handed over has problems; carries all of them
└── WebhookRefused              BadSignature, TooOld, TooLarge
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta


class Recovery(Enum):
    """What the program does about an error."""

    RETRY = "retry"
    """Again later, with backoff."""
    SKIP = "skip"
    """Count this item and go on with the next."""
    WAIT = "wait"
    """Leave what needs it until a person has made or mended it, tell, and go on with the rest."""
    PAUSE = "pause"
    """Stop this platform, tell, and go on with the others."""
    ABORT = "abort"
    """Refuse to start or to go on; a person has to change something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in something a person wrote, and where it stands."""

    message: str
    file: str | None = None
    line: int | None = None
    """One-based."""
    path: str | None = None
    """The keys that lead there, for example ``model.rules.opened.points``."""
    hint: str | None = None
    is_advice: bool = False
    """Whether it keeps nothing from working, and is only worth a look."""

    def __str__(self) -> str:
        """Return ``file:line: path: message (hint)`` with the parts that are known."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        head = ": ".join(part for part in (place, self.path) if part)
        text = f"{head}: {self.message}" if head else self.message
        return f"{text} ({self.hint})" if self.hint else text


class ConnectorError(Exception):
    """Something went wrong that heatsync knows about."""

    recovery: ClassVar[Recovery] = Recovery.ABORT
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str | None = None) -> None:
        """Take `message`, or the first line of the class's docstring."""
        super().__init__(message or (type(self).__doc__ or "").splitlines()[0])


class ConfigError(ConnectorError):
    """The configuration has problems."""

    exit_code: ClassVar[int] = 78

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Take every problem found, so that a file is mended once."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MappingError(ConfigError):
    """The mappings folder has problems."""


class PlatformError(ConnectorError):
    """A platform did not do what was asked."""

    recovery: ClassVar[Recovery] = Recovery.RETRY
    exit_code: ClassVar[int] = 75

    def __init__(
        self,
        message: str | None = None,
        *,
        platform: str,
        operation: str,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        """Take where it happened; never a body or a key."""
        super().__init__(message)
        self.platform = platform
        self.operation = operation
        self.status = status
        self.request_id = request_id


class PlatformUnavailable(PlatformError):
    """The platform cannot be reached or is failing."""


class LeftAlone(PlatformUnavailable):
    """The platform failed again and again; it is not asked for a while."""


class RateLimited(PlatformError):
    """The platform asks us to wait."""

    def __init__(
        self,
        message: str | None = None,
        *,
        platform: str,
        operation: str,
        retry_after: timedelta | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        """Take how long the platform wants to be left alone, when it said."""
        super().__init__(
            message, platform=platform, operation=operation, status=status, request_id=request_id
        )
        self.retry_after = retry_after


class LimitUsedUp(RateLimited):
    """What may be asked of the platform is used up for longer than a run waits."""


class LaneLost(LimitUsedUp):
    """Another process asks this platform now."""


class RejectedByPlatform(PlatformError):
    """The platform will never take this item as it is."""

    recovery: ClassVar[Recovery] = Recovery.SKIP
    exit_code: ClassVar[int] = 0


class ContactGone(RejectedByPlatform):
    """The contact does not exist on the platform any more."""


class AccessRefused(PlatformError):
    """The platform refuses the key."""

    recovery: ClassVar[Recovery] = Recovery.PAUSE
    exit_code: ClassVar[int] = 69


class RightMissing(AccessRefused):
    """The key is good and lacks a right; what does not need it goes on."""


class EndpointGone(AccessRefused):
    """Nothing is taken under this address any more."""


class NotSetUp(PlatformError):
    """The account lacks what is written to, or has it otherwise: a field, a list, an option.

    Neither the item nor the key is at fault. The text names what is amiss, and no contact, so
    that the same trouble is told once.
    """

    recovery: ClassVar[Recovery] = Recovery.WAIT
    exit_code: ClassVar[int] = 69


class NothingSent(NotSetUp):
    """Nothing is sent there as it is set up: not to its address, or not with its secret.

    Nobody was asked anything: it is no call, no attempt, and counts within no limit.
    """


class UnsupportedByPlatform(PlatformError):
    """The platform cannot do that."""

    recovery: ClassVar[Recovery] = Recovery.ABORT
    exit_code: ClassVar[int] = 78


class UnexpectedAnswer(PlatformError):
    """The platform answered something that cannot be read, or did nothing."""

    recovery: ClassVar[Recovery] = Recovery.PAUSE
    exit_code: ClassVar[int] = 69


class SourceEmptied(ConnectorError):
    """A source that had contacts suddenly has none."""

    recovery: ClassVar[Recovery] = Recovery.PAUSE
    exit_code: ClassVar[int] = 69


class StateError(ConnectorError):
    """The state store failed."""

    exit_code: ClassVar[int] = 75


class StaleWrite(StateError):
    """Somebody else changed this first."""

    recovery: ClassVar[Recovery] = Recovery.RETRY


class StateBusy(StateError):
    """Another heatsync process owns the cycles on this database."""

    recovery: ClassVar[Recovery] = Recovery.RETRY


class StateUnreachable(StateError):
    """The database does not answer, or is not a database."""

    recovery: ClassVar[Recovery] = Recovery.RETRY


class MigrationNeeded(StateError):
    """The database has another schema than this version of heatsync."""

    exit_code: ClassVar[int] = 78


class StateForbidden(StateError):
    """The database does not let its user do what is needed."""

    exit_code: ClassVar[int] = 78


class BackInTime(ConnectorError):
    """The instant is earlier than a decision that is already recorded."""

    exit_code: ClassVar[int] = 78


class NotFound(ConnectorError):
    """There is no such thing."""

    recovery: ClassVar[Recovery] = Recovery.SKIP


class NotTaken(ConnectorError):
    """What was handed over has problems: nothing of it was taken."""

    recovery: ClassVar[Recovery] = Recovery.SKIP

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Take every problem found, so that it is mended once."""
        self.problems = tuple(problems)
        super().__init__()


class WebhookRefused(ConnectorError):
    """A webhook call does not prove where it comes from."""

    recovery: ClassVar[Recovery] = Recovery.SKIP


class BadSignature(WebhookRefused):
    """The proof is missing or wrong."""


class TooOld(WebhookRefused):
    """The call was signed too long ago."""


class TooLarge(WebhookRefused):
    """The body is larger than allowed."""


def is_locked_out(error: BaseException) -> bool:
    """Return whether an error says that a platform refuses whatever we ask."""
    return isinstance(error, AccessRefused) and not isinstance(error, RightMissing)
