"""A table whose rows are numbered, as a source of events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from adapters.mautic import numbered
from adapters.mautic.events.source import Batch
from adapters.mautic.stats import PAGE_ROWS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account, Row
    from adapters.mautic.asking import Clause
    from connector.domain.events import Event

Translate: TypeAlias = "Callable[[Sequence[Row]], Awaitable[Sequence[Event]]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one table that meet some conditions."""

    account: Account
    name: str
    types: frozenset[str]
    translate: Translate
    """Returns the events of rows; may raise what reading a row that is none raises."""
    clauses: tuple[Clause, ...] = ()
    page_rows: int = PAGE_ROWS

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what became known behind `place`."""
        rows = numbered.read_numbered(
            self.account, self.name, self.clauses, place, limit=self.page_rows
        )
        async for some, here in rows:
            with self.account.reading(f"read the table {self.name}", "a row"):
                events = await self.translate(some)
            yield Batch(events=tuple(events), place=here)

    def valid_part(self, place: Place, now: datetime) -> Place:
        """Return what is left of a place at `now`."""
        return numbered.valid_part(place, now)
