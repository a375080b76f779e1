"""How long work tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Shows the steps of a cycle while they run."""

    def step(self, label: str, done: int, total: int | None = None) -> None:
        """Say that `done` of `total` items of the step `label` are through."""
        ...


class Silent:
    """Shows nothing."""

    def step(self, label: str, done: int, total: int | None = None) -> None:
        """Do nothing."""
