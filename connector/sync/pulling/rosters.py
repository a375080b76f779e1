"""Compare whole lists with what is confirmed: of some who come and go nobody tells.

A platform that tells who is in a list, and not who left, is compared with its list as it was read
before. Whoever we put in after one reading and somebody takes out before the next is in neither;
the same goes for whoever we take out and somebody puts back. And of a list that is all ours
everybody matters, whether they have anything else to do with us or not.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from connector.domain.contacts import Membership
from connector.domain.instants import from_micros, to_micros
from connector.domain.outbound import NOT_YET, DeliveryState, Desired, Outbound
from connector.errors import Problem
from connector.sync.outbox.drift import notice_members
from connector.sync.outbox.list_moves import list_moves, note_list_walks
from connector.sync.records.completeness import is_everybody_read
from connector.sync.records.echoes import SLACK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.changes import Addressee
    from connector.domain.pages import Page
    from connector.ports.store import Transaction
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace

PAGE = 1_000


async def note_rosters(tx: Transaction, target: Target, page: Page[Membership]) -> None:
    """Remember, until it is done, which lists are to be compared because of a page."""
    owned = {each.name for each in target.lists if each.own}
    joined = {each.list_name for each in page.items if each.is_member and each.list_name in owned}
    if not joined and not page.whole:
        return
    known = await _noted(tx, target.platform)
    await note_list_walks(tx, target.platform, page.whole)
    walked = {name: to_micros(began) for name, began in page.whole.items()}
    await _note(tx, target.platform, {**dict.fromkeys(sorted(joined)), **known, **walked})


async def compare_rosters(
    workspace: Workspace, target: Target, *, is_clear: bool, is_news: bool
) -> tuple[Counter[str], Sequence[Problem]]:
    """Compare lists with what is confirmed; return the drift, and who can only be told of.

    `is_clear` is whether every platform could be read, and `is_news` whether any contact of this
    one changed. Whoever was never decided is decided first: nobody is taken out by this alone.
    """
    async with workspace.state.read() as tx:
        noted = await _noted(tx, target.platform)
        moves = await list_moves(tx, target.platform)
    if not noted and not (is_news and any(each.own for each in target.lists)):
        return Counter(), ()
    for name in workspace.platforms:
        is_clear = is_clear and await is_everybody_read(workspace, name)
    found: Counter[str] = Counter()
    problems: list[Problem] = []
    postponed: dict[str, int | None] = {}
    for each in target.lists:
        began, moved = noted.get(each.name), moves.get(each.name)
        # A list that we moved since, or that lags behind that, moves on and is walked again.
        is_proof = began is not None and (moved is None or moved + SLACK <= from_micros(began))
        look = _Look(
            workspace=workspace,
            target=target,
            list_name=each.name,
            is_proof=is_proof,
            is_clear=is_clear,
            at=workspace.clock.now(),
        )
        if is_proof:
            found += await look.missing()
        if each.own and (is_news or each.name in noted):
            found += await look.uninvited()
            postponed |= {} if is_clear and not look.moved else {each.name: None}
            problems += look.told()
    async with workspace.state.write() as tx:
        await _note(tx, target.platform, postponed)
    return found, problems


@dataclass(slots=True, kw_only=True)
class _Look:
    """One list, which is compared."""

    workspace: Workspace
    target: Target
    list_name: str
    is_proof: bool
    """Whether what was read of it is newer than what we last did to it."""
    is_clear: bool
    at: datetime
    moved: set[int] = field(default_factory=set)
    """Persons who were written to under another record: what becomes of this is decided next."""
    seconds: int = 0
    """Records in a list of ours of persons who do not belong there, and have another record."""

    async def missing(self) -> Counter[str]:
        """Notice who is confirmed to be in the list and is not there."""
        found: Counter[str] = Counter()
        after: int | None = None
        while True:
            async with self.workspace.state.read() as tx:
                rows = await tx.outbox.missing_from(
                    self.target.platform, self.list_name, after=after, limit=PAGE
                )
            gone = [self._membership(row.remote_id, is_member=False) for row in rows]
            found += await self.workspace.state.transact(partial(self._notice, gone))
            if len(rows) < PAGE:
                return found
            after = rows[-1].contact

    async def uninvited(self) -> Counter[str]:
        """Notice who is in the list, which is all ours, and is not confirmed to be."""
        found: Counter[str] = Counter()
        after: str | None = None
        while True:
            async with self.workspace.state.read() as tx:
                ids = await tx.outbox.unconfirmed_in(
                    self.target.platform, self.list_name, after=after, limit=PAGE
                )
            found += await self.workspace.state.transact(partial(self._look_at, ids))
            if len(ids) < PAGE:
                return found
            after = ids[-1]

    def told(self) -> Sequence[Problem]:
        """Return what nobody but a person can mend: each person is written to in one record."""
        if not self.seconds:
            return ()
        records = f"{self.seconds} record{'s' if self.seconds > 1 else ''}"
        return [
            Problem(
                message=f"{records} in the list belong to persons who are written to in another "
                "record of theirs",
                path=f"targets.{self.target.platform}.lists.{self.list_name}",
                hint="merge the records on the platform, or take these out of the list by hand",
            )
        ]

    async def _look_at(self, ids: Sequence[str], tx: Transaction) -> Counter[str]:
        contacts = await tx.contacts.named(self.target.platform, ids)
        rows = await tx.outbox.rows(self.target.platform, set(contacts.values()))
        named = [row for row in rows.values() if contacts.get(row.remote_id) == row.contact]
        there = [
            self._membership(row.remote_id, is_member=True)
            for row in named
            if self.is_proof or self.list_name not in row.confirmed.lists
        ]
        if self.is_clear and self.target.repairs_drift:
            others = set(contacts.values()) - {row.contact for row in named}
            await self._take_up(tx, others, rows, set(ids))
            self.seconds += await self._second_records(tx, contacts, rows)
        return await self._notice(there, tx)

    async def _take_up(
        self, tx: Transaction, contacts: set[int], rows: Mapping[int, Outbound], ids: set[str]
    ) -> None:
        """Let whoever nothing was ever written to be decided, as they stand there."""
        addressees = await tx.contacts.addressees(self.target.platform, contacts)
        taken = []
        for contact, to in addressees.items():
            before = rows.get(contact)
            if to.remote_id not in ids:
                continue
            if before is None or before.remote_id == NOT_YET:
                taken.append(self._as_found(contact, to, before))
            else:
                self.moved.add(contact)
        await tx.outbox.save(taken)
        await tx.contacts.touch({row.contact for row in taken})

    async def _second_records(
        self, tx: Transaction, contacts: Mapping[str, int], rows: Mapping[int, Outbound]
    ) -> int:
        """Return how many records are not those that their persons are written to in."""
        addressees = await tx.contacts.addressees(self.target.platform, set(contacts.values()))
        return sum(
            to.remote_id != remote_id
            for remote_id, contact in contacts.items()
            if (to := addressees.get(contact))
            and not (contact in rows and rows[contact].desired.lists.get(self.list_name))
        )

    def _as_found(self, contact: int, to: Addressee, before: Outbound | None) -> Outbound:
        """Return the row of somebody who is known to be in the list, and for nothing else."""
        return Outbound(
            contact=contact,
            platform=self.target.platform,
            remote_id=to.remote_id,
            email=to.email,
            confirmed=Desired(lists={self.list_name: True}),
            adopted=frozenset({self.list_name}),
            state=DeliveryState.CLEAN,
            revision=before.revision + 1 if before else 0,
        )

    async def _notice(self, memberships: Sequence[Membership], tx: Transaction) -> Counter[str]:
        return await notice_members(tx, self.target, memberships, self.at)

    def _membership(self, remote_id: str, *, is_member: bool) -> Membership:
        return Membership(list_name=self.list_name, remote_id=remote_id, is_member=is_member)


async def _noted(tx: Transaction, platform: str) -> Mapping[str, int | None]:
    """Return the lists to be compared, each with when its walk began; None: there was none."""
    known: dict[str, int | None] = json.loads(await tx.notes.get(_key(platform)) or "{}")
    return known


async def _note(tx: Transaction, platform: str, lists: Mapping[str, int | None]) -> None:
    await tx.notes.put(_key(platform), json.dumps(lists))


def _key(platform: str) -> str:
    return f"rosters:{platform}"
