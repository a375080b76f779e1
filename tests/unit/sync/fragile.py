"""A state whose process ends amid its work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from state.memory.database import MemoryState, MemoryTransaction


class Crash(Exception):
    """The end of the process."""


class FragileState(MemoryState):
    """Dies at the end of a transaction, before it commits, when it is told to."""

    lives: int | None = None
    """How many transactions it lives through before; None for all there are."""

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        async with super().write() as tx:
            yield tx
            if self.lives == 0:
                self.lives = None
                raise Crash
            if self.lives is not None:
                self.lives -= 1
