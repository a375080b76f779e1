"""What is known of one person, and where they stand as last scored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.domain.values import from_stored
from connector.sync.looking.whom import person_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.records import Person
    from connector.domain.values import Value
    from connector.sync.workspace import Workspace


_SHOWN = ("value", "rounded", "stage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """A person, their records, and their scores as last decided."""

    person: Person
    platforms: Mapping[str, Sequence[str]]
    """Ids of the records that are there, per platform."""
    attributes: Mapping[str, Value]
    scores: Mapping[str, Mapping[str, object]]
    """Per score its exact value, the rounded one, and the stage."""
    grades: Mapping[str, str | None]

    def to_json(self) -> dict[str, object]:
        """Return the shape in which the API tells of a contact."""
        created = self.person.created_at
        return {
            "id": self.person.key,
            "email": self.person.email,
            "created_at": iso(created) if created else None,
            "attributes": {
                name: iso(each) if isinstance(each, datetime) else each
                for name, each in self.attributes.items()
            },
            "platforms": {name: list(ids) for name, ids in self.platforms.items()},
            "scores": {name: dict(each) for name, each in self.scores.items()},
            "grades": dict(self.grades),
        }


async def acquaintance(workspace: Workspace, text: str) -> Acquaintance:
    """Return what is known of the person named by `text`; raises NotFound.

    `text` is an e-mail address, our id, or ``<platform>:<id>``.
    """
    async with workspace.state.read() as tx:
        person = await person_named(tx, text)
        records = await tx.contacts.records_of([person.contact])
        frame = await tx.scores.current([person.contact])
    platforms: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if record.removed_at is None:
            platforms[record.platform].append(record.remote_id)
    model, kinds = workspace.configuration.model, workspace.configuration.attributes
    rows = {row["name"]: row for row in frame.iter_rows(named=True)}
    return Acquaintance(
        person=person,
        platforms=platforms,
        attributes={
            name: from_stored(value, kinds[name].type)
            for name, value in person.attributes.items()
            if name in kinds
        },
        scores={
            name: {key: rows[name][key] for key in _SHOWN} for name in model.scores if name in rows
        },
        grades={name: rows[name]["stage"] for name in model.grades if name in rows},
    )
