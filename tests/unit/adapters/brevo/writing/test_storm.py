"""Every tenth request goes wrong in some way, and the end is the same."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

import pytest

from connector.domain.changes import AttributeChange, ListChange, Outcome
from connector.errors import PlatformError
from tests.unit.adapters.brevo.writing.mail import Mail, joining, scores

ROUNDS = 40


async def written(mail: Mail, changes: Sequence[AttributeChange]) -> int:
    """Write as the core does, again whatever was not seen to be done; return the rounds."""
    left = list(changes)
    for number in range(ROUNDS):
        outcomes = await tried(mail.writer.write_attributes(left), len(left))
        left = [each for each, outcome in zip(left, outcomes, strict=True) if outcome.error]
        if not left:
            return number
    return ROUNDS


async def moved(mail: Mail, changes: Sequence[ListChange]) -> int:
    """Move as the core does; return the rounds."""
    left = list(changes)
    for number in range(ROUNDS):
        outcomes = await tried(mail.list_writer.write_lists(left), len(left))
        left = [each for each, outcome in zip(left, outcomes, strict=True) if outcome.error]
        if not left:
            return number
    return ROUNDS


async def tried(work: Awaitable[Sequence[Outcome]], count: int) -> Sequence[Outcome]:
    """Return what became of each; what is raised is said of all."""
    try:
        return await work
    except PlatformError as error:
        return [Outcome(error=error)] * count


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bulk_from", [10, 1_000])
async def test_every_value_and_every_member_arrives(bulk_from: int, seed: int) -> None:
    mail = Mail(bulk_from=bulk_from)
    people = mail.people(150)
    hot = mail.account.lists.add("Hot")
    mail.simulator.faults.storm(10, seed=seed)

    rounds = await written(mail, scores(people))
    rounds += await moved(mail, [joining(each, "Hot") for each in people])

    assert rounds < ROUNDS
    assert [each.values["SCORE"] for each in people] == [each.id for each in people]
    assert set(hot.members) == {each.id for each in people}
    assert len(mail.account.people) == 150
