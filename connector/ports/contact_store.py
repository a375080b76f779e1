"""The part of the state store about people; `connector.ports.store` has the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    import polars as pl

    from connector.domain.changes import Addressee
    from connector.domain.contacts import Membership
    from connector.domain.records import Person, Record, RecordChange, Subject
    from connector.domain.values import FieldType


class ContactStore(Protocol):
    """Records per platform, the persons they make up, and the subjects of events."""

    async def records(self, platform: str, remote_ids: Collection[str]) -> Mapping[str, Record]:
        """Return the known records by remote id, removed ones included."""
        ...

    async def records_of(self, contacts: Collection[int]) -> Sequence[Record]:
        """Return all records of these persons."""
        ...

    async def records_by_email(self, emails: Collection[str]) -> Sequence[Record]:
        """Return the records that carry one of these addresses, removed ones included."""
        ...

    async def named(self, platform: str, remote_ids: Collection[str]) -> Mapping[str, int]:
        """Return the person of each known record by remote id, removed ones included."""
        ...

    async def carrying(self, emails: Collection[str]) -> Mapping[str, int]:
        """Return the person whose records carry each address, removed ones included."""
        ...

    async def addressees(self, platform: str, contacts: Collection[int]) -> Mapping[int, Addressee]:
        """Return under which record each person is written to on a platform.

        It is the record, not removed, with the lowest remote id (as UTF-8 bytes); persons without
        one are absent. The address is the record's first, else the person's.
        """
        ...

    async def live_ids(
        self, platform: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return remote ids of a platform's records that were not removed, rising (UTF-8 bytes).

        At most `limit` of those behind `after`.
        """
        ...

    async def removed_ids(
        self, platform: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return remote ids of a platform's records that were removed, as `live_ids` does."""
        ...

    async def count_live(self, platform: str) -> int:
        """Return how many records of a platform were not removed."""
        ...

    async def save_records(
        self, records: Sequence[Record], *, new: Collection[tuple[str, str]] = ()
    ) -> None:
        """Insert or replace records, with their addresses.

        Of those that are `new` (platform and remote id) there are no addresses to be replaced.
        """
        ...

    async def log(self, changes: Sequence[RecordChange]) -> None:
        """Append to the history of records."""
        ...

    async def history(self, contact: int) -> Sequence[RecordChange]:
        """Return the history of a person's records, oldest first."""
        ...

    async def create(self, persons: Sequence[Person]) -> Sequence[int]:
        """Insert persons, whatever number they have, and return their numbers in order.

        Of a known id the number stays, and all else is replaced. The last of equal ids counts.
        """
        ...

    async def persons(self, contacts: Collection[int]) -> Mapping[int, Person]:
        """Return the persons with these numbers."""
        ...

    async def save_persons(self, persons: Sequence[Person]) -> None:
        """Replace what is known of these persons."""
        ...

    async def find(self, text: str) -> Person | None:
        """Return whom an e-mail address, our id, or ``<platform>:<id>`` names, merges followed."""
        ...

    async def all_numbers(self) -> Sequence[int]:
        """Return the numbers of all persons that were not merged away, ascending."""
        ...

    async def touch(self, contacts: Collection[int]) -> None:
        """Mark persons stale; one that is stale already becomes so anew."""
        ...

    async def waiting(
        self,
        at: datetime,
        model: str,
        chosen: Collection[int] | None = None,
        *,
        unread: Collection[str] = (),
    ) -> Mapping[int, int]:
        """Return the persons to be scored at `at`, each with its present staleness (0: none).

        These are the stale ones, those whose next change is due, and those last scored under
        another model than the one with the digest `model`; only those of `chosen`, when given.
        While platforms are `unread`, only those who were scored before and are unknown to them:
        neither has a record of theirs, nor an event. Reads indexes only.
        """
        ...

    async def frame(
        self,
        contacts: Collection[int] | None,
        attributes: Mapping[str, FieldType],
        lists: Collection[tuple[str, str]] = (),
    ) -> pl.LazyFrame:
        """Return persons (all that were not merged away when None) as `contact_schema` says."""
        ...

    async def subjects(self, platform: str, refs: Collection[str]) -> Mapping[str, Subject]:
        """Return the known subjects by ref."""
        ...

    async def subjects_named(
        self,
        records: Collection[tuple[str, str]],
        emails: Collection[str],
        contacts: Collection[int] = (),
    ) -> Sequence[Subject]:
        """Return subjects that name one of these records (platform, id) or addresses.

        Those that are linked to one of the persons `contacts` are among them too.
        """
        ...

    async def subjects_by_id(self, ids: Collection[int]) -> Sequence[Subject]:
        """Return the subjects with these numbers."""
        ...

    async def add_subjects(
        self, platform: str, refs: Sequence[tuple[str, str | None, int | None]]
    ) -> Mapping[str, Subject]:
        """Insert subjects given as (ref, address or None, person or None); return all by ref."""
        ...

    async def link(self, links: Mapping[int, int | None]) -> None:
        """Say to which person each subject (by number) belongs now."""
        ...

    async def orphans(self) -> Mapping[str, int]:
        """Return, per platform, the number of events whose subject nobody knows."""
        ...

    async def save_memberships(
        self, platform: str, items: Sequence[Membership]
    ) -> Sequence[Membership]:
        """Record which contacts the platform reports in which list; return what was news.

        Of several about one contact and list the last counts.
        """
        ...

    async def members(
        self, platform: str, list_name: str, remote_ids: Collection[str]
    ) -> Collection[str]:
        """Return those of these contacts that the platform reports in a list."""
        ...

    async def lists(self, platform: str, *, limit: int) -> Sequence[str]:
        """Return the names of the lists that a platform reports anybody in, rising (UTF-8 bytes).

        At most `limit` of them; it takes a look per list, however many are in it.
        """
        ...

    async def platforms_of(self, contacts: Collection[int]) -> Mapping[int, Sequence[str]]:
        """Return the platforms that know each person now, by name; those of nobody are absent."""
        ...

    async def unmerged(self, contacts: Collection[int]) -> Sequence[int]:
        """Return those of these numbers, in order, who were not merged away."""
        ...

    async def count(self) -> int:
        """Return how many persons there are."""
        ...
