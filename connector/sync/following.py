"""What was decided for a record follows it to the person it now belongs to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.outbound import DeliveryState, Desired, Outbound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.domain.ledger import Override
    from connector.domain.records import Record
    from connector.ports.store import Transaction
    from connector.sync.joining import Joined


async def follow(tx: Transaction, joined: Joined) -> None:
    """Move outbound rows and overrides after records that changed their person."""
    moves: dict[str, list[tuple[int, Record]]] = defaultdict(list)
    for record in joined.records:
        before = joined.before.get((record.platform, record.remote_id))
        if before is not None and before.contact != record.contact:
            moves[record.platform].append((before.contact, record))
    for platform, moved in moves.items():
        await _follow_on(tx, platform, moved, joined.absorbed)
    if joined.absorbed:
        await _hand_over_overrides(tx, joined.absorbed)


async def _follow_on(
    tx: Transaction,
    platform: str,
    moved: Sequence[tuple[int, Record]],
    absorbed: Mapping[int, int],
) -> None:
    now_of = {(old, record.remote_id): record.contact for old, record in moved}
    affected = {contact for old, record in moved for contact in (old, record.contact)}
    rows = await tx.outbox.rows(platform, affected)
    if not rows:
        return
    addressees = await tx.contacts.addressees(platform, affected)
    claimed: dict[int, list[Outbound]] = defaultdict(list)
    for row in rows.values():
        claimed[now_of.get((row.contact, row.remote_id), row.contact)].append(row)
    placed: dict[int, Outbound] = {}
    surplus: list[Outbound] = []
    for contact, claimants in claimed.items():
        to = addressees.get(contact)
        claimants.sort(key=lambda row: (to is None or row.remote_id != to.remote_id, row.contact))
        placed[contact] = claimants[0]
        surplus += claimants[1:]
    records = await tx.contacts.records(platform, [row.remote_id for row in surplus])
    live = [row for row in surplus if records[row.remote_id].removed_at is None]
    placed |= zip(sorted(absorbed.keys() - placed.keys()), _withdrawn(live), strict=False)
    await tx.outbox.drop(platform, rows.keys() - placed.keys())
    await tx.outbox.save(
        [
            replace(row, contact=contact, revision=row.revision + 1)
            for contact, row in placed.items()
            if rows.get(contact) != row
        ]
    )


def _withdrawn(surplus: Sequence[Outbound]) -> Iterator[Outbound]:
    """Yield rows that end the memberships of records that are not written to any more.

    They stand under the numbers of persons who were absorbed, where nothing else is decided.
    """
    for row in surplus:
        lists = dict.fromkeys((name for name, on in row.confirmed.lists.items() if on), False)
        tags = dict.fromkeys((tag for tag, on in row.confirmed.tags.items() if on), False)
        if lists or tags:
            yield replace(row, desired=Desired(lists=lists, tags=tags), state=DeliveryState.PENDING)


async def _hand_over_overrides(tx: Transaction, absorbed: Mapping[int, int]) -> None:
    """Keep persons' decisions in force; of two about one score the survivor's, else the newest."""
    in_force = (await tx.scores.overrides({*absorbed, *absorbed.values()})).rows()
    taken = {(contact, score) for contact, score, _ in in_force}
    orphaned: list[Override] = []
    for old in {contact for contact, _, _ in in_force if contact in absorbed}:
        orphaned += [each for each in await tx.scores.all_overrides(old) if not each.cleared_at]
    for override in sorted(orphaned, key=lambda each: each.made_at):
        heir = absorbed[override.contact]
        if (heir, override.score) not in taken:
            await tx.scores.override(replace(override, contact=heir))
