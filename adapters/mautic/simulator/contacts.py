"""The contacts of an instance, and what Mautic knows of each."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.refusals import unknown_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from adapters.mautic.simulator.fields import Fields
    from adapters.mautic.simulator.values import Value

IDENTIFYING = (
    "firstname", "lastname", "company", "email",
    "facebook", "foursquare", "instagram", "linkedin", "skype", "twitter",
)  # fmt: skip
"""What makes a visitor a contact."""


@dataclass(slots=True, kw_only=True, eq=False)
class Contact:
    """A person, or a visitor of whom nothing is known yet."""

    id: int
    added_at: datetime
    created_by: int | None = None
    modified_at: datetime | None = None
    modified_by: int | None = None
    identified_at: datetime | None = None
    active_at: datetime | None = None
    owner: int | None = None
    stage: int | None = None
    points: int = 0
    values: dict[str, Value] = field(default_factory=dict)
    """By alias; what is not there is None."""
    tags: set[str] = field(default_factory=set)
    group_scores: dict[int, int] = field(default_factory=dict)

    @property
    def is_anonymous(self) -> bool:
        """Return whether nothing says who this is."""
        return not any(self.values.get(alias) for alias in IDENTIFYING)

    @property
    def belongs_to(self) -> int | None:
        """Return the user whose contact it is."""
        return self.owner if self.owner is not None else self.created_by


_PROPERTIES: dict[str, str] = {
    "id": "id",
    "isPublished": "",
    "dateAdded": "added_at",
    "createdBy": "created_by",
    "dateModified": "modified_at",
    "modifiedBy": "modified_by",
    "dateIdentified": "identified_at",
    "lastActive": "active_at",
    "owner": "owner",
    "stage": "stage",
    "points": "points",
}
_BY_COLUMN = {
    "is_published": "",
    "owner_id": "owner",
    "stage_id": "stage",
    **{
        re.sub(r"(?=[A-Z])", "_", name).lower(): attribute
        for name, attribute in _PROPERTIES.items()
        if name not in {"owner", "stage"}
    },
}


class ContactColumns:
    """The columns of the table of contacts, as the filters of a request name them."""

    def __init__(self, fields: Fields, *, converts: bool = True) -> None:
        """Names of properties, such as `dateAdded`, are understood where one `converts` them."""
        self._fields = fields
        self._converts = converts

    def getter(self, name: str) -> Callable[[Contact], object]:
        """Return what reads a column; raises DatabaseError for none of that name."""
        column = name.removeprefix("l.")
        if self._converts and column in _PROPERTIES and column not in {"owner", "stage"}:
            column = re.sub(r"(?<=\w)(?=[A-Z])", "_", column).lower()
        if column in _BY_COLUMN:
            attribute = _BY_COLUMN[column]
            return (lambda each: getattr(each, attribute)) if attribute else (lambda _: True)
        if column in self._fields.by_alias:
            return lambda each: each.values.get(column)
        raise unknown_column(name if "." in name else f"l.{name}")


class Contacts:
    """Contacts by their ids."""

    def __init__(self) -> None:
        self.by_id: dict[int, Contact] = {}
        self.merged: dict[int, int] = {}
        """The contact that one which is gone was merged into."""
        self._ids = count(1)
        self._order: list[int] = []
        self._by_value: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))

    def fresh(self, at: datetime) -> Contact:
        """Return a contact that is not there before it is added; its id is 0."""
        return Contact(id=0, added_at=at)

    def add(self, contact: Contact) -> None:
        """Give a contact an id, and keep it."""
        contact.id = next(self._ids)
        self.by_id[contact.id] = contact
        self._order.append(contact.id)

    def remove(self, contact: Contact) -> None:
        """Forget a contact."""
        del self.by_id[contact.id]
        self._order.pop(bisect_left(self._order, contact.id))
        for alias, value in contact.values.items():
            self._index(alias, value).discard(contact.id)

    def put(self, contact: Contact, alias: str, value: Value) -> None:
        """Write a value."""
        self._index(alias, contact.values.get(alias)).discard(contact.id)
        contact.values[alias] = value
        if contact.id:
            self._index(alias, value).add(contact.id)

    def with_value(self, alias: str, value: Value) -> list[Contact]:
        """Return who has a value of `alias`, the youngest first."""
        found = [self.by_id[each] for each in self._index(alias, value) if each in self.by_id]
        return sorted(found, key=lambda each: (each.added_at, each.id), reverse=True)

    def reindex(self, contact: Contact) -> None:
        """Let what a contact had before it was added be found by."""
        for alias, value in contact.values.items():
            self._index(alias, value).add(contact.id)

    def between(self, above: int, below: int) -> Sequence[int]:
        """Return the ids between two that are left out, in order."""
        return self._order[bisect_right(self._order, above) : bisect_left(self._order, below)]

    def __iter__(self) -> Iterator[Contact]:
        return (self.by_id[each] for each in self._order)

    def __len__(self) -> int:
        return len(self.by_id)

    def _index(self, alias: str, value: Any) -> set[int]:  # noqa: ANN401 - any value
        if alias != "email" and alias not in self._by_value:
            return set()
        return self._by_value[alias][str(value).casefold()] if value not in (None, "") else set()

    def watch(self, alias: str) -> None:
        """Let contacts be found by a field, as those with a unique one are."""
        if alias not in self._by_value:
            known = self._by_value[alias]
            for each in self:
                if each.values.get(alias) not in (None, ""):
                    known[str(each.values[alias]).casefold()].add(each.id)
