"""What was taken away lately, for the guards: a daemon does in many turns what a cycle does in one.

Where everybody is decided some at a time, each time little is taken away, and all in all everything
would be. What is taken away within an hour counts as one act.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.instants import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.outbound import Desired, Settlement
    from connector.ports.store import Transaction

SPELL = timedelta(hours=1)


async def note_losses(
    tx: Transaction, platform: str, settlements: Sequence[Settlement], now: datetime
) -> None:
    """Count whom `settlements` take out of lists and whose fields they clear.

    To be called before they are stored: of a row that is settled in parts each loss counts once.
    """
    losing = {
        each.row.contact: each.confirmed
        for each in settlements
        if any(_lost(each.row.confirmed, each.confirmed))
    }
    if not losing:
        return
    present = await tx.outbox.rows(platform, losing)
    lost = Counter(
        name
        for contact, after in losing.items()
        if contact in present
        for name in _lost(present[contact].confirmed, after)
    )
    if lost:
        since, known = await _spell(tx, platform, now)
        content = {"since": to_micros(since), "lost": dict(known + lost)}
        await tx.notes.put(_note(platform), json.dumps(content))


async def losses(tx: Transaction, platform: str, now: datetime) -> Counter[str]:
    """Return for how many something was taken away within the hour, by `list_loss` and such."""
    return (await _spell(tx, platform, now))[1]


def list_loss(name: str) -> str:
    """Return under what losses of a list's members are counted."""
    return f"list {name}"


def field_loss(name: str) -> str:
    """Return under what clearings of a field are counted."""
    return f"field {name}"


def _lost(before: Desired, after: Desired) -> Iterator[str]:
    yield from (
        list_loss(name)
        for name, was_member in before.lists.items()
        if was_member and after.lists.get(name) is False
    )
    yield from (
        field_loss(name)
        for name, value in before.attributes.items()
        if value is not None and name in after.attributes and after.attributes[name] is None
    )


async def _spell(tx: Transaction, platform: str, now: datetime) -> tuple[datetime, Counter[str]]:
    """Return since when losses are counted together, and how many there were."""
    told: Mapping[str, object] = json.loads(await tx.notes.get(_note(platform)) or "{}")
    since, lost = told.get("since"), told.get("lost")
    if isinstance(since, int) and isinstance(lost, dict):
        begun = from_micros(since)
        if begun <= now < begun + SPELL:
            return begun, Counter(lost)
    return now, Counter()


def _note(platform: str) -> str:
    return f"losses:{platform}"
