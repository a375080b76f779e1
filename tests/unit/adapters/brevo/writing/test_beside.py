"""Imports beside one another, as those of one push beside another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from adapters.brevo.lists import FOLDER, IMPORT_LIST
from adapters.brevo.simulator.people import Person
from adapters.simulation.faults import Fault
from connector.domain.changes import Outcome
from connector.errors import ContactGone, PlatformUnavailable
from tests.conformance.world import Unhurried
from tests.unit.adapters.brevo.writing.mail import (
    Mail,
    errors,
    scored,
    scores,
    with_process,
)


@pytest.fixture
def bulk() -> Mail:
    """Return an account where five changes are many, and whose answers let others go first."""
    return Mail(bulk_from=5, budget=Unhurried())


async def _later(mail: Mail, people: Sequence[Person], turns: int) -> Sequence[Outcome]:
    """Write scores once the others had so many turns."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return await mail.writer.write_attributes(scores(people))


@pytest.mark.parametrize("turns", range(0, 16, 2))
async def test_each_is_read_back_by_the_call_that_sent_it(bulk: Mail, turns: int) -> None:
    people = bulk.people(16)
    gone = iter([people[3], people[11]])
    with_process(bulk, lambda _: bulk.account.remove(next(gone)))

    first, second = await asyncio.gather(
        _later(bulk, people[:8], 0), _later(bulk, people[8:], turns)
    )

    expected = [ContactGone if place == 3 else None for place in range(8)]
    assert (errors(first), errors(second)) == (expected, expected)
    assert all("removed again" in str(each[3].error) for each in (first, second))
    assert scored(people) == [place for place in range(16) if place not in {3, 11}]
    assert len(bulk.account.people) == 14


async def test_one_that_could_not_be_read_back_is_by_one_of_those_that_follow(bulk: Mail) -> None:
    people = bulk.people(24)
    gone = iter([people[3]])

    def lose(_: object) -> None:
        for each in gone:
            bulk.account.remove(each)
            bulk.simulator.faults.play(*[Fault.UNAVAILABLE] * 5, on="GET /v3/contacts")

    with_process(bulk, lose)

    with pytest.raises(PlatformUnavailable):
        await bulk.writer.write_attributes(scores(people[:8]))
    found = await asyncio.gather(
        *(bulk.writer.write_attributes(scores(each)) for each in (people[8:16], people[16:]))
    )

    assert [errors(each) for each in found] == [[None] * 8] * 2
    assert len(bulk.account.people) == 23


async def test_they_share_one_list(bulk: Mail) -> None:
    people = bulk.people(16)

    await asyncio.gather(_later(bulk, people[:8], 0), _later(bulk, people[8:], 0))

    lists = bulk.account.lists
    assert [each.name for each in lists.by_id.values()] == [IMPORT_LIST]
    assert list(lists.folders.values()).count(FOLDER) == 1
