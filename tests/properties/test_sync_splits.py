"""However persons were merged and parted, they are who they would be if told of today alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.contacts import Contact, Removal
from tests.builders import a_contact
from tests.unit.sync.intake import Intake

ADDRESSES = [f"{each}@x.org" for each in "abcd"]
MAIL = [a_contact(str(each), address) for each, address in enumerate(ADDRESSES)]


@dataclass
class Crm:
    """Contacts by id, each with its addresses; no two have one in common."""

    carried: dict[str, tuple[str, ...]]
    merged: dict[str, tuple[str, ...]] = field(default_factory=dict)
    made: int = 10

    def contact(self, remote_id: str) -> Contact:
        merged = self.merged.get(remote_id, ())
        return a_contact(remote_id, *self.carried[remote_id], merged_ids=merged)

    def merge(self, winner: str, loser: str) -> Removal:
        self.carried[winner] += self.carried.pop(loser)
        self.merged[winner] = (*self.merged.get(winner, ()), loser, *self.merged.pop(loser, ()))
        return Removal(remote_id=loser, merged_into=winner)

    def part(self, of: str, into: str | None) -> str:
        """Move the last address of a contact to another one, or to one made for it."""
        *kept, moved = self.carried[of]
        self.carried[of] = tuple(kept)
        if into is None:
            # As text such ids come before some of the others.
            self.made += 1
            into = str(self.made)
        self.carried[into] = (*self.carried.get(into, ()), moved)
        return into


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_merges_and_splits_leave_who_there_is_today(told: st.DataObject) -> None:
    asyncio.run(_compare(told))


async def _compare(told: st.DataObject) -> None:
    crm = Crm({str(each): (address,) for each, address in enumerate(ADDRESSES, start=1)})
    intake = Intake()
    await intake.contacts("crm", *map(crm.contact, crm.carried))
    await intake.contacts("mail", *MAIL)

    for _ in range(told.draw(st.integers(1, 6), label="steps")):
        await _step(crm, intake, told)

    anew = Intake()
    await anew.contacts("mail", *MAIL)
    await anew.contacts("crm", *map(crm.contact, crm.carried))
    assert await _living(intake) == await _living(anew)


async def _step(crm: Crm, intake: Intake, told: st.DataObject) -> None:
    """Let the people of the CRM do something, and tell of it in any order."""
    one = told.draw(st.sampled_from(sorted(crm.carried)), label="one")
    others = sorted(crm.carried.keys() - {one})
    news: list[str | Removal]
    if len(crm.carried[one]) > 1 and told.draw(st.booleans(), label="is parted"):
        into = told.draw(st.none() | st.sampled_from(others) if others else st.none())
        news = [one, crm.part(one, into)]
    elif others:
        news = [one, crm.merge(one, told.draw(st.sampled_from(others), label="loser"))]
    else:
        return
    for each in told.draw(st.permutations(news), label="order"):
        if isinstance(each, Removal):
            await intake.removals("crm", each)
        else:
            await intake.contacts("crm", crm.contact(each))


async def _living(intake: Intake) -> set[frozenset[str]]:
    async with intake.state.read() as tx:
        numbers = await tx.contacts.all_numbers()
        records = await tx.contacts.records_of(numbers)
    return {
        frozenset(
            f"{each.platform}:{each.remote_id}"
            for each in records
            if each.contact == number and each.removed_at is None
        )
        for number in numbers
    }
