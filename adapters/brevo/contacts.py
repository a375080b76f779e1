"""Contacts: what changed, by id, and every id there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.brevo.cursor_validity import valid_part
from adapters.brevo.latest import Latest
from adapters.brevo.limits import CONTACTS
from adapters.brevo.pull import Pull
from adapters.brevo.spans import OVERLAP, micros_of, stamp
from adapters.brevo.walking import Footing, Listing, walk
from adapters.brevo.wire import ContactWire, remote_id_of
from adapters.cursors import read, written
from adapters.http import Call
from adapters.resuming import resumed
from adapters.together import ask_all
from connector.domain.instants import from_micros, parse_instant, to_micros
from connector.domain.pages import Page

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence

    from adapters.brevo.account import Account, Row
    from adapters.cursors import Place
    from connector.domain.contacts import Contact, Reading
    from connector.domain.pages import Cursor
    from connector.errors import Problem

PAGE_ROWS = 1000
"""The most contacts of one answer."""
_BY_ID = 20
"""The most ids of one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrevoContacts:
    """The contacts of one account."""

    account: Account
    page_rows: int = PAGE_ROWS
    latest: Latest = field(default_factory=Latest)
    pull: Pull = field(default_factory=Pull)

    def contacts(self, reading: Reading, since: Cursor | None) -> AsyncIterator[Page[Contact]]:
        """Yield contacts in the order in which they were created.

        The dates of modification say only where to look: a list that touches a contact moves them.
        """
        self.pull.has_failed = False
        pages, path = partial(self._contacts, reading), f"{self.account.name}.contacts"
        return resumed(self.account.clock, since, pages, valid_part=valid_part, path=path)

    async def _contacts(
        self, reading: Reading, place: Place
    ) -> AsyncGenerator[Page[Contact], None]:
        wire = ContactWire(reading)
        since_at, start = place.get("since"), Footing.of(place.get("at"))
        began = place.get("began") or to_micros(self.account.clock.now())
        async for stretch in walk(self.account, changed(self.page_rows, since_at), start):
            if reading.lists:
                self.latest.note(since_at or 0, began, start, stretch)
            start = stretch.footing
            place |= {"began": began, "at": stretch.footing.plain()}
            if stretch.is_last:
                place = {"since": began - micros_of(OVERLAP)}
            items, problems = self._read(wire, stretch.rows)
            yield Page(items=items, cursor=written(place), problems=problems, total=stretch.total)

    async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
        """Yield the ids of a whole walk; who is deleted meanwhile may be among them."""
        start = Footing.of(read(since).get("at"))
        async for stretch in walk(self.account, changed(self.page_rows, None), start):
            cursor = written({"at": stretch.footing.plain()})
            yield Page(items=tuple(remote_id_of(row) for row in stretch.rows), cursor=cursor)

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        """Return those of the contacts that exist; an address may stand for an id."""
        rows = await rows_of(self.account, remote_ids)
        return self._read(ContactWire(reading), rows)[0]

    def _read(
        self, wire: ContactWire, rows: Iterable[Row]
    ) -> tuple[tuple[Contact, ...], tuple[Problem, ...]]:
        with self.account.reading("read contacts", "a contact"):
            return wire.contacts(rows)


def changed(page_rows: int, since: int | None) -> Listing:
    """Return the list of contacts changed since an instant, all of them for None."""
    return Listing(
        operation="read contacts",
        path="/contacts",
        bucket=CONTACTS,
        field="contacts",
        limit=page_rows,
        key=remote_id_of,
        order=created,
        params=(("sort", "asc"), *modified_since(since)),
        is_counted=True,
    )


def created(row: Row) -> int:
    """Return when a contact was created, in microseconds since the epoch."""
    return to_micros(parse_instant(row["createdAt"]))


def modified_since(since: int | None) -> tuple[tuple[str, str], ...]:
    """Return the filter of what was changed since an instant; none for None."""
    if since is None:
        return ()
    return (("modifiedSince", stamp(from_micros(since))),)


async def rows_of(account: Account, remote_ids: Iterable[str]) -> list[Row]:
    """Return the contacts with these ids or addresses that exist, in any order.

    Ids are asked for twenty at a time; what an answer has beside them is left out, and where it
    has much beside them the account does not know that filter, and each is asked for alone.
    """
    wanted = list(dict.fromkeys(remote_ids))
    numbers = [each for each in wanted if each.isascii() and each.isdecimal()]
    rows: list[Row] = []
    for start in range(0, len(numbers), _BY_ID):
        some = numbers[start : start + _BY_ID]
        found = await _by_ids(account, some) if len(some) > 1 else None
        rows += await _one_by_one(account, some, "contact_id") if found is None else found
    addresses = [each for each in wanted if "@" in each]
    return rows + await _one_by_one(account, addresses, "email_id")


async def _by_ids(account: Account, numbers: Sequence[str]) -> Sequence[Row] | None:
    """Return the contacts with these ids; None where the account does not know the filter."""
    operation = "read contacts by id"
    call = Call(
        operation=operation,
        method="GET",
        path="/contacts",
        params=[("limit", _BY_ID), *(("ids", each) for each in numbers)],
        buckets=(CONTACTS,),
        reads=frozenset({400}),
    )
    answer = await account.session.send(call)
    if answer.status not in range(200, 300):
        return None
    rows = account.rows(operation, answer.body, "contacts")
    asked_for = set(numbers)
    is_filtered = all(str(row.get("id")) in asked_for for row in rows)
    return rows if is_filtered else None


async def _one_by_one(account: Account, identifiers: Sequence[str], kind: str) -> list[Row]:
    found = await ask_all(identifiers, lambda each: row_by(account, each, kind))
    return [row for row in found if row is not None]


async def row_by(account: Account, identifier: str, kind: str) -> Row | None:
    """Return the contact with an identifier of some kind, such as ``phone_id``; None for nobody."""
    operation = "read a contact"
    call = Call(
        operation=operation,
        method="GET",
        path=f"/contacts/{quote(identifier, safe='')}",
        params=[("identifierType", kind)],
        buckets=(CONTACTS,),
        reads=frozenset({404}),
    )
    answer = await account.session.send(call)
    if answer.status not in range(200, 300):
        return None
    if not isinstance(answer.body, dict):
        raise account.unexpected(operation, "answered no contact")
    return answer.body
