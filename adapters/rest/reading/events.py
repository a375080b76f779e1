"""Events, from one place or several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters import cursors
from adapters.rest.cursor_validity import valid_part
from adapters.rest.reading.streams import Stream
from adapters.rest.rows import Rows
from adapters.resuming import resumed
from connector.domain.pages import Page

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.rest.account import Account
    from adapters.rest.language.streams import EventStreamConfig
    from connector.domain.events import Event
    from connector.domain.pages import Cursor

_OVERLAP = timedelta(days=1)
_READ = "read events"
_SOURCES = "sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestEvents:
    """Keeps the part `events` of the contract."""

    account: Account
    streams: Sequence[EventStreamConfig]

    def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield pages of events that became known after `since`, all when it is None."""
        path = f"{self.account.name}.events"
        return resumed(self.account.clock, since, self._events, valid_part=_valid_parts, path=path)

    async def _events(self, place: Place) -> AsyncGenerator[Page[Event], None]:
        """Read one stream after the other; each goes on from a place of its own."""
        places: dict[str, Place] = {**place.get(_SOURCES, {})}
        for number, config in enumerate(self.streams):
            name = f"{number}{config.path}"
            stream = Stream(
                account=self.account,
                operation=_READ,
                config=config,
                overlap=_OVERLAP,
                key=config.record[0].id,
            )
            async for batch in stream.behind(places.get(name, {})):
                rows = Rows(
                    received_at=self.account.clock.now(), path=f"{self.account.name}.events"
                )
                events, problems = rows.events(batch.items, config.record)
                places = {**places, name: batch.place}
                yield Page(
                    items=tuple(events),
                    cursor=cursors.written({_SOURCES: places}),
                    problems=tuple(problems),
                )


def _valid_parts(place: Place, now: datetime) -> Place:
    sources: Mapping[str, Place] = place.get(_SOURCES, {})
    return (
        {_SOURCES: {name: valid_part(each, now) for name, each in sources.items()}}
        if sources
        else place
    )
