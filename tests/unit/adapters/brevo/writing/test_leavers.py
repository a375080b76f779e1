"""Who unsubscribed from a list is known in as few requests as can be, and never put back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.brevo.simulator.people import Person
from adapters.brevo.writing.leavers import LASTS, Leavers
from adapters.brevo.writing.lists import BrevoListWriter
from connector.domain.changes import Outcome
from tests.unit.adapters.brevo.writing.mail import Mail, joining, scores

BATCH = 150


@pytest.fixture
def hot(mail: Mail) -> int:
    mail.account.unsubscribes_by_list = True
    return mail.account.lists.add("Hot").id


async def added(mail: Mail, people: Sequence[Person], name: str = "Hot") -> list[Outcome]:
    """Add people in batches, as a push does."""
    outcomes: list[Outcome] = []
    for start in range(0, len(people), BATCH):
        batch = [joining(each, name) for each in people[start : start + BATCH]]
        outcomes += await mail.list_writer.write_lists(batch)
    return outcomes


def leave(mail: Mail, person: Person, *lists: int) -> None:
    """Let somebody unsubscribe from lists."""
    mail.account.people.change(person, lambda: person.left_ids.update(lists), mail.clock.now())


def refused(people: Sequence[Person], outcomes: Sequence[Outcome]) -> list[Person]:
    return [each for each, outcome in zip(people, outcomes, strict=True) if outcome.error]


def reads(mail: Mail) -> int:
    """Return how many requests asked for contacts."""
    return sum(each.path == "/v3/contacts" for each in mail.simulator.trace)


async def test_many_are_looked_at_by_the_page(mail: Mail, hot: int) -> None:
    people = mail.people(2_400)
    leave(mail, people[7], hot)
    leave(mail, people[1_801], hot)

    outcomes = await added(mail, people[:1_950])

    assert refused(people[:1_950], outcomes) == [people[7], people[1_801]]
    assert reads(mail) == 3


async def test_of_an_account_that_is_too_large_they_are_asked_for_until_a_walk_is_less(
    mail: Mail, hot: int
) -> None:
    leavers = Leavers(account=mail.way, page_rows=100)
    mail.list_writer = BrevoListWriter(mail.way, mail.lists, leavers)
    people = mail.people(1_485)
    leave(mail, people[1_201], hot)

    outcomes = await added(mail, people)

    assert refused(people, outcomes) == [people[1_201]]
    # A page shows a hundred of the first batch, and that two batches take less by their ids.
    assert reads(mail) == 1 + 3 + 8 + 15


async def test_a_few_are_asked_for_by_their_ids(mail: Mail, hot: int) -> None:
    people = mail.people(20)
    leave(mail, people[3], hot)

    outcomes = await added(mail, people)

    assert refused(people, outcomes) == [people[3]]
    (request,) = [each for each in mail.simulator.trace if each.path == "/v3/contacts"]
    assert "ids" in str(request)


async def test_whoever_unsubscribes_once_they_were_added_is_not_put_back(
    mail: Mail, hot: int
) -> None:
    people = mail.people(300)
    await added(mail, people)
    leave(mail, people[5], hot)

    outcomes = await added(mail, people)

    assert refused(people, outcomes) == [people[5]]


async def test_a_page_is_not_believed_for_long(mail: Mail, hot: int) -> None:
    people = mail.people(600)
    await added(mail, people[:300])
    leave(mail, people[400], hot)
    mail.clock.advance(LASTS + timedelta(seconds=1))

    outcomes = await added(mail, people[300:])

    assert refused(people[300:], outcomes) == [people[400]]


async def test_one_walk_is_enough_for_several_lists(mail: Mail, hot: int) -> None:
    warm = mail.account.lists.add("Warm")
    people = mail.people(600)
    leave(mail, people[9], hot, warm.id)

    both = [await added(mail, people, name) for name in ("Hot", "Warm")]

    assert [refused(people, each) for each in both] == [[people[9]]] * 2
    assert reads(mail) == 1


async def test_whoever_came_after_the_walk_is_asked_for(mail: Mail, hot: int) -> None:
    people = mail.people(300)
    await added(mail, people)
    late = mail.person("late")
    leave(mail, late, hot)

    (outcome,) = await added(mail, [late])

    assert outcome.error is not None


async def test_what_an_import_was_read_back_with_is_enough(bulk: Mail) -> None:
    bulk.account.unsubscribes_by_list = True
    hot = bulk.account.lists.add("Hot")
    people = bulk.people(450)
    leave(bulk, people[44], hot.id)
    await bulk.writer.write_attributes(scores(people))
    before = reads(bulk)

    outcomes = await added(bulk, people)

    assert refused(people, outcomes) == [people[44]]
    assert reads(bulk) == before
