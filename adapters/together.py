"""Ask for many things, one request each, several at once within the limits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from connector.errors import AccessRefused, PlatformError, Recovery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 8
"""Requests under way: enough to fill the fastest limit at the usual latencies."""
MOST_FAILURES = 5
"""Requests in a row that come to nothing: then the platform is left alone."""


async def ask_each(
    items: Sequence[Item], ask: Callable[[Item], Awaitable[Result]], *, at_once: int = AT_ONCE
) -> list[Result | PlatformError]:
    """Return what `ask` returns for each item, or its PlatformError, in order.

    Once the platform fails again and again, the rest is not asked for and shares the last error.
    Raises the first error where nothing at all was answered.
    """
    turn = _Turn(ask=ask, waiting=iter(enumerate(items)))
    await _all_of([turn.work] * min(at_once, len(items)))
    if turn.errors and not turn.is_answered:
        raise turn.errors[0]
    return [
        turn.results[place] if place in turn.results else turn.errors[-1]
        for place in range(len(items))
    ]


async def ask_all(
    items: Sequence[Item], ask: Callable[[Item], Awaitable[Result]], *, at_once: int = AT_ONCE
) -> list[Result]:
    """Return what `ask` returns for each item, in order; the first error ends it all.

    Nothing is under way any more when it is raised.
    """
    results: dict[int, Result] = {}
    waiting = iter(enumerate(items))

    async def work() -> None:
        for place, item in waiting:
            results[place] = await ask(item)

    await _all_of([work] * min(at_once, len(items)))
    return [results[place] for place in range(len(items))]


async def _all_of(works: Sequence[Callable[[], Coroutine[None, None, None]]]) -> None:
    """Do all of it at the same time; after an error the others are called off and waited for."""
    tasks = [asyncio.ensure_future(work()) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True, kw_only=True)
class _Turn(Generic[Item, Result]):
    """The workers of one turn, and what they came to."""

    ask: Callable[[Item], Awaitable[Result]]
    waiting: Iterator[tuple[int, Item]]
    results: dict[int, Result | PlatformError] = field(default_factory=dict)
    errors: list[PlatformError] = field(default_factory=list)
    """Those that are said of the platform and of no item."""
    is_answered: bool = False
    failures: int = 0
    """In a row."""

    async def work(self) -> None:
        """Ask for one item after the other, as long as the platform answers."""
        while self.failures < MOST_FAILURES and (found := next(self.waiting, None)):
            place, item = found
            try:
                self.results[place] = await self.ask(item)
            except PlatformError as error:
                self.results[place] = error
                self._note(error)
            else:
                self._note(None)

    def _note(self, error: PlatformError | None) -> None:
        if error is None or error.recovery is Recovery.SKIP:
            self.failures, self.is_answered = 0, True
            return
        self.errors.append(error)
        self.failures += MOST_FAILURES if isinstance(error, AccessRefused) else 1
