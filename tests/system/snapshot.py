"""Everything that must not depend on how a state came about, as plain values to compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from connector.runtime.bootstrap import opened_workspace

if TYPE_CHECKING:
    from connector.config.settings import Settings
    from connector.domain.outbound import Outbound
    from connector.ports.store import Transaction


async def snapshot(settings: Settings) -> dict[str, object]:
    """Return what is stored and what is written, without the times at which it came about."""
    async with opened_workspace(settings) as workspace, workspace.state.read() as tx:
        locations = [each.location for each in workspace.platforms.values() if each.location]
        return {
            **await _stored(tx),
            "files": {place: _files(place) for place in sorted(locations)},
        }


async def _stored(tx: Transaction) -> dict[str, object]:
    numbers = await tx.contacts.all_numbers()
    persons = await tx.contacts.persons(numbers)
    key_of = {number: person.key for number, person in persons.items()}
    current = await tx.scores.current(numbers)
    return {
        "persons": sorted(
            (each.key, each.email, sorted(each.attributes.items()), each.created_at)
            for each in persons.values()
        ),
        "scores": sorted((key_of[row[0]], *map(repr, row[1:])) for row in current.iter_rows()),
        "history": sorted(
            [
                (key_of[number], entry.name, entry.at, repr(entry.rounded), repr(entry.stage))
                for number in numbers
                for entry in await tx.scores.history(number)
            ]
        ),
        "outbound": [
            _outbound(key_of[row.contact], row) for row in await tx.outbox.list(limit=10**6)
        ],
        "triggers": await tx.triggers.counts(),
        "events": (await tx.events.count(), sorted((await tx.events.types()).items())),
        "cursors": sorted((c.platform, c.stream, c.cursor) for c in await tx.cursors.all()),
    }


def _outbound(key: str, row: Outbound) -> tuple[object, ...]:
    return (key, row.platform, row.remote_id, row.desired, row.confirmed, row.state, row.adopted)


def _files(place: str) -> dict[str, bytes]:
    folder = Path(place)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
