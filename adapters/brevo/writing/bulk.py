"""Values written by an import.

An import goes by address, and makes a contact of every address that it does not know. So it is
given only contacts that a walk made right before has shown; where that walk misses one, somebody
is deleting contacts, and all are written one by one. What an import took is seen by reading the
contacts that changed. A contact that it made all the same, because another was deleted while it
ran, is removed again; whoever may have come some other way is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.contacts import changed, created
from adapters.brevo.limits import CONTACTS
from adapters.brevo.walking import Footing, walk
from adapters.brevo.wire import email_of, remote_id_of
from adapters.brevo.writing.cost import READ_BACK
from adapters.brevo.writing.entry import OPERATION
from adapters.brevo.writing.imports import ImportRow, Imports
from adapters.brevo.writing.people import people_of, values_of
from adapters.brevo.writing.single import dropped, judged
from adapters.http import Call
from connector.domain.changes import Outcome
from connector.domain.instants import parse_instant, to_micros
from connector.errors import ContactGone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.account import Account, Row
    from adapters.brevo.writing.entry import Entry
    from adapters.brevo.writing.single import SingleWriter

PAGE_ROWS = 1_000
CLOCKS_DIFFER = timedelta(minutes=5)
"""How much earlier than ours Brevo's clock may be."""
AT_ONCE = timedelta(seconds=5)
"""What an import makes it fills in at once; who was there before it was changed later."""
MOST_AFTERWARDS = 1_000
"""Contacts that an import left out are written one by one, unless it left out more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkWriter:
    """Writes many contacts at once, and reads back."""

    account: Account
    imports: Imports
    single: SingleWriter
    page_rows: int = PAGE_ROWS

    async def write(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Return what became of each, in order: done is only what a contact shows."""
        addresses = await self._addresses(entries)
        if len(addresses) < len({each.remote_id for each in entries}):
            return await self.single.write(entries)
        rows = [
            ImportRow(email=address, attributes=each.sent)
            for each in entries
            if (address := addresses[each.remote_id])
        ]
        began = self.account.clock.now()
        taken_at = await self.imports.run(rows) if rows else None
        seen = await self._seen(entries, addresses, began)
        if seen.made and taken_at is not None:
            await self._remove_made(seen, taken_at)
        return await self._outcomes(entries, seen)

    async def _addresses(self, entries: Sequence[Entry]) -> Mapping[str, str | None]:
        """Return the present address of each contact that there is; None for who has none."""
        wanted = {each.remote_id for each in entries}
        found: dict[str, str | None] = {}
        async for stretch in walk(self.account, changed(self.page_rows, None), Footing()):
            pages = (stretch.total or 0) / self.page_rows
            if not found and pages > len(wanted) / READ_BACK:
                people = await people_of(self.account, sorted(wanted))
                return _addresses(people.values(), wanted)
            found |= _addresses(stretch.rows, wanted)
            if len(found) == len(wanted):
                break
        return found

    async def _seen(
        self, entries: Sequence[Entry], addresses: Mapping[str, str | None], began: datetime
    ) -> _Seen:
        """Return what the contacts show that changed since the import was sent."""
        by_id = {each.remote_id: each for each in entries}
        by_address = {
            address.lower(): by_id[remote_id] for remote_id, address in addresses.items() if address
        }
        seen = _Seen()
        since = to_micros(began - CLOCKS_DIFFER)
        async for stretch in walk(self.account, changed(self.page_rows, since), Footing()):
            for row in stretch.rows:
                entry = by_id.get(remote_id_of(row))
                if entry is not None and not entry.hidden_in(row):
                    seen.outcomes[entry.remote_id] = entry.outcome(row)
                stranger = by_address.get(str(row.get("email")).lower())
                if entry is None and stranger is not None:
                    seen.made[stranger.remote_id] = (stranger, row)
        return seen

    async def _remove_made(self, seen: _Seen, taken_at: datetime) -> None:
        """Remove the contacts that are just as the import makes them, and no older than it."""
        list_id = await self.imports.lists.import_list()
        for entry, row in seen.made.values():
            is_new = created(row) >= to_micros(taken_at)
            if is_new and _is_as_imported(row, entry, list_id):
                await self._remove(remote_id_of(row))
                seen.removed.add(entry.remote_id)

    async def _remove(self, remote_id: str) -> None:
        call = Call(
            operation="remove what an import made",
            method="DELETE",
            path=f"/contacts/{remote_id}",
            params=[("identifierType", "contact_id")],
            buckets=(CONTACTS,),
            reads=frozenset({404}),
        )
        await self.account.session.send(call)

    async def _outcomes(self, entries: Sequence[Entry], seen: _Seen) -> list[Outcome]:
        """Look again for what was not seen, and write one by one what an import left out."""
        unseen = [each for each in entries if each.remote_id not in seen.outcomes]
        rows = await people_of(self.account, [each.remote_id for each in unseen])
        hidden: list[Entry] = []
        for each in unseen:
            row = rows.get(each.remote_id)
            if row is None and each.remote_id in seen.made:
                seen.outcomes[each.remote_id] = Outcome(error=self._replaced(each, seen))
            elif row is not None and each.hidden_in(row):
                hidden.append(each)
            else:
                seen.outcomes[each.remote_id] = judged(self.account, each, row)
        if len(hidden) <= MOST_AFTERWARDS:
            written = await self.single.write(hidden)
        else:
            written = [_left_out(self.account, each, rows[each.remote_id]) for each in hidden]
        seen.outcomes |= zip((each.remote_id for each in hidden), written, strict=True)
        return [seen.outcomes[each.remote_id] for each in entries]

    def _replaced(self, entry: Entry, seen: _Seen) -> ContactGone:
        text = "was deleted during an import, which made it anew without its past: removed again"
        if entry.remote_id not in seen.removed:
            anew = remote_id_of(seen.made[entry.remote_id][1])
            text = f"was deleted during an import; contact {anew} has its address, and is left"
        return ContactGone(
            f"{self.account.name}: {OPERATION}: the contact {text}",
            platform=self.account.name,
            operation=OPERATION,
        )


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What a walk after an import showed, by the id that was written to."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    made: dict[str, tuple[Entry, Row]] = field(default_factory=dict)
    """Contacts of another id that have the address."""
    removed: set[str] = field(default_factory=set)
    """Those of whom it was removed again."""


def _addresses(rows: Iterable[Row], wanted: set[str]) -> dict[str, str | None]:
    """Return the address of each wanted contact, spelled as Brevo does."""
    return {
        remote_id: str(row["email"]) if email_of(row.get("email")) else None
        for row in rows
        if (remote_id := remote_id_of(row)) in wanted
    }


def _is_as_imported(row: Row, entry: Entry, list_id: int) -> bool:
    """Return whether a contact has just what was sent, and nothing happened to it since."""
    values = {name for name, each in values_of(row).items() if each not in (None, "")}
    is_alike = values <= set(entry.sent) and not entry.hidden_in(row)
    return is_alike and _is_untouched(row) and set(row.get("listIds") or ()) == {list_id}


def _is_untouched(row: Row) -> bool:
    try:
        return parse_instant(row["modifiedAt"]) - parse_instant(row["createdAt"]) <= AT_ONCE
    except (KeyError, TypeError, ValueError):
        return False


def _left_out(account: Account, entry: Entry, row: Row) -> Outcome:
    return Outcome(error=dropped(account, entry.hidden_in(row)))
