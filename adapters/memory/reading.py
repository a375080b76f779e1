"""The parts of the contract that read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from adapters.memory.wire import contact_of, event_of
from connector.domain.pages import Page
from connector.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from adapters.memory.account import Account, Payload
    from connector.domain.contacts import Contact, Membership, Reading, Removal
    from connector.domain.events import Event
    from connector.domain.pages import Cursor

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryReader:
    """Reads an account page by page; a cursor is the place in a log after which to go on."""

    account: Account
    page_size: int

    async def contacts(
        self, reading: Reading, since: Cursor | None
    ) -> AsyncIterator[Page[Contact]]:
        """Yield what changed, each record where it changed last."""
        for ids, cursor in self._walk(self.account.changed, since, "read contacts"):
            latest = [each for each in dict.fromkeys(ids) if each in self.account.people]
            read = [contact_of(self.account.people[each], reading) for each in latest]
            yield Page(
                items=tuple(contact for contact, _ in read),
                cursor=cursor,
                problems=tuple(problem for _, found in read for problem in found),
            )

    async def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield events in the order in which they became known."""
        for payloads, cursor in self._walk(self.account.events, since, "read events"):
            yield Page(items=self._read(payloads), cursor=cursor)

    async def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        """Yield who came into and went out of these lists."""
        for changes, cursor in self._walk(self.account.membership_log, since, "read memberships"):
            wanted = tuple(each for each in changes if each.list_name in list_names)
            yield Page(items=wanted, cursor=cursor)

    async def removals(self, since: Cursor | None) -> AsyncIterator[Page[Removal]]:
        """Yield deletions and merges."""
        for removals, cursor in self._walk(self.account.removal_log, since, "read removals"):
            yield Page(items=tuple(removals), cursor=cursor)

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        """Return those of the records that exist."""
        with self.account.request("fetch contacts"):
            people = self.account.people
            return [contact_of(people[each], reading)[0] for each in remote_ids if each in people]

    async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
        """Yield the ids of all records there are now."""
        everybody = tuple(self.account.people)
        for ids, cursor in self._walk(everybody, since, "walk ids"):
            yield Page(items=tuple(ids), cursor=cursor)

    def _read(self, payloads: Sequence[Payload]) -> tuple[Event, ...]:
        try:
            return tuple(map(event_of, payloads))
        except (KeyError, TypeError, ValueError) as error:
            text = "an event lacks a needed field"
            name = self.account.name
            raise UnexpectedAnswer(text, platform=name, operation="read events") from error

    def _walk(
        self, log: Sequence[Entry], since: Cursor | None, operation: str
    ) -> Iterator[tuple[Sequence[Entry], Cursor]]:
        """Yield slices of `log`, also of what is added meanwhile, each with its end."""
        place = int(since or 0)
        while place < len(log):
            with self.account.request(operation):
                entries = log[place : place + self.page_size]
            place += len(entries)
            yield entries, str(place)
