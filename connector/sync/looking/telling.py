"""What each platform was told of a person and when, and what was done for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.domain.outbound import NOTHING
from connector.sync.looking.deliveries import cause_of, writes
from connector.sync.looking.whom import person_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from connector.domain.ledger import Firing
    from connector.domain.outbound import Desired, Outbound
    from connector.domain.records import Person, Record
    from connector.domain.values import Written
    from connector.ports.store import Transaction
    from connector.sync.looking.deliveries import Delivery
    from connector.sync.workspace import Workspace

ACTIONS = 100
"""So many of the latest are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that a platform is to show of a person, and what it is known to show."""

    name: str
    desired: Written
    confirmed: Written
    is_drift: bool
    """Whether somebody there changed it since, and that is let to stand."""

    def to_json(self) -> dict[str, object]:
        """Return it as machines read it."""
        return {
            "name": self.name,
            "desired": _plain(self.desired),
            "confirmed": _plain(self.confirmed),
            "drift": self.is_drift,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPlatform:
    """A platform, who the person is there, and what it was told."""

    name: str
    records: Sequence[Record]
    """Removed ones included."""
    row: Outbound | None
    """None where nothing was ever to be told."""
    left: Delivery | None
    """What is still to be told, in words; None where nothing is."""
    links: Mapping[str, str]
    """By record that is there, the address of its page on the platform, where it is known."""

    @property
    def attributes(self) -> Sequence[Told]:
        """Return fields, by name."""
        return self._told("attribute", lambda each: each.attributes)

    @property
    def lists(self) -> Sequence[Told]:
        """Return lists in which the person is to be or not to be, by name."""
        return self._told("list", lambda each: each.lists)

    @property
    def tags(self) -> Sequence[Told]:
        """Return tags that are to be there or not, by name."""
        return self._told("tag", lambda each: each.tags)

    def to_json(self) -> dict[str, object]:
        """Return the platform as machines read it."""
        row, left = self.row, self.left
        desired, confirmed = _both(row)
        return {
            "platform": self.name,
            "records": [
                _record_json(each, self.links.get(each.remote_id)) for each in self.records
            ],
            "state": row.state.value if row else None,
            "decided_at": _plain(row.decided_at) if row else None,
            "confirmed_at": _plain(row.confirmed_at) if row else None,
            "attributes": [each.to_json() for each in self.attributes],
            "lists": [each.to_json() for each in self.lists],
            "tags": [each.to_json() for each in self.tags],
            "stage": {"desired": desired.stage or None, "confirmed": confirmed.stage or None},
            "left": list(left.what) if left else [],
            "delivery": left.id if left else None,
            "attempts": left.attempts if left else 0,
            "next_try_at": _plain(left.next_try_at) if left else None,
            "cause": left.cause if left else None,
        }

    def _told(self, kind: str, part: Callable[[Desired], Mapping[str, Written]]) -> Sequence[Told]:
        desired, confirmed = map(part, _both(self.row))
        overruled = self.row.confirmed if self.row else NOTHING
        return [
            Told(
                name=name,
                desired=desired.get(name),
                confirmed=confirmed.get(name),
                is_drift=name in desired and overruled.is_overruled(kind, name, desired[name]),
            )
            for name in sorted({*desired, *confirmed})
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What platforms were told of a person, and what was done because triggers fired."""

    person: Person
    platforms: Sequence[ToldPlatform]
    """In the order of the configuration; those that know nothing of the person are left out."""
    actions: Sequence[Firing]
    """Latest first; those that are done are kept for a while."""

    def to_json(self) -> dict[str, object]:
        """Return it as machines read it."""
        return {
            "contact": {"id": self.person.key, "email": self.person.email},
            "platforms": [each.to_json() for each in self.platforms],
            "actions": [
                {
                    "trigger": each.trigger,
                    "kind": each.kind,
                    "to": each.destination,
                    "state": each.state.value,
                    "at": iso(each.at),
                    "attempts": each.attempts,
                    "next_try_at": _plain(each.not_before),
                    "cause": cause_of(each),
                }
                for each in self.actions
            ],
        }


async def telling(workspace: Workspace, text: str) -> Telling:
    """Return what platforms were told of the person named by `text`; raises NotFound.

    `text` is an e-mail address, our id, or ``<platform>:<id>``.
    """
    async with workspace.state.read() as tx:
        person = await person_named(tx, text)
        records = await tx.contacts.records_of([person.contact])
        names = [*workspace.order, *workspace.configuration.model.targets]
        platforms = [
            await _platform(tx, workspace, name, person.contact, records)
            for name in dict.fromkeys(names)
        ]
        actions = await tx.triggers.of(person.contact, ACTIONS)
    known = [each for each in platforms if each.records or each.row]
    return Telling(person=person, platforms=known, actions=actions)


async def _platform(
    tx: Transaction, workspace: Workspace, name: str, contact: int, records: Sequence[Record]
) -> ToldPlatform:
    row = (await tx.outbox.rows(name, [contact])).get(contact)
    left = await writes(tx, workspace, [row] if row else [])
    own = [each for each in records if each.platform == name]
    return ToldPlatform(
        name=name,
        records=sorted(own, key=lambda each: each.remote_id),
        row=row,
        left=left[0] if left else None,
        links=_links(workspace, name, own),
    )


def _links(workspace: Workspace, name: str, records: Sequence[Record]) -> Mapping[str, str]:
    entries = workspace.configuration.platforms
    config = next((each.config for each in entries if each.name == name), None)
    there = [each.remote_id for each in records if each.removed_at is None]
    pages = {} if config is None else {each: config.page_of(each) for each in there}
    return {remote_id: page for remote_id, page in pages.items() if page is not None}


def _both(row: Outbound | None) -> tuple[Desired, Desired]:
    return (row.desired, row.confirmed) if row else (NOTHING, NOTHING)


def _record_json(record: Record, link: str | None) -> dict[str, object]:
    return {
        "id": record.remote_id,
        "emails": list(record.emails),
        "created_at": _plain(record.created_at),
        "removed_at": _plain(record.removed_at),
        "opted_out": record.opted_out,
        "link": link,
    }


def _plain(value: Written) -> str | float | bool | None:
    if isinstance(value, datetime):
        return iso(value)
    return float(value) if isinstance(value, Decimal) else value
