"""A person as one platform knows them, and what happens to such a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.domain.values import FieldType, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Which of a platform's own fields to read of each contact, and as what.

    Adapters know nothing of mappings: everything they shall read is named here.
    """

    fields: Mapping[str, FieldType] = field(default_factory=dict)
    """The platform's name of a field, and the type its values must fit."""
    email: str | None = None
    """The platform's field that holds the e-mail address; None: where it usually is."""
    lists: frozenset[str] = frozenset()
    """The lists whose memberships matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person on one platform, as just read from it."""

    remote_id: str
    emails: tuple[str, ...] = field(default=(), repr=False)
    """Normalised; the first is the one to show."""
    attributes: Mapping[str, Value | None] = field(default_factory=dict, repr=False)
    """Typed values under the platform's own names; None where the field is empty.

    A field whose value does not fit its type is left out: nobody cleared it.
    """
    created_at: datetime | None = None
    modified_at: datetime | None = None
    merged_ids: tuple[str, ...] = ()
    """Ids of records that the platform has merged into this one."""
    opted_out: bool = False
    tells: frozenset[str] | None = None
    """Of a contact that is told in part, which of ``emails`` and ``opted_out`` are told.

    What is not told stays as it is known, fields that are left out included. None: it is whole.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That a contact is in a list of its platform, or is not any more."""

    list_name: str
    remote_id: str
    is_member: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """That a record is gone from its platform, for good or into another one."""

    remote_id: str
    merged_into: str | None = None
    """The record that took it over; None when it was deleted or archived."""
    erased: bool = False
    """Whether the platform erased the person for privacy."""
    removed_at: datetime | None = None
    """When that reached us, where it is taken in later; None: it was found just now."""
