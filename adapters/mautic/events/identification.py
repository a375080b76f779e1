"""Forms by which visitors say who they are, and what they had done before.

Whoever fills in a form may be somebody whom Mautic knew already: then rows of before are given to
that contact, without a word of it. So what somebody who filled in a form had done is read again;
an event is the same, and of another contact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from adapters.mautic.asking import one_of, parts
from adapters.mautic.limits import AT_ONCE
from adapters.mautic.numbered import ID
from adapters.mautic.stats import TableLacking, ask_stats
from adapters.together import ask_all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account
    from adapters.mautic.events.source import Batch
    from adapters.mautic.events.tables import Table, Translate
    from connector.domain.events import Event

_LAST = 1000
"""Rows of some contacts that are read again, the last first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What contacts did, in one table."""

    account: Account
    table: str
    translate: Translate

    async def of(self, subjects: Iterable[str]) -> Sequence[Event]:
        """Return what these contacts did last; nothing where the table may not be read."""

        async def ask(some: Sequence[str]) -> Sequence[Event]:
            found = await ask_stats(
                self.account,
                self.table,
                [one_of("lead_id", some)],
                limit=_LAST,
                order=(("id", "DESC"),),
            )
            with self.account.reading(f"read the table {self.table}", "a row"):
                return await self.translate(found.rows)

        try:
            wanted = list(parts(sorted(subjects)))
            return list(chain.from_iterable(await ask_all(wanted, ask, at_once=AT_ONCE)))
        except TableLacking:
            return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifying:
    """The forms that were filled in, as a source of events."""

    table: Table
    before: Sequence[Earlier]
    """What is read again of whoever filled one in."""
    types: frozenset[str]

    @property
    def name(self) -> str:
        """Return the name of the table."""
        return self.table.name

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what became known behind `place`; at first everything is read anyway."""
        is_first = ID not in place
        async for batch in self.table.read(place):
            subjects = {each.subject for each in batch.events}
            if is_first or not subjects:
                yield batch
                continue
            again = [event for each in self.before for event in await each.of(subjects)]
            yield replace(batch, events=(*batch.events, *again))

    def valid_part(self, place: Place, now: datetime) -> Place:
        """Return what is left of a place at `now`."""
        return self.table.valid_part(place, now)
