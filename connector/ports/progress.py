"""How long work tells how far it is, and what it waits for."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

WORTH_TELLING = timedelta(seconds=2)
"""Nobody has to be told of a shorter wait."""


class Progress(Protocol):
    """Shows the steps of a command while they run."""

    def step(self, label: str, done: int, total: int | None = None) -> None:
        """Say that `done` of `total` items of the step `label` are through."""
        ...

    def waiting(self, platform: str, why: str, span: timedelta) -> AbstractContextManager[None]:
        """Say that what is done in the block waits for a platform, for `span` at most, and why."""
        ...


class Silent:
    """Shows nothing."""

    def step(self, label: str, done: int, total: int | None = None) -> None:
        """Do nothing."""

    @contextmanager
    def waiting(self, platform: str, why: str, span: timedelta) -> Iterator[None]:  # noqa: ARG002 - nobody is told
        """Do nothing."""
        yield
