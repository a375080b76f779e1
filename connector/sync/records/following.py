"""What was decided for a record follows it to the person it now belongs to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.sync.records.leftovers import leave, let_go, with_lists_of
from connector.sync.records.sinks import end_in_sinks
from connector.sync.triggers.inheriting import hand_over_triggers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.ledger import Override
    from connector.domain.outbound import Outbound
    from connector.domain.records import Record
    from connector.ports.store import Transaction
    from connector.sync.records.joining import Joined, Naming


async def follow(tx: Transaction, joined: Joined, naming: Naming) -> None:
    """Move outbound rows, overrides and triggers after records that changed their person.

    What was still to be ended of records that are gone is let go.
    """
    moves: dict[str, list[tuple[int, Record]]] = defaultdict(list)
    gone: dict[str, set[str]] = defaultdict(set)
    for record in joined.records:
        if record.removed_at is not None:
            gone[record.platform].add(record.remote_id)
        before = joined.before.get((record.platform, record.remote_id))
        if before is not None and before.contact != record.contact:
            moves[record.platform].append((before.contact, record))
    for platform, moved in moves.items():
        await _follow_on(tx, platform, moved, is_ours=platform in naming.ours)
    for platform, remote_ids in gone.items():
        await let_go(tx, platform, remote_ids)
    if joined.absorbed:
        await _hand_over_overrides(tx, joined.absorbed)
        await hand_over_triggers(tx, joined.absorbed)
        await end_in_sinks(tx, naming.sinks, joined.absorbed)


async def _follow_on(
    tx: Transaction, platform: str, moved: Sequence[tuple[int, Record]], *, is_ours: bool
) -> None:
    now_of = {(old, record.remote_id): record.contact for old, record in moved}
    affected = {contact for old, record in moved for contact in (old, record.contact)}
    rows = await tx.outbox.rows(platform, affected)
    if not rows:
        return
    addressees = await tx.contacts.addressees(platform, affected)
    claimed: dict[int, list[Outbound]] = defaultdict(list)
    for row in rows.values():
        contact = now_of.get((row.contact, row.remote_id), row.contact)
        is_moved = contact != row.contact
        there = replace(row, contact=contact, revision=row.revision + 1) if is_moved else row
        claimed[contact].append(there)
    placed: list[Outbound] = []
    surplus: list[Outbound] = []
    for contact, claimants in claimed.items():
        to = addressees.get(contact)
        claimants.sort(key=lambda row: (to is None or row.remote_id != to.remote_id, row.remote_id))
        placed.append(with_lists_of(*claimants))
        surplus += claimants[1:]
    await tx.outbox.drop(platform, rows.keys() - {row.contact for row in placed})
    await tx.outbox.save([row for row in placed if rows.get(row.contact) != row])
    await leave(tx, platform, surplus, is_ours=is_ours)


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
