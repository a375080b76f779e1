"""Contacts: what changed, by id, and every id there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from adapters import cursors
from adapters.rest.cursor_validity import AT, valid_part
from adapters.rest.paging import Walk
from adapters.rest.reading.streams import Stream
from adapters.rest.rows import Rows
from adapters.resuming import resumed
from connector.domain.pages import Page

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from adapters.cursors import Place
    from adapters.rest.account import Account
    from adapters.rest.language.streams import ContactStreamConfig
    from connector.domain.contacts import Contact, Reading
    from connector.domain.pages import Cursor

_OVERLAP = timedelta(minutes=5)
_READ, _WALK = "read contacts", "walk all contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestContacts:
    """Keeps the parts `contacts` and `ids` of the contract."""

    account: Account
    config: ContactStreamConfig

    def contacts(self, reading: Reading, since: Cursor | None) -> AsyncIterator[Page[Contact]]:
        """Yield pages of contacts changed after `since`, all of them when it is None."""
        pages = partial(self._contacts, reading)
        return resumed(self.account.clock, since, pages, valid_part=valid_part, path=self._path)

    async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
        """Yield the ids of all contacts; raises UnexpectedAnswer for a row without one."""
        walk = Walk(
            account=self.account,
            operation=_WALK,
            stream=self.config,
            context={"since": None},
            key=self._key,
        )
        async for stretch in walk.pages(cursors.read(since).get(AT)):
            contacts, problems = self._rows(None).contacts(stretch.items, self.config.record)
            if len(contacts) < len(stretch.items) and self.config.record.when is None:
                what = "answered a contact without an id" if problems else "answered no contact"
                raise self.account.unexpected(_WALK, what)
            items = tuple(each.remote_id for each in contacts)
            yield Page(items=items, cursor=cursors.written({AT: stretch.place}))

    async def _contacts(
        self, reading: Reading, place: Place
    ) -> AsyncGenerator[Page[Contact], None]:
        stream = Stream(
            account=self.account,
            operation=_READ,
            config=self.config,
            overlap=_OVERLAP,
            key=self._key,
        )
        async for batch in stream.behind(place):
            rows = self._rows(reading)
            contacts, problems = rows.contacts(batch.items, self.config.record)
            if batch.items and not contacts and self.config.record.when is None:
                raise self.account.unexpected(_READ, f"no item is a contact: {problems[0].message}")
            yield Page(
                items=tuple(contacts),
                cursor=cursors.written(batch.place),
                problems=tuple(problems),
            )

    def _rows(self, reading: Reading | None) -> Rows:
        return Rows(received_at=self.account.clock.now(), path=self._path, reading=reading)

    @property
    def _key(self) -> str | None:
        return self.config.record.id or self.config.record.email

    @property
    def _path(self) -> str:
        return f"{self.account.name}.contacts"
