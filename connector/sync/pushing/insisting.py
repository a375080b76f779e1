"""Write a batch, and once more those of it whose trouble may pass; what is done is left alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from connector.domain.changes import (
    AttributeChange,
    ListChange,
    Outcome,
    StageChange,
    TagChange,
)
from connector.errors import (
    LeftAlone,
    LimitUsedUp,
    NothingSent,
    PlatformError,
    RateLimited,
    Recovery,
    is_locked_out,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from connector.sync.asking.patience import Patience

C = TypeVar("C", AttributeChange, ListChange, TagChange, StageChange)


async def insist(
    patience: Patience,
    write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]],
    batch: Sequence[C],
) -> Sequence[Outcome]:
    """Return what became of each change, in order, tried as often as `patience` has it.

    `write` answers for each change that it is given. Raises PlatformError where it never answers.
    """
    turn = _Turn(write=write, batch=batch)
    try:
        await patience(turn.attempt, turn.left_open)
    except PlatformError as error:
        if not turn.outcomes:
            raise
        turn.end(error)
    return turn.outcomes


@dataclass(slots=True, kw_only=True)
class _Turn(Generic[C]):
    """One batch, and what is known of it."""

    write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]]
    batch: Sequence[C]
    outcomes: list[Outcome] = field(default_factory=list)
    left: Sequence[int] = ()
    """The places of those that are to be tried again, once there are outcomes."""
    is_sure: bool = True
    """Whether nothing was done that was not seen to be."""

    async def attempt(self) -> None:
        """Write what is left; raises PlatformError where nobody got any further."""
        try:
            found = await self.write([self.batch[each] for each in self.left] or self.batch)
        except PlatformError as error:
            self.is_sure = self.is_sure and isinstance(error, RateLimited)
            raise
        tried = len(found)
        self._note(found)
        if len(self.left) == tried and (trouble := self.left_open(None)):
            raise trouble

    def left_open(self, _: None) -> PlatformError | None:
        """Return what the platform asks of those who are left, first of all to wait how long."""
        errors = [error for each in self.left if (error := self.outcomes[each].error)]
        return max(errors, key=_urgency, default=None)

    def end(self, error: PlatformError) -> None:
        """Take note of what ended it, unless that was said of a batch and not of each in it."""
        if error.recovery is not Recovery.SKIP:
            for place in self.left:
                self.outcomes[place] = Outcome(error=error)

    def _note(self, found: Sequence[Outcome]) -> None:
        if not self.is_sure:
            # What a second attempt finds done may have been done by the first.
            found = [
                replace(each, is_unchanged=None if each.is_unchanged else False) for each in found
            ]
        if self.outcomes:
            for place, outcome in zip(self.left, found, strict=True):
                self.outcomes[place] = outcome
        else:
            self.outcomes = list(found)
        self.left = [
            place
            for place in self.left or range(len(self.batch))
            if (error := self.outcomes[place].error) is not None and _may_pass(error)
        ]
        self.is_sure = self.is_sure and all(
            isinstance(self.outcomes[each].error, RateLimited) for each in self.left
        )


def was_sent(error: PlatformError) -> bool:
    """Return whether a call that ended with `error` reached the platform, as far as we know."""
    return error.status is not None or not isinstance(error, LimitUsedUp | LeftAlone | NothingSent)


def is_closed(error: PlatformError | None) -> bool:
    """Return whether an item met what all others would meet: the platform lets us no more."""
    return isinstance(error, LimitUsedUp | LeftAlone | NothingSent) or (
        error is not None and is_locked_out(error)
    )


def _may_pass(error: PlatformError) -> bool:
    """Return whether an item may be taken soon."""
    return error.recovery is Recovery.RETRY and not isinstance(error, LeftAlone | LimitUsedUp)


def _urgency(error: PlatformError) -> float:
    """Return how long it says that it takes, less than nothing where it does not say."""
    wait = error.retry_after if isinstance(error, RateLimited) else None
    return -1.0 if wait is None else wait.total_seconds()
