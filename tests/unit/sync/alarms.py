"""A world in which somebody is alarming as long as they are a boss."""

from __future__ import annotations

from datetime import timedelta

from adapters.memory.account import Person
from connector.domain.ledger import Firing, FiringState, TriggerState
from tests.unit.sync.world import MODEL, PLATFORMS, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EMAIL = "[{email: {platform: crm, template: 12}}]"


def a_trigger(options: str = "", *, name: str = "call", when: str = "fit > 0") -> str:
    """Return a section of triggers with one, as it is written."""
    more = f", {options}" if options else ""
    return f'triggers:\n  {name}: {{when: "{when}", do: {EMAIL}{more}}}\n'


class Alarms(World):
    """Who fires is told by their addresses, up to the @."""

    def __init__(self, triggers: str = a_trigger(), model: str = MODEL) -> None:
        super().__init__(PLATFORMS + model + triggers)

    def become(self, person: Person, job: str | None) -> None:
        person.values["job"] = job
        self.crm.touch(person)

    def newcomers(self, *names: str, job: str | None = None) -> list[Person]:
        return [self.crm.create(f"{name}@x.org", job=job) for name in names]

    def edit(self, triggers: str, model: str = MODEL) -> None:
        self.configure(PLATFORMS + model + triggers)

    async def decide(self, after: timedelta = HOUR) -> dict[str, int]:
        """Let time pass, pull and score; return how many fired."""
        self.clock.advance(after)
        return dict((await self.sync(pushes=False)).triggers)

    async def change(self, person: Person, job: str | None, after: timedelta = HOUR) -> int:
        """Return how many fired once the person became another."""
        self.become(person, job)
        return sum((await self.decide(after)).values())

    async def firings(self) -> list[Firing]:
        """Return everything that was ever asked for, by key."""
        return sorted(self.state._committed.firings.values(), key=lambda each: each.key)

    async def alarmed(self, *states: FiringState) -> list[str]:
        """Return whom firings in one of these states (in any) are about, oldest first."""
        async with self.state.read() as tx:
            found = [each for each in await self.firings() if not states or each.state in states]
            persons = await tx.contacts.persons({each.contact for each in found})
        found.sort(key=lambda each: (each.at, each.key))
        return [str(persons[each.contact].email).partition("@")[0] for each in found]

    async def known(self, address: str) -> dict[str, TriggerState]:
        number = await self.number_of(address)
        async with self.state.read() as tx:
            return {each.trigger: each for each in await tx.triggers.states([number])}
