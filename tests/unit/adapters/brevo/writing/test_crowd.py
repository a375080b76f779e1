"""Of all contacts of an account those are met who are looked for, in as few requests as can be."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from adapters.brevo.account import Row
from adapters.brevo.simulator.people import Person
from adapters.brevo.writing.crowd import Crowd
from adapters.simulation.faults import Fault
from connector.errors import PlatformUnavailable
from tests.unit.adapters.brevo.canned import Canned, contact_row
from tests.unit.adapters.brevo.writing.mail import Mail

PAGE = 100
"""Rows of a page. Each but the first begins with the last row of the one before."""
READ = "GET /v3/contacts"


@pytest.fixture
def crowd(mail: Mail) -> Crowd:
    return Crowd(account=mail.way, page_rows=PAGE)


async def met(crowd: Crowd, people: Iterable[Person]) -> set[int]:
    """Return the numbers of whoever of these was met, each of them once."""
    numbers: list[int] = []

    def note(remote_id: str, row: Row) -> None:
        assert str(row["id"]) == remote_id
        numbers.append(int(remote_id))

    assert await crowd.meet([str(each.id) for each in people], note) == {}
    assert len(numbers) == len(set(numbers))
    return set(numbers)


async def test_many_are_met_by_a_walk_that_ends_with_the_last_of_them(
    mail: Mail, crowd: Crowd
) -> None:
    people = mail.people(892)

    assert await met(crowd, people[:595]) == {each.id for each in people[:595]}

    assert mail.asked("GET") == 6


async def test_few_are_asked_for_by_their_ids(mail: Mail, crowd: Crowd) -> None:
    people = mail.people(892)

    assert await met(crowd, people[70:90]) == {each.id for each in people[70:90]}

    assert mail.asked("GET") == 1


async def test_some_are_asked_for_by_their_ids_once_it_is_known_how_long_a_walk_is(
    mail: Mail, crowd: Crowd
) -> None:
    people = mail.people(892)

    assert await met(crowd, people[400:440]) == {each.id for each in people[400:440]}

    assert mail.asked("GET") == 1 + 2


async def test_the_next_part_of_a_push_is_met_where_the_last_one_ended(
    mail: Mail, crowd: Crowd
) -> None:
    people = mail.people(892)
    parts = [people[:298], people[298:595], people[595:]]

    for part in parts:
        assert await met(crowd, part) == {each.id for each in part}

    # Each part but the first begins with the page in which the one before it ended.
    assert mail.asked("GET") == 3 + 4 + 4


async def test_whoever_is_before_where_the_last_one_ended_is_met_as_well(
    mail: Mail, crowd: Crowd
) -> None:
    people = mail.people(892)
    await met(crowd, people[298:595])

    assert await met(crowd, people) == {each.id for each in people}


async def test_whoever_is_there_all_the_time_is_met_though_others_are_deleted(
    mail: Mail, crowd: Crowd
) -> None:
    people = mail.people(892)
    await met(crowd, people[298:595])
    for each in (*people[5:9], *people[550:583], *people[850:855]):
        mail.account.remove(each)
    left = [each for each in people if each.id in mail.account.people.by_id]

    assert await met(crowd, people) == {each.id for each in left}


async def test_whoever_is_not_there_is_not_met(mail: Mail, crowd: Crowd) -> None:
    people = mail.people(892)
    gone = people[::2]
    for each in gone:
        mail.account.remove(each)

    assert await met(crowd, people) == {each.id for each in people[1::2]}


async def test_of_whom_it_is_not_known_is_told_apart_from_who_is_gone(
    mail: Mail, crowd: Crowd
) -> None:
    people = mail.people(2_000)
    asked = people[1_000:1_100]
    mail.account.remove(asked[99])
    numbers: list[str] = []
    await met(crowd, people[:1])
    crowd.total = len(people)
    mail.simulator.faults.play(Fault.SERVER_ERROR, on=READ)

    unknown = await crowd.meet(
        [str(each.id) for each in asked], lambda remote_id, _: numbers.append(remote_id)
    )

    assert (len(unknown), len(numbers)) == (20, 79)
    assert all(isinstance(each, PlatformUnavailable) for each in unknown.values())


async def test_whoever_was_not_asked_for_is_not_handed_over() -> None:
    canned = Canned(lambda _: (200, contact_row(8)))
    numbers: list[str] = []

    await Crowd(account=canned.account()).meet(["7"], lambda each, _: numbers.append(each))

    assert (len(canned.asked), numbers) == (1, [])
