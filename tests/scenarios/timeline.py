"""The contacts and events of a case as the files that a platform would hand over."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from connector.domain.instants import iso
from tests.scenarios.language import span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tests.scenarios.language import Contact, Happening

START = datetime(2026, 3, 16, 12, tzinfo=UTC)
"""The instant from which offsets count: a Monday noon."""


def instant(offset: str) -> datetime:
    """Return the instant that an offset means."""
    return START + span(offset)


def remote_id(name: str) -> str:
    """Return the id of a contact on its platform."""
    return name.replace(" ", "-")


def address(name: str) -> str:
    """Return the address of a contact."""
    return f"{remote_id(name)}@customer.example"


def write_files(folder: Path, contacts: Mapping[str, Contact], until: datetime) -> None:
    """Write what is known of `contacts` by `until`: no event that is still to come."""
    folder.mkdir(parents=True, exist_ok=True)
    people = [_person(name, each) for name, each in contacts.items()]
    _write(folder / "contacts.csv", ("id", "email", "created_at"), people)
    events = list(events_told(contacts, until, by="file"))
    _write(folder / "events.csv", ("id", "contact", "type", "occurred_at"), events)


def events_told(
    contacts: Mapping[str, Contact], until: datetime, *, by: str
) -> Iterator[dict[str, Any]]:
    """Yield the events of which heatsync is told `by` some way until an instant."""
    for name, contact in contacts.items():
        yield from _events(name, contact, until, by)


def _person(name: str, contact: Contact) -> dict[str, Any]:
    begun = min((span(each.at) for each in contact.events), default=span("0d"))
    created_at = START + (span(contact.created) if contact.created else begun)
    head = {"id": remote_id(name), "email": address(name), "created_at": iso(created_at)}
    return {**head, **contact.columns}


def _events(name: str, contact: Contact, until: datetime, by: str) -> Iterator[dict[str, Any]]:
    for place, happening in enumerate(contact.events):
        if happening.by != by:
            continue
        for number in range(happening.times):
            occurred_at = instant(happening.at) + number * span(happening.every)
            known_at = instant(happening.arrives) if happening.arrives else occurred_at
            if max(occurred_at, known_at) <= until:
                yield {
                    "id": f"{remote_id(name)}-{place}-{number}",
                    "contact": remote_id(name),
                    "type": happening.event,
                    "occurred_at": iso(occurred_at),
                    **_properties(happening, number),
                }


def _properties(happening: Happening, number: int) -> dict[str, Any]:
    return {
        name: value.format(n=number) if isinstance(value, str) else value
        for name, value in happening.properties.items()
    }


def _write(path: Path, head: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> None:
    kept = list(rows)
    columns = list(dict.fromkeys([*head, *(name for row in kept for name in row)]))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(kept)
