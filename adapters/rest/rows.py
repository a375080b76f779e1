"""Rows of answers, translated into our words as the entry says; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.mapped.items import ItemReader, Refused
from connector.domain.contacts import Reading
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from adapters.mapped.expressions import Json
    from adapters.mapped.mappings import ContactMapping, EventMapping
    from adapters.rest.language.streams import RestRemoval
    from connector.domain.contacts import Contact, Removal
    from connector.domain.events import Event

MOST_PROBLEMS = 20
"""Different ones that are told of one page."""
_SAME_ID = "tells two events with one `id`, of which one is kept: write join('-', ['won', id])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What rows are read at, and as what."""

    received_at: datetime
    path: str
    """Where problems are told."""
    reading: Reading | None = None
    """The fields that are read of contacts; None: all that are told."""
    is_alone: bool = False
    """Whether a row is read by itself, so that problems need not say which one it is."""

    def contacts(
        self, items: Iterable[Json], mapping: ContactMapping
    ) -> tuple[list[Contact], list[Problem]]:
        """Return rows as whole contacts, and what did not fit."""
        found: list[Contact] = []
        problems: list[str] = []
        for number, item in enumerate(items, start=1):
            reader = self._reader(item)
            contact: Contact | None = None
            try:
                contact = reader.contact(mapping)
            except Refused as error:
                reader.misfits.append(str(error))
            who = _named(contact) or f"item {number}"
            told = [*reader.misfits, *(reader.lacks if contact is None else ())]
            problems += self._of(who, told)
            if contact is not None:
                found.append(contact)
        return found, self._told(problems)

    def events(
        self, items: Iterable[Json], mappings: Sequence[EventMapping]
    ) -> tuple[list[Event], list[Problem]]:
        """Return what rows tell, and what did not fit."""
        found: list[Event] = []
        problems: list[str] = []
        for number, item in enumerate(items, start=1):
            reader, before = self._reader(item), len(found)
            for mapping in mappings:
                try:
                    event = reader.event(mapping)
                except Refused as error:
                    reader.misfits.append(str(error))
                else:
                    found += [event] if event else []
            ids = [each.id for each in found[before:]]
            if len({*ids}) < len(ids):
                reader.misfits.append(_SAME_ID)
            told = [*reader.misfits, *(reader.lacks if len(found) == before else ())]
            problems += self._of(f"item {number}", told)
        return found, self._told(problems)

    def removals(
        self, items: Iterable[Json], mapping: RestRemoval
    ) -> tuple[list[Removal], list[Problem]]:
        """Return who is gone, and what did not fit."""
        found: list[Removal] = []
        problems: list[str] = []
        for number, item in enumerate(items, start=1):
            reader = self._reader(item)
            try:
                removal = reader.removal(mapping)
                heir = reader.name(mapping.merged_into, "merged_into")
            except Refused as error:
                reader.misfits.append(str(error))
                removal = heir = None
            told = [*reader.misfits, *(reader.lacks if removal is None else ())]
            problems += self._of(f"item {number}", told)
            found += [replace(removal, merged_into=heir)] if removal else []
        return found, self._told(problems)

    def names(self, items: Iterable[Json], expression: str, what: str) -> list[str]:
        """Return the ids or names in rows; raises Refused for a row without one."""
        found: list[str] = []
        for item in items:
            name = self._reader(item).name(expression, what)
            if name is None:
                msg = f"a row has not `{what}`"
                raise Refused(msg)
            found.append(name)
        return found

    def raw_fields(
        self, item: Json, mapping: ContactMapping, names: Iterable[str]
    ) -> Mapping[str, Json]:
        """Return fields of a contact as they stand in its row, None for those that do not."""
        told = dict(self._reader(item).raw_fields(mapping, frozenset(names)))
        return {name: told.get(name) for name in names}

    def _reader(self, item: Json) -> ItemReader:
        return ItemReader(
            item=item,
            received_at=self.received_at,
            reading=self.reading,
            misfits=[],
            is_whole=True,
        )

    def _of(self, which: str, misfits: Iterable[str]) -> Iterator[str]:
        return (each if self.is_alone else f"of {which} {each}" for each in misfits)

    def _told(self, problems: Iterable[str]) -> list[Problem]:
        return [
            Problem(message=each, path=self.path)
            for each in list(dict.fromkeys(problems))[:MOST_PROBLEMS]
        ]


def _named(contact: Contact | None) -> str | None:
    """Return what a contact is called in problems: no address."""
    is_shown = contact is not None and "@" not in contact.remote_id
    return f"contact {contact.remote_id}" if contact is not None and is_shown else None
