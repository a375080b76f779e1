"""A stream from a cursor on: what all that is read by and by has in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.mapped.expressions import Json
from adapters.rest.account import written_instant
from adapters.rest.cursor_validity import AT, BEGAN, SINCE
from adapters.rest.paging import Walk
from connector.domain.durations import parse_duration
from connector.domain.instants import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.rest.account import Account
    from adapters.rest.language.streams import SinceStreamConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The rows of one answer, and where to go on after them."""

    items: Sequence[Json]
    place: Place
    began: datetime
    """When the walk that they belong to began."""
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Rows that are read on from where the last reading was."""

    account: Account
    operation: str
    config: SinceStreamConfig
    overlap: timedelta
    """How far back each reading reaches, unless the entry says."""
    key: str | None = None

    async def behind(self, place: Place) -> AsyncGenerator[Batch, None]:
        """Yield the rows that are new behind a place; raises PlatformError."""
        began = place.get(BEGAN) or to_micros(self.account.clock.now())
        since: int | None = place.get(SINCE)
        kept: Place = {} if since is None else {SINCE: since}
        walk = Walk(
            account=self.account,
            operation=self.operation,
            stream=self.config,
            context=self._context(since),
            key=self.key,
        )
        async for stretch in walk.pages(place.get(AT)):
            is_last = stretch.place is None
            here: Place = {**kept, BEGAN: began, AT: stretch.place}
            yield Batch(
                items=stretch.items,
                place={SINCE: began} if is_last else here,
                began=from_micros(began),
                is_last=is_last,
            )

    def _context(self, since: int | None) -> Mapping[str, Json]:
        return {SINCE: self._since(since)}

    def _since(self, micros: int | None) -> Json:
        """Return from when on is asked, as the entry wants it written; None for everything."""
        config = self.config.since
        if config is None:
            return None
        if micros is None:
            if config.history is None:
                return None
            at = self.account.clock.now() - parse_duration(config.history)
        else:
            overlap = parse_duration(config.overlap) if config.overlap else self.overlap
            at = from_micros(micros) - overlap
        return written_instant(at, config.format)
