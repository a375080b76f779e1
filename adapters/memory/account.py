"""A whole marketing platform in dicts: what the other side would keep on its servers."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from adapters.memory.faults import Fault, bad_answer, refusal
from connector.domain.contacts import Membership, Removal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from connector.domain.changes import Action
    from connector.ports.platform import RemoteField, RemoteWebhook

Payload: TypeAlias = "Mapping[str, object]"

_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Person:
    """A record of the account."""

    id: str
    email: str | None = None
    values: dict[str, object] = field(default_factory=dict)
    created_at: datetime
    modified_at: datetime
    opted_out: bool = False
    merged_ids: tuple[str, ...] = ()
    tags: set[str] = field(default_factory=set)
    stage: str | None = None


class Account:
    """Everything one account holds. Each log only grows; a cursor is a place in one."""

    def __init__(self, name: str, now: Callable[[], datetime] = lambda: _START) -> None:
        self.name = name
        self.now = now
        self.people: dict[str, Person] = {}
        self.fields: dict[str, RemoteField] = {}
        self.lists: dict[str, set[str]] = {}
        self.stages: tuple[str, ...] = ()
        self.webhooks: dict[str, RemoteWebhook] = {}
        self.done: dict[str, Action] = {}
        self.changed: list[str] = []
        self.events: list[Payload] = []
        self.membership_log: list[Membership] = []
        self.removal_log: list[Removal] = []
        self.faults: deque[Fault] = deque()
        self.requests = 0
        self._made = 0

    @contextmanager
    def request(self, operation: str) -> Iterator[bool]:
        """Count a request; give whether it shall have an effect, and play the fault that is due."""
        self.requests += 1
        fault = self.faults.popleft() if self.faults else None
        if error := refusal(fault, self.name, operation):
            raise error
        yield fault is not Fault.DID_NOTHING
        if error := bad_answer(fault, self.name, operation):
            raise error

    def create(self, email: str | None = None, **values: object) -> Person:
        """Make a record."""
        self._made += 1
        now = self.now()
        person = Person(
            id=f"m{self._made}", email=email, values=values, created_at=now, modified_at=now
        )
        self.people[person.id] = person
        self.touch(person)
        return person

    def touch(self, person: Person) -> None:
        """Note that a record changed."""
        person.modified_at = self.now()
        self.changed.append(person.id)

    def put_in(self, list_name: str, person: Person) -> bool:
        """Put a record in a list; return whether it was not there."""
        members = self.lists[list_name]
        if person.id in members:
            return False
        members.add(person.id)
        self.membership_log.append(Membership(list_name=list_name, remote_id=person.id))
        return True

    def take_out(self, list_name: str, person: Person) -> bool:
        """Take a record out of a list; return whether it was there."""
        members = self.lists[list_name]
        if person.id not in members:
            return False
        members.remove(person.id)
        gone = Membership(list_name=list_name, remote_id=person.id, is_member=False)
        self.membership_log.append(gone)
        return True

    def remove(self, person: Person, *, erased: bool = False) -> None:
        """Delete a record."""
        self._drop(person, Removal(remote_id=person.id, erased=erased))

    def merge(self, loser: Person, winner: Person) -> None:
        """Merge one record into another, which keeps its id."""
        winner.merged_ids = (*winner.merged_ids, loser.id, *loser.merged_ids)
        self._drop(loser, Removal(remote_id=loser.id, merged_into=winner.id))
        self.touch(winner)

    def _drop(self, person: Person, removal: Removal) -> None:
        for name in self.lists:
            self.take_out(name, person)
        del self.people[person.id]
        self.removal_log.append(removal)
