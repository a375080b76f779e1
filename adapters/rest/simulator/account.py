"""What an account of the simulated platform holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from adapters.http import Json


@dataclass(slots=True, kw_only=True)
class Person:
    """A contact."""

    number: int
    email: str
    created_at: datetime
    updated_at: datetime
    fields: dict[str, Json] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    is_unsubscribed: bool = False

    @property
    def id(self) -> str:
        """Return its id, as the API has it."""
        return f"c_{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that a contact did."""

    number: int
    contact_id: str
    kind: str
    at: datetime
    recorded_at: datetime
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A contact that was deleted, or merged into another."""

    number: int
    contact_id: str
    at: datetime
    into: str | None = None


@dataclass(slots=True, kw_only=True)
class Group:
    """A list of contacts."""

    id: str
    name: str
    members: dict[str, None] = field(default_factory=dict)
    """In the order in which they came."""


@dataclass(slots=True)
class Account:
    """One account."""

    now: Callable[[], datetime]
    people: dict[str, Person] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    notes: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    """By the key under which they were asked for."""
    is_closed: bool = False
    """Whether its key is refused."""
    _last: int = 0

    def create(self, email: str, fields: Mapping[str, Json] | None = None) -> Person:
        """Make a contact."""
        now = self.now()
        person = Person(
            number=self._next(),
            email=email,
            created_at=now,
            updated_at=now,
            fields=dict(fields or {}),
        )
        self.people[person.id] = person
        return person

    def write(self, person: Person, fields: Mapping[str, Json]) -> None:
        """Give fields these values; null empties one."""
        person.fields.update(fields)
        person.updated_at = self.now()

    def remove(self, contact_id: str, into: str | None = None) -> None:
        """Delete a contact, or merge it into another."""
        del self.people[contact_id]
        for each in self.groups.values():
            each.members.pop(contact_id, None)
        self.gone.append(Gone(number=self._next(), contact_id=contact_id, at=self.now(), into=into))

    def record(self, contact_id: str, kind: str, at: datetime, details: Mapping[str, Json]) -> None:
        """Take down what a contact did."""
        self.happenings.append(
            Happening(
                number=self._next(),
                contact_id=contact_id,
                kind=kind,
                at=at,
                recorded_at=self.now(),
                details=details,
            )
        )

    def group(self, name: str) -> Group:
        """Return the list `name`, made where there is none."""
        found = next((each for each in self.groups.values() if each.name == name), None)
        if found is None:
            found = Group(id=f"l_{self._next()}", name=name)
            self.groups[found.id] = found
        return found

    def by_email(self, email: str) -> Person | None:
        """Return who has an address."""
        wanted = email.strip().lower()
        people = self.people.values()
        return next((each for each in people if each.email.strip().lower() == wanted), None)

    def _next(self) -> int:
        self._last += 1
        return self._last
