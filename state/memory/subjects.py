"""Whom events name, in dicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.records import Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from state.memory.tables import Tables


class MemorySubjects:
    """The part of ContactStore about subjects."""

    _tables: Tables

    async def subjects(self, platform: str, refs: Collection[str]) -> Mapping[str, Subject]:
        """Return the known subjects by ref."""
        wanted = frozenset(refs)
        return {
            each.ref: each
            for each in self._tables.subjects.values()
            if each.platform == platform and each.ref in wanted
        }

    async def subjects_named(
        self,
        records: Collection[tuple[str, str]],
        emails: Collection[str],
        contacts: Collection[int] = (),
    ) -> Sequence[Subject]:
        """Return subjects that name one of these records or addresses, or belong to `contacts`."""
        pairs, addresses, numbers = frozenset(records), frozenset(emails), frozenset(contacts)
        return [
            each
            for each in self._tables.subjects.values()
            if (each.platform, each.ref) in pairs
            or each.email in addresses
            or each.contact in numbers
        ]

    async def subjects_by_id(self, ids: Collection[int]) -> Sequence[Subject]:
        """Return the subjects with these numbers."""
        return [
            self._tables.subjects[each] for each in sorted(ids) if each in self._tables.subjects
        ]

    async def add_subjects(
        self, platform: str, refs: Sequence[tuple[str, str | None, int | None]]
    ) -> Mapping[str, Subject]:
        """Insert the subjects that are new; return all by ref."""
        known = dict(await self.subjects(platform, [ref for ref, _, _ in refs]))
        for ref, email, contact in refs:
            if ref not in known:
                number = self._tables.next("subject")
                known[ref] = Subject(
                    id=number, platform=platform, ref=ref, email=email, contact=contact
                )
                self._tables.subjects[number] = known[ref]
        return known

    async def link(self, links: Mapping[int, int | None]) -> None:
        """Say to which person each subject (by number) belongs now."""
        for number, contact in links.items():
            subject = self._tables.subjects.get(number)
            if subject is not None:
                self._tables.subjects[number] = replace(subject, contact=contact)

    async def orphans(self) -> Mapping[str, int]:
        """Return, per platform, the number of events whose subject nobody knows."""
        subjects = self._tables.subjects
        return Counter(
            platform
            for (platform, _), stored in self._tables.events.items()
            if subjects[stored.subject].contact is None
        )
