"""Who is gone, where the API tells."""

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
    from collections.abc import AsyncGenerator, AsyncIterator

    from adapters.cursors import Place
    from adapters.rest.account import Account
    from adapters.rest.language.streams import RemovalStreamConfig
    from connector.domain.contacts import Removal
    from connector.domain.pages import Cursor

_OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRemovals:
    """Keeps the part `removals` of the contract."""

    account: Account
    config: RemovalStreamConfig

    def removals(self, since: Cursor | None) -> AsyncIterator[Page[Removal]]:
        """Yield pages of removals that became known after `since`."""
        return resumed(
            self.account.clock, since, self._removals, valid_part=valid_part, path=self._path
        )

    async def _removals(self, place: Place) -> AsyncGenerator[Page[Removal], None]:
        stream = Stream(
            account=self.account,
            operation="read who is gone",
            config=self.config,
            overlap=_OVERLAP,
        )
        async for batch in stream.behind(place):
            rows = Rows(received_at=self.account.clock.now(), path=self._path)
            removals, problems = rows.removals(batch.items, self.config.record)
            yield Page(
                items=tuple(removals),
                cursor=cursors.written(batch.place),
                problems=tuple(problems),
            )

    @property
    def _path(self) -> str:
        return f"{self.account.name}.removals"
