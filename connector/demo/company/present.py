"""What people do from now on, one thing after the other."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from connector.demo.company import words
from connector.demo.company.deeds import Act, Deed
from connector.demo.company.past import interest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from random import Random

    from connector.demo.company.people import Someone

_AT_ONCE = 8
"""How many people are under way together: so few that one sees the same names again, and hotter."""


class Present:
    """The people who are under way, each with what they are going to do."""

    def __init__(self, chance: Random, people: Sequence[Someone]) -> None:
        """Take those who may do something: nobody whose address is dead."""
        self._chance = chance
        self._people = [each for each in people if not each.is_dead]
        self._under_way: list[deque[Deed]] = []

    def join(self, person: Someone) -> None:
        """Let somebody who is new look around."""
        self._people.append(person)
        self._under_way.append(self._journey(person, person.arrived_at))

    def step(self, at: datetime) -> Deed:
        """Return the next thing that somebody does, now."""
        while len(self._under_way) < _AT_ONCE:
            self._under_way.append(self._journey(self._chance.choice(self._people), at))
        journey = self._chance.choice(self._under_way)
        deed = journey.popleft()
        if not journey:
            self._under_way.remove(journey)
        return Deed(at=at, person=deed.person, act=deed.act, about=deed.about, amount=deed.amount)

    def _journey(self, person: Someone, at: datetime) -> deque[Deed]:
        """Return what somebody will do: mostly a mail brings them."""
        is_new = person.arrived_at == at
        subject = words.WELCOME if is_new else words.NEWSLETTERS[at.month - 1]
        acts = (Act.MAILED, Act.OPENED, Act.CLICKED) if self._chance.random() < 0.7 else ()  # noqa: PLR2004 - mostly
        mail = (Deed(at=at, person=person.number, act=act, about=subject) for act in acts)
        return deque([*mail, *interest(self._chance, person, at)])
