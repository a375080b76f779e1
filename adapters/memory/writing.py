"""The parts of the contract that write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from adapters.memory.wire import contact_of
from connector.domain.changes import Outcome
from connector.domain.contacts import Reading
from connector.domain.values import FieldType
from connector.errors import (
    ContactGone,
    NotSetUp,
    PlatformError,
    RejectedByPlatform,
    UnexpectedAnswer,
    UnsupportedByPlatform,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.memory.account import Account, Person
    from connector.domain.changes import (
        Action,
        AttributeChange,
        ListChange,
        StageChange,
        TagChange,
    )
    from connector.domain.contacts import Contact
    from connector.domain.values import Written
    from connector.ports.platform import NewContact

KINDS = frozenset({"email", "campaign", "push", "notify", "task", "note"})
_TYPES: Mapping[type, frozenset[FieldType]] = {
    str: frozenset({FieldType.TEXT, FieldType.EMAIL}),
    Decimal: frozenset({FieldType.NUMBER}),
    bool: frozenset({FieldType.BOOLEAN}),
    datetime: frozenset({FieldType.DATETIME}),
}

Change = TypeVar("Change", "AttributeChange", "ListChange", "TagChange", "StageChange", "Action")


@dataclass(frozen=True, slots=True)
class MemoryWriter:
    """Writes to an account; each call is one request, each item has its own outcome."""

    account: Account

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write values of fields, but of those that cannot take them."""
        outcomes = self._each("write attributes", changes, self._set_values)
        return [
            replace(outcome, paused=self._paused(change)) if outcome.error is None else outcome
            for change, outcome in zip(changes, outcomes, strict=True)
        ]

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return the present values of these fields."""
        with self.account.request("read attributes"):
            people = self.account.people
            return {
                each: {name: people[each].values.get(name) for name in names}
                for each in remote_ids
                if each in people
            }

    async def create_contacts(self, wanted: Sequence[NewContact]) -> Sequence[Contact | Outcome]:
        """Return the records, made where no record has the address."""
        with self.account.request("create contacts") as works:
            return [self._create(each) if works else _nothing(self.account) for each in wanted]

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Put records in lists and take them out."""
        return self._each("write lists", changes, self._set_member)

    async def write_tags(self, changes: Sequence[TagChange]) -> Sequence[Outcome]:
        """Set and clear tags."""
        return self._each("write tags", changes, self._set_tag)

    async def stages(self) -> Sequence[str]:
        """Return the stages of the account."""
        with self.account.request("read stages"):
            return self.account.stages

    async def write_stages(self, changes: Sequence[StageChange]) -> Sequence[Outcome]:
        """Move records between stages."""
        return self._each("write stages", changes, self._set_stage)

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Do each action whose key was not done before; other kinds are refused unasked."""
        known = [action for action in actions if action.kind in KINDS]
        done = iter(self._each("perform actions", known, self._act) if known else ())
        return [
            next(done) if action.kind in KINDS else self._unsupported(action) for action in actions
        ]

    def _each(
        self,
        operation: str,
        changes: Sequence[Change],
        apply: Callable[[Person, Change], bool],
    ) -> Sequence[Outcome]:
        """Apply each change whose record exists; `apply` returns whether anything moved."""
        with self.account.request(operation) as works:
            if not works:
                return [_nothing(self.account)] * len(changes)
            return [self._one(operation, change, apply) for change in changes]

    def _one(
        self, operation: str, change: Change, apply: Callable[[Person, Change], bool]
    ) -> Outcome:
        person = self.account.people.get(change.to.remote_id)
        try:
            if person is None:
                raise ContactGone(platform=self.account.name, operation=operation, status=404)
            return Outcome(is_unchanged=not apply(person, change))
        except PlatformError as error:
            return Outcome(error=error)

    def _set_values(self, person: Person, change: AttributeChange) -> bool:
        paused = self._paused(change)
        wanted = {n: _kept(value) for n, value in change.values.items() if n not in paused}
        if all(person.values.get(name) == value for name, value in wanted.items()):
            return False
        person.values.update(wanted)
        self.account.touch(person)
        return True

    def _set_member(self, person: Person, change: ListChange) -> bool:
        if change.list_name not in self.account.lists:
            raise self._not_set_up(f"there is no list `{change.list_name}`")
        move = self.account.put_in if change.is_member else self.account.take_out
        return move(change.list_name, person)

    def _set_tag(self, person: Person, change: TagChange) -> bool:
        has = change.tag in person.tags
        (person.tags.add if change.is_set else person.tags.discard)(change.tag)
        return has != change.is_set

    def _set_stage(self, person: Person, change: StageChange) -> bool:
        if change.stage not in self.account.stages:
            raise self._not_set_up(f"there is no stage `{change.stage}`")
        before, person.stage = person.stage, change.stage
        return before != change.stage

    def _act(self, person: Person, action: Action) -> bool:
        if person.opted_out and action.kind in {"email", "campaign"}:
            raise self._rejected("the contact has opted out")
        is_new = action.key not in self.account.done
        self.account.done.setdefault(action.key, action)
        return is_new

    def _unsupported(self, action: Action) -> Outcome:
        text = f"there is no action `{action.kind}`"
        name = self.account.name
        return Outcome(error=UnsupportedByPlatform(text, platform=name, operation="perform"))

    def _create(self, wanted: NewContact) -> Contact:
        known = (each for each in self.account.people.values() if each.email == wanted.email)
        person = next(known, None) or self.account.create(wanted.email, **wanted.attributes)
        return contact_of(person, Reading())[0]

    def _paused(self, change: AttributeChange) -> Mapping[str, NotSetUp]:
        """Return the fields of a change that cannot be written, each with why not."""
        amiss = {name: self._amiss(name, value) for name, value in change.values.items()}
        return {name: self._not_set_up(reason) for name, reason in amiss.items() if reason}

    def _amiss(self, name: str, value: Written) -> str | None:
        field = self.account.fields.get(name)
        if field is None or not field.is_writable:
            return f"there is no field `{name}` that can be written"
        if value is not None and field.type not in _TYPES[type(value)]:
            return f"the field `{name}` is a {field.type.value}"
        return None

    def _not_set_up(self, reason: str) -> NotSetUp:
        return NotSetUp(reason, platform=self.account.name, operation="write")

    def _rejected(self, reason: str) -> RejectedByPlatform:
        return RejectedByPlatform(reason, platform=self.account.name, operation="write", status=400)


def _kept(value: Written) -> object:
    return float(value) if isinstance(value, Decimal) else value


def _nothing(account: Account) -> Outcome:
    text = "the answer says success and shows no effect"
    return Outcome(error=UnexpectedAnswer(text, platform=account.name, operation="write"))
