"""Contacts that an import made, as it does of every address that it does not know.

Somebody was deleted while it ran, or got another address, and it made them anew, without their
past: that is removed again where it is sure that nobody else made it. Whoever may have come some
other way is left. Both is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.contacts import created
from adapters.brevo.limits import CONTACTS
from adapters.brevo.wire import remote_id_of
from adapters.brevo.writing.entry import OPERATION
from adapters.brevo.writing.people import values_of
from adapters.http import Call
from adapters.together import ask_each
from connector.domain.instants import parse_instant, to_micros
from connector.errors import ContactGone, PlatformError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from adapters.brevo.account import Account, Row
    from adapters.brevo.lists import BrevoLists
    from adapters.brevo.writing.entry import Entry
    from connector.domain.changes import Outcome

AT_ONCE = timedelta(seconds=5)
"""What an import makes it fills in at once; who was there before it was changed later."""
TRIES = 3
"""How often a contact is to be removed: nobody comes back to it later."""


@dataclass(slots=True, kw_only=True)
class Newborn:
    """The contacts that have the address of somebody imported, and another id."""

    account: Account
    lists: BrevoLists
    rows: dict[str, tuple[Entry, Row]] = field(default_factory=dict)
    """By the id of whoever had the address before."""
    removed: set[str] = field(default_factory=set)
    """Those of them in whose place it was removed again."""
    told: set[str] = field(default_factory=set)
    """Those of them whose error tells of it."""

    async def remove(self, remote_ids: Iterable[str], taken_at: datetime) -> None:
        """Remove those of them that are just as an import makes them, and no older than it."""
        list_id = await self.lists.import_list()
        rows = {each: self.rows[each] for each in remote_ids}
        left = [
            remote_id
            for remote_id, (entry, row) in rows.items()
            if created(row) >= to_micros(taken_at) and _is_as_imported(row, entry, list_id)
        ]
        for number in range(TRIES):
            await self.account.clock.sleep(number * timedelta(seconds=1))
            left = await self._try(left)

    def error(self, entry: Entry) -> ContactGone:
        """Return what became of whoever was written to."""
        self.told.add(entry.remote_id)
        text = "was deleted during an import, which made it anew without its past: removed again"
        if entry.remote_id not in self.removed:
            anew = remote_id_of(self.rows[entry.remote_id][1])
            text = f"was deleted during an import; contact {anew} has its address, and is left"
        return ContactGone(
            f"{self.account.name}: {OPERATION}: the contact {text}",
            platform=self.account.name,
            operation=OPERATION,
        )

    def remarked(self, remote_id: str, outcome: Outcome) -> Outcome:
        """Return the outcome of a write, which then tells what became of the address."""
        if remote_id not in self.rows or remote_id in self.told:
            return outcome
        remark = "an import made a contact of an address that was theirs no more: removed again"
        if remote_id not in self.removed:
            anew = remote_id_of(self.rows[remote_id][1])
            remark = f"an address was theirs no more when it was imported; contact {anew} is left"
        return replace(outcome, remark=remark)

    async def _try(self, remote_ids: Sequence[str]) -> list[str]:
        """Remove whom they became; return those for whom it did not come to that."""
        try:
            answers = await ask_each(remote_ids, self._remove)
        except PlatformError:
            return list(remote_ids)
        failed = [isinstance(each, PlatformError) for each in answers]
        left = [each for each, is_left in zip(remote_ids, failed, strict=True) if is_left]
        self.removed |= set(remote_ids) - set(left)
        return left

    async def _remove(self, remote_id: str) -> None:
        _, row = self.rows[remote_id]
        call = Call(
            operation="remove what an import made",
            method="DELETE",
            path=f"/contacts/{remote_id_of(row)}",
            params=[("identifierType", "contact_id")],
            buckets=(CONTACTS,),
            reads=frozenset({404}),
        )
        await self.account.session.send(call)


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
