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
    tx: Transaction,
    platform: str,
    settlements: Sequence[Settlement],
    now: datetime,
    *,
    is_reserved: bool = False,
) -> None:
    """Count whom `settlements` take out of lists and whose fields they clear.

    To be called before they are stored: of a row that is settled in parts each loss counts once.
    With `is_reserved` they are of the push that reserved what it takes from those who are not
    urgent: so much less is reserved then.
    """
    losing = {
        each.row.contact: each.confirmed
        for each in settlements
        if any(_lost(each.row.confirmed, each.confirmed))
    }
    if not losing:
        return
    present = await tx.outbox.rows(platform, losing)
    hurried = {each.row.contact for each in settlements if each.row.is_urgent}
    lost: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    for contact, row in present.items():
        names = list(_lost(row.confirmed, losing[contact]))
        lost.update(names)
        if is_reserved and contact not in hurried:
            spent.update(names)
    if spent:
        await reserve(tx, platform, await reserved(tx, platform) - spent)
    if lost:
        since, known = await _spell(tx, platform, now)
        content = {"since": to_micros(since), "lost": dict(known + lost)}
        await tx.notes.put(_note(platform), json.dumps(content))


async def losses(tx: Transaction, platform: str, now: datetime) -> Counter[str]:
    """Return for how many something was taken away within the hour, by `list_loss` and such."""
    return (await _spell(tx, platform, now))[1]


async def reserve(tx: Transaction, platform: str, taken: Mapping[str, int]) -> None:
    """Remember for how many a push of everybody may take something away, in place of before.

    Whoever pushes beside it leaves it that room.
    """
    if taken != await reserved(tx, platform):
        await tx.notes.put(_reservation(platform), json.dumps(taken))


async def reserved(tx: Transaction, platform: str) -> Counter[str]:
    """Return for how many a push of everybody may take something away, and has not yet."""
    return Counter(json.loads(await tx.notes.get(_reservation(platform)) or "{}"))


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


def _reservation(platform: str) -> str:
    return f"losses reserved:{platform}"
