"""Values written contact by contact, and read back: what Brevo drops, it drops without a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.brevo.limits import CONTACTS
from adapters.brevo.writing.cost import READ_BACK
from adapters.brevo.writing.entry import OPERATION
from adapters.brevo.writing.people import people_of
from adapters.http import Call
from adapters.together import ask_each
from connector.domain.changes import Outcome
from connector.errors import ContactGone, PlatformError, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.brevo.account import Account, Row
    from adapters.brevo.writing.entry import Entry
    from adapters.brevo.writing.values import Sent

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleWriter:
    """Writes with a request for each contact, and reads back with one for twenty."""

    account: Account
    unread: dict[str, Mapping[str, Sent]] = field(default_factory=dict, repr=False)
    """What may have been written to contacts that could not be read back, by their ids.

    Calls may run beside one another: each goes by what it sent itself.
    """

    async def write(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Return what became of each, in order: done is only what a contact shows.

        Whoever could not be read back before is read once more, before being written again.
        """
        places = dict(enumerate(entries))
        unread = {
            place: each
            for place, each in places.items()
            if self.unread.pop(each.remote_id, None) == each.sent
        }
        outcomes = await self._shown(unread)
        left = {place: each for place, each in places.items() if place not in outcomes}
        outcomes |= await self._written(left)
        return [outcomes[place] for place in places]

    def look_first(self, entries: Iterable[Entry]) -> None:
        """Let these be read before they are written: an import may have reached them unseen."""
        self.unread.update({each.remote_id: each.sent for each in entries})

    async def write_beside(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Do as `write`, beside others who were written: what is said of all is said of each."""
        try:
            return await self.write(entries)
        except PlatformError as error:
            return [Outcome(error=error)] * len(entries)

    async def _shown(self, entries: Mapping[int, Entry]) -> dict[int, Outcome]:
        """Return the outcomes of those who show the values, or cannot be read."""
        looked_at = await self._looked_at(list(entries.values()))
        return {
            place: outcome
            for place, outcome in zip(entries, looked_at, strict=True)
            if outcome.error is None or self._is_unread(entries[place])
        }

    async def _written(self, entries: Mapping[int, Entry]) -> dict[int, Outcome]:
        """Write all of these, and read back."""
        answers = zip(entries, await ask_each(list(entries.values()), self._put), strict=True)
        outcomes = {
            place: Outcome(error=each) for place, each in answers if isinstance(each, PlatformError)
        }
        written = {place: each for place, each in entries.items() if place not in outcomes}
        looked_at = await self._looked_at(list(written.values()))
        return outcomes | dict(zip(written, looked_at, strict=True))

    async def _put(self, entry: Entry) -> None:
        """Write one contact's values; raises ContactGone where there is none of that id."""
        call = Call(
            operation=OPERATION,
            method="PUT",
            path=f"/contacts/{quote(entry.remote_id, safe='')}",
            params=[("identifierType", "contact_id")],
            body={"attributes": dict(entry.sent)},
            buckets=(CONTACTS,),
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.session.send(call)
        if answer.status == _NOT_FOUND:
            raise gone(self.account)

    async def _looked_at(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Return what the contacts show of what was written to them."""
        self.unread.update({each.remote_id: each.sent for each in entries})
        parts = [entries[start : start + READ_BACK] for start in range(0, len(entries), READ_BACK)]
        outcomes: list[Outcome] = []
        for part, answer in zip(parts, await ask_each(parts, self._read), strict=True):
            if isinstance(answer, PlatformError):
                outcomes += [Outcome(error=answer)] * len(part)
            else:
                for each in filter(self._is_unread, part):
                    del self.unread[each.remote_id]
                outcomes += [
                    judged(self.account, each, answer.get(each.remote_id)) for each in part
                ]
        return outcomes

    def _is_unread(self, entry: Entry) -> bool:
        return self.unread.get(entry.remote_id) is entry.sent

    async def _read(self, entries: Sequence[Entry]) -> Mapping[str, Row]:
        return await people_of(self.account, [each.remote_id for each in entries])


def judged(account: Account, entry: Entry, row: Row | None) -> Outcome:
    """Return what became of a change whose contact now reads as `row`; None: there is none."""
    if row is None:
        return Outcome(error=gone(account))
    if hidden := entry.hidden_in(row):
        return Outcome(error=dropped(account, hidden))
    return entry.outcome(row)


def gone(account: Account) -> ContactGone:
    """Return the error of a contact that is not there any more."""
    text = f"{account.name}: {OPERATION}: the contact is not there any more"
    return ContactGone(text, platform=account.name, operation=OPERATION, status=_NOT_FOUND)


def dropped(account: Account, names: Sequence[str]) -> UnexpectedAnswer:
    """Return the error of values that were taken and are not shown."""
    shown = ", ".join(names)
    return account.unexpected(OPERATION, f"took {shown} and does not show it")
