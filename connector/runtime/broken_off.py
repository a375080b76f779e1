"""Pushes that broke off: what they had in hand is taken back before the next one begins."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.sync.pushing.push import take_back_writes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from connector.ports.store import State


@dataclass(slots=True)
class BrokenOff:
    """The receivers of whom a push of this process had something in hand when it broke off.

    Its leases would keep everybody from that for long, and a database that did not answer then
    could not be told.
    """

    _lanes: set[str] = field(default_factory=set)
    _under_way: Counter[str] = field(default_factory=Counter)
    _turns: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    @asynccontextmanager
    async def push(self, state: State, lane: str) -> AsyncIterator[None]:
        """Let a push be under way; whatever it raises is remembered until the next one begins."""
        async with self._turns[lane]:
            # What one beside it has in hand is not told from what is left.
            if lane in self._lanes and not self._under_way[lane]:
                await state.transact(lambda tx: take_back_writes(tx, lane))
                self._lanes.discard(lane)
            self._under_way[lane] += 1
        try:
            yield
        except BaseException:
            self._lanes.add(lane)
            raise
        finally:
            self._under_way[lane] -= 1
