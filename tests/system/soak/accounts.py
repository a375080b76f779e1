"""Accounts in memory that live for a month: they keep what a test asks of them, and no more."""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, cast, overload

from adapters.memory.account import Account, Person
from connector.domain.changes import Action
from connector.domain.instants import to_micros
from connector.ports.platform import RemoteField
from tests.system.soak.ladder import RUNGS

_KEPT = 5_000
"""Entries of a log that somebody may still have to read."""
_KEPT_CHANGES = 100_000
"""The same of changes: everybody is written to when the month begins."""


class Tape(Sequence[object]):
    """A log that only grows, of which the beginning is forgotten; places stay what they were."""

    def __init__(self, most: int = _KEPT) -> None:
        """Take how many entries are kept at most, once `trim` is called."""
        self._kept: deque[object] = deque()
        self._most = most
        self._forgotten = 0

    def append(self, entry: object) -> None:
        self._kept.append(entry)

    def trim(self) -> None:
        """Forget what is long read."""
        while len(self._kept) > self._most:
            self._kept.popleft()
            self._forgotten += 1

    def __len__(self) -> int:
        return self._forgotten + len(self._kept)

    @overload
    def __getitem__(self, place: int) -> object: ...
    @overload
    def __getitem__(self, place: slice) -> list[object]: ...
    def __getitem__(self, place: int | slice) -> object | list[object]:
        if isinstance(place, int):
            return self._kept[place - self._forgotten]
        start, end = (each - self._forgotten for each in place.indices(len(self))[:2])
        assert start >= 0, "somebody reads what is forgotten"
        return list(islice(self._kept, start, end))


@dataclass
class Moves:
    """Which stage a platform showed of whom from when on, in a few bytes each."""

    instants: array[int] = field(default_factory=lambda: array("q"))
    people: array[int] = field(default_factory=lambda: array("i"))
    rungs: array[int] = field(default_factory=lambda: array("b"))

    def add(self, at: datetime, person: int, stage: str) -> None:
        self.instants.append(to_micros(at))
        self.people.append(person)
        self.rungs.append(RUNGS.index(stage))

    def of_people(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield whom each move is of, the instant and the rung."""
        moves = zip(self.instants, self.rungs, strict=True)
        yield from zip(self.people, moves, strict=True)


class Done(dict[str, Any]):
    """The keys of what was done, and how often each trigger did something for whom."""

    def __init__(self) -> None:
        super().__init__()
        self.fired: Counter[tuple[str, int]] = Counter()
        self.repeated = 0

    def setdefault(self, key: str, action: Action) -> None:  # type: ignore[override]
        """Note that something is done, and that it is asked for again."""
        if key in self:
            self.repeated += 1
            return
        self[key] = None
        self.fired[action.trigger, number_of(action.to.remote_id)] += 1


class LongLived(Account):
    """An account that notes when the stage of somebody moves."""

    def __init__(self, name: str, stage: str, fields: Sequence[RemoteField]) -> None:
        """Take the name of the field that shows the stage, and all fields that there are."""
        super().__init__(name)
        self.fields = {each.name: each for each in fields}
        self.moves = Moves()
        self._stage = stage
        self._shown: dict[str, object] = {}
        self.done = self.deeds = Done()
        self.logs = (Tape(), Tape(_KEPT_CHANGES), Tape())
        # Logs of an account are lists, of which nothing but this is asked.
        self.events, self.changed, self.membership_log = cast("tuple[Any, Any, Any]", self.logs)

    def touch(self, person: Person) -> None:
        super().touch(person)
        stage = person.values.get(self._stage)
        if isinstance(stage, str) and self._shown.get(person.id) != stage:
            self._shown[person.id] = stage
            self.moves.add(self.now(), number_of(person.id), stage)

    def trim(self) -> None:
        """Forget what is long read."""
        for each in self.logs:
            each.trim()


def number_of(remote_id: str) -> int:
    """Return which person of an account has this id, from 0 on."""
    return int(remote_id.removeprefix("m")) - 1


def id_of(number: int) -> str:
    """Return the id of a person, on either platform."""
    return f"m{number + 1}"
