"""When we last changed who is in a list: what was read before then says nothing about that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.domain.contacts import Membership
from connector.domain.instants import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.outbound import Settlement
    from connector.ports.store import Transaction


async def note_list_moves(
    tx: Transaction,
    platform: str,
    settlements: Sequence[Settlement],
    written: Mapping[str, datetime],
) -> None:
    """Remember the lists that `settlements` confirm to be moved, when they were last `written`."""
    moved = {
        name
        for each in settlements
        for name, is_member in each.confirmed.lists.items()
        if is_member is not each.row.confirmed.lists.get(name)
    }
    at = {name: written[name] for name in sorted(moved & written.keys())}
    await _note(tx, _moves(platform), at)


async def list_moves(tx: Transaction, platform: str) -> Mapping[str, datetime]:
    """Return when each list of a platform was last moved by us."""
    return await _noted(tx, _moves(platform))


async def note_list_walks(tx: Transaction, platform: str, walks: Mapping[str, datetime]) -> None:
    """Remember of lists that were walked to their end when that began."""
    await _note(tx, _walks(platform), walks)


async def list_walks(tx: Transaction, platform: str) -> Mapping[str, datetime]:
    """Return when the last walk of each list began; of lists that are not walked, none."""
    return await _noted(tx, _walks(platform))


async def let_go_by(
    tx: Transaction, platform: str, settlements: Sequence[Settlement]
) -> Sequence[Membership]:
    """Return whom `settlements` confirm to be taken out of lists that tell of everybody.

    Of one that is walked nobody tells who was put back before the next walk: it stays as read.
    """
    left = [
        Membership(list_name=name, remote_id=each.row.remote_id, is_member=False)
        for each in settlements
        for name, is_member in each.confirmed.lists.items()
        if not is_member and each.row.confirmed.lists.get(name) is not False
    ]
    walks = await list_walks(tx, platform) if left else {}
    return [each for each in left if each.list_name not in walks]


async def _noted(tx: Transaction, key: str) -> Mapping[str, datetime]:
    known: dict[str, int] = json.loads(await tx.notes.get(key) or "{}")
    return {name: from_micros(micros) for name, micros in known.items()}


async def _note(tx: Transaction, key: str, news: Mapping[str, datetime]) -> None:
    if news:
        known = {**await _noted(tx, key), **news}
        micros = {name: to_micros(at) for name, at in known.items()}
        await tx.notes.put(key, json.dumps(micros))


def _moves(platform: str) -> str:
    return f"lists moved:{platform}"


def _walks(platform: str) -> str:
    return f"lists walked:{platform}"
