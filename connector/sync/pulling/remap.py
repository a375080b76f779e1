"""Work out again which values win, when the attributes of the configuration were edited."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from connector.sync.records.joining import person_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.attributes import Attribute
    from connector.domain.records import Record
    from connector.sync.workspace import Workspace

PAGE = 5_000
NOTE = "naming"


async def remap(workspace: Workspace) -> int:
    """Return how many persons are known otherwise now than before the edit; they are stale."""
    attributes, order = workspace.configuration.attributes, workspace.order
    digest = _digest(attributes, order)
    async with workspace.state.read() as tx:
        known = await tx.notes.get(NOTE)
        numbers = [] if known == digest else await tx.contacts.all_numbers()
    moved = 0
    if known is not None:
        for start in range(0, len(numbers), PAGE):
            moved += await _remap_page(workspace, numbers[start : start + PAGE])
            workspace.progress.step("Mapping attributes anew", start, len(numbers))
    if known != digest:
        async with workspace.state.write() as tx:
            await tx.notes.put(NOTE, digest)
    return moved


async def _remap_page(workspace: Workspace, numbers: Sequence[int]) -> int:
    async with workspace.state.write() as tx:
        persons = await tx.contacts.persons(numbers)
        records: dict[int, list[Record]] = {}
        for record in await tx.contacts.records_of(numbers):
            records.setdefault(record.contact, []).append(record)
        naming = workspace.naming
        changed = [
            mapped
            for number, person in persons.items()
            if (mapped := person_of(number, person.key, records.get(number, []), naming)) != person
        ]
        await tx.contacts.save_persons(changed)
        await tx.contacts.touch({person.contact for person in changed})
    return len(changed)


def _digest(attributes: Mapping[str, Attribute], order: tuple[str, ...]) -> str:
    content = {
        name: [
            *(each.type.value, sorted(each.sources.items()), each.prefer),
            # Where values are copied, clearing one wins too.
            *([True] if each.sync else []),
        ]
        for name, each in attributes.items()
    }
    text = json.dumps([content, order], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
