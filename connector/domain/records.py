"""What we keep of contacts: records per platform, the persons they make up, subjects of events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.domain.values import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One contact of one platform as last seen."""

    platform: str
    remote_id: str
    contact: int
    """Our number of the person it belongs to."""
    emails: tuple[str, ...] = ()
    attributes: Mapping[str, Stored] = field(default_factory=dict)
    """Typed values under our names; an absent name is NULL."""
    changed_at: datetime
    """When its values last changed, as far as `stamps` says nothing else."""
    stamps: Mapping[str, int] = field(default_factory=dict)
    """Per attribute, the microseconds of its last change where that is not `changed_at`."""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    recorded_at: datetime
    """When this content reached us."""
    removed_at: datetime | None = None
    """When we saw that the platform has it no more."""
    merged_into: str | None = None
    """The record of the same platform that took it over."""
    opted_out: bool = False

    def of(self, contact: int) -> Record:
        """Return the record as that of a person; `replace` takes twice as long."""
        return Record(
            platform=self.platform,
            remote_id=self.remote_id,
            contact=contact,
            emails=self.emails,
            attributes=self.attributes,
            changed_at=self.changed_at,
            stamps=self.stamps,
            created_at=self.created_at,
            modified_at=self.modified_at,
            recorded_at=self.recorded_at,
            removed_at=self.removed_at,
            merged_into=self.merged_into,
            opted_out=self.opted_out,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """One line of the append-only history of records: what was known before."""

    platform: str
    remote_id: str
    what: Literal["attribute", "contact", "emails", "removed"]
    name: str = ""
    """The attribute's name."""
    before: str | None
    """JSON; None where there was nothing."""
    after: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person across platforms."""

    contact: int
    """Our number."""
    key: str
    """Our id as shown to people; it never changes."""
    email: str | None = None
    attributes: Mapping[str, Stored] = field(default_factory=dict)
    """The winning values under our names."""
    created_at: datetime | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom the events of a platform name: a record id or an address, resolved or not yet."""

    id: int
    platform: str
    ref: str
    """As the events say it."""
    email: str | None = None
    """`ref` normalised, when it looks like an address."""
    contact: int | None = None
    """None while nobody by that name is known; the events then wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedEvents:
    """What storing a page of events did."""

    new: int
    corrected: int
    """Events that were there with another content."""
    subjects: frozenset[int]
    """Subjects of those two; the others brought nothing."""
