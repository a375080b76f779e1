"""Values written by an import.

An import goes by address, and makes a contact of every address that it does not know. So it is
given only contacts that a walk made right before has shown, and of those only whoever does not show
the values already, such as after a crash. Who was missed, or deleted, is looked for by itself and
written by itself. What an import took is seen by reading the contacts that changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.contacts import changed
from adapters.brevo.walking import walk_on
from adapters.brevo.wire import email_of, remote_id_of
from adapters.brevo.writing.entry import OPERATION
from adapters.brevo.writing.imports import ImportRow, Imports
from adapters.brevo.writing.newborn import Newborn
from adapters.brevo.writing.single import gone
from connector.domain.changes import Outcome
from connector.domain.instants import to_micros
from connector.errors import LeftAlone, PlatformError, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.account import Account, Row
    from adapters.brevo.writing.crowd import Crowd
    from adapters.brevo.writing.entry import Entry
    from adapters.brevo.writing.leavers import Leavers
    from adapters.brevo.writing.single import SingleWriter

CLOCKS_DIFFER = timedelta(minutes=5)
"""How much earlier than ours Brevo's clock may be."""
COARSE = timedelta(seconds=5)
"""How much earlier a contact may say that it changed than the answer to the import was dated."""
MOST_ALONE = 1_000
"""So many contacts that an import left out are written one by one; the others wait for the next
run. Where a walk misses more, it is repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkWriter:
    """Writes many contacts at once, and reads back."""

    account: Account
    imports: Imports
    single: SingleWriter
    crowd: Crowd
    leavers: Leavers
    """Who is told what is read back, for the lists that are written next."""
    unread: list[_Sent] = field(default_factory=list)
    """Imports that could not be read back by the calls that sent them, nor by a later one yet."""

    async def write(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Return what became of each, in order: done is only what a contact shows."""
        batch = _Batch(by_id={each.remote_id: each for each in entries})
        await self._meet(batch)
        rows = [
            ImportRow(remote_id=remote_id, email=address, attributes=batch.by_id[remote_id].sent)
            for remote_id, address in batch.addresses.items()
            if address
        ]
        newborn = Newborn(account=self.account, lists=self.imports.lists)
        sent: _Sent | None = None
        if rows:
            began = self.account.clock.now()
            imported = await self.imports.run(rows, batch.show)
            batch.troubles = imported.troubles
            if imported.is_taken:
                sent = _Sent(entries=batch.by_address(), began=began, taken_at=imported.since)
        await self._read_back(sent, batch, newborn)
        try:
            await self._look_again(batch, newborn)
        except PlatformError as error:
            # Whom an import made is told all the same.
            if not newborn.rows:
                raise
            batch.outcomes |= {each: Outcome(error=error) for each in batch.unseen()}
        ids = [each.remote_id for each in entries]
        return [newborn.remarked(each, batch.outcomes[each]) for each in ids]

    async def _meet(self, batch: _Batch) -> None:
        """Find out who is there; once more where many were missed, as the account moved."""
        for _ in range(2):
            await self.crowd.meet(batch.unmet(), batch.met)
            if len(batch.unmet()) <= MOST_ALONE:
                return

    async def _read_back(self, sent: _Sent | None, batch: _Batch, newborn: Newborn) -> None:
        """Read back what was sent, and what other calls could not; the next one takes what is left.

        Another call may run beside this one: each import is in the hands of one of them.
        """
        taken = [*self.unread, *([sent] if sent else [])]
        self.unread.clear()
        try:
            while taken:
                await self._read_one(taken[0], batch, newborn)
                del taken[0]
        finally:
            self.unread.extend(taken)

    async def _read_one(self, sent: _Sent, batch: _Batch, newborn: Newborn) -> None:
        """Take note of what the contacts show that changed since an import was sent."""
        made: dict[str, tuple[Entry, Row]] = {}
        listing = changed(self.crowd.page_rows, to_micros(sent.since))
        look = self.leavers.look()
        async for stretch in walk_on(self.account, listing):
            self.leavers.note(look, stretch.rows)
            for row in stretch.rows:
                remote_id = remote_id_of(row)
                if remote_id in batch.by_id:
                    batch.show(remote_id, row)
                elif entry := sent.entries.get(str(row.get("email")).lower()):
                    made[entry.remote_id] = (entry, row)
        newborn.rows |= made
        if made and sent.taken_at is not None:
            await newborn.remove(made, sent.taken_at)

    async def _look_again(self, batch: _Batch, newborn: Newborn) -> None:
        """Look for whoever was not seen with the values, and write some of them by themselves."""
        hidden: list[Entry] = []

        def note(remote_id: str, row: Row) -> None:
            if not batch.show(remote_id, row):
                hidden.append(batch.by_id[remote_id])

        unknown = await self.crowd.meet(batch.unseen(), note)
        batch.outcomes |= {remote_id: Outcome(error=error) for remote_id, error in unknown.items()}
        self.single.look_first(batch.by_id[each] for each in unknown if each in batch.addresses)
        missing = batch.unseen() - {each.remote_id for each in hidden}
        for remote_id in missing:
            made = remote_id in newborn.rows
            error = newborn.error(batch.by_id[remote_id]) if made else gone(self.account)
            batch.outcomes[remote_id] = Outcome(error=error)
        await self._write_alone(batch, hidden)

    async def _write_alone(self, batch: _Batch, hidden: Sequence[Entry]) -> None:
        """Write these one by one, as far as no import takes them or they are not too many.

        Whom an import did not reach for a reason that may pass is told that.
        """
        alone: list[Entry] = []
        left_out: list[Entry] = []
        for each in hidden:
            if error := batch.passing(each):
                batch.outcomes[each.remote_id] = Outcome(error=error)
            elif batch.addresses.get(each.remote_id, "") is None:
                alone.append(each)
            else:
                left_out.append(each)
        alone += left_out[:MOST_ALONE]
        written = await self.single.write_beside(alone)
        batch.outcomes |= zip((each.remote_id for each in alone), written, strict=True)
        for each in left_out[MOST_ALONE:]:
            error = self._waiting(batch.troubles.get(each.remote_id))
            batch.outcomes[each.remote_id] = Outcome(error=error)

    def _waiting(self, refusal: PlatformError | None) -> LeftAlone:
        why = f" ({refusal})" if refusal else ""
        text = f"an import left the contact out{why}; {MOST_ALONE:,} a run are written one by one"
        return LeftAlone(
            f"{self.account.name}: {OPERATION}: {text}",
            platform=self.account.name,
            operation=OPERATION,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """An import that was taken, as far as is known."""

    entries: Mapping[str, Entry]
    """By the address in small letters."""
    began: datetime
    taken_at: datetime | None
    """By Brevo's clock, where it said so."""

    @property
    def since(self) -> datetime:
        """Return from when on contacts changed that it reached."""
        return self.taken_at - COARSE if self.taken_at else self.began - CLOCKS_DIFFER


@dataclass(slots=True, kw_only=True)
class _Batch:
    """What is known of contacts that are written at once, by their ids."""

    by_id: Mapping[str, Entry]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    addresses: dict[str, str | None] = field(default_factory=dict)
    """As Brevo spells them, of whoever was met and does not show the values; None: has none."""
    troubles: Mapping[str, PlatformError] = field(default_factory=dict)
    """Why an import may not have reached somebody."""

    def met(self, remote_id: str, row: Row) -> None:
        """Take note of a contact that is there."""
        if not self.show(remote_id, row):
            address = row.get("email")
            self.addresses[remote_id] = str(address) if email_of(address) else None

    def show(self, remote_id: str, row: Row) -> bool:
        """Return whether a contact shows what was to be written to it, and take note of that."""
        entry = self.by_id[remote_id]
        if entry.hidden_in(row):
            return False
        self.outcomes[remote_id] = entry.outcome(row)
        return True

    def unseen(self) -> set[str]:
        """Return who was not seen with the values yet."""
        return self.by_id.keys() - self.outcomes.keys()

    def unmet(self) -> set[str]:
        """Return who was not met at all."""
        return self.unseen() - self.addresses.keys()

    def by_address(self) -> Mapping[str, Entry]:
        """Return who was imported, by the address in small letters."""
        return {
            address.lower(): self.by_id[remote_id]
            for remote_id, address in self.addresses.items()
            if address
        }

    def passing(self, entry: Entry) -> PlatformError | None:
        """Return what kept an import from somebody, where that may pass."""
        trouble = self.troubles.get(entry.remote_id)
        return None if isinstance(trouble, RejectedByPlatform) else trouble
