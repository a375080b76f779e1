"""What was decided for a record follows it when its person becomes another."""

from __future__ import annotations

from typing import Any

import pytest

from connector.domain.contacts import Removal
from connector.domain.ledger import Override
from connector.domain.outbound import INTERRUPTED, DeliveryState, Outbound
from tests.builders import T, a_contact, a_desired, an_outbound
from tests.unit.sync.intake import Intake


@pytest.fixture
def intake() -> Intake:
    return Intake()


async def rows_of(intake: Intake, platform: str = "mail") -> dict[str, Outbound]:
    async with intake.state.read() as tx:
        return {row.remote_id: row for row in await tx.outbox.list(platform=platform)}


async def write_to(intake: Intake, platform: str, remote_id: str, **fields: Any) -> None:  # noqa: ANN401 - any field
    contact = (await intake.person(f"{platform}:{remote_id}")).contact
    async with intake.state.write() as tx:
        row = an_outbound(contact, platform=platform, remote_id=remote_id, **fields)
        await tx.outbox.save([row])


async def override(intake: Intake, text: str, value: float, **fields: Any) -> None:  # noqa: ANN401 - any field
    contact = (await intake.person(text)).contact
    async with intake.state.write() as tx:
        given = {"score": "heat", "reason": "why", "made_at": T, **fields}
        await tx.scores.override(Override(contact=contact, value=value, **given))


async def overrides(intake: Intake) -> list[tuple[object, ...]]:
    async with intake.state.read() as tx:
        numbers = await tx.contacts.all_numbers()
        return (await tx.scores.overrides(numbers)).rows()


async def test_an_absorbed_persons_row_becomes_the_survivors(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.contacts("mail", a_contact("m", "b@x.org"))
    await write_to(intake, "mail", "m", confirmed=a_desired("Hot", HEAT="9"))

    await intake.contacts("mail", a_contact("m", "a@x.org"))

    row = (await rows_of(intake))["m"]
    assert row.contact == (await intake.person("a@x.org")).contact
    assert row.confirmed == a_desired("Hot", HEAT="9")
    assert row.revision == 2


async def test_of_two_rows_the_one_of_the_record_that_is_left_stays(intake: Intake) -> None:
    await intake.contacts("mail", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await write_to(intake, "mail", "1", confirmed=a_desired("Hot"))
    await write_to(intake, "mail", "2", confirmed=a_desired("Cold"))

    await intake.removals("mail", Removal(remote_id="1", merged_into="2"))

    rows = await rows_of(intake)
    person = await intake.person("b@x.org")
    assert rows.keys() == {"2"}
    assert (rows["2"].contact, rows["2"].confirmed) == (person.contact, a_desired("Cold"))


async def test_a_record_that_is_not_written_to_any_more_leaves_its_lists(intake: Intake) -> None:
    await intake.contacts("mail", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await write_to(intake, "mail", "1", confirmed=a_desired("Hot"))
    await write_to(intake, "mail", "2", confirmed=a_desired("Hot", HEAT="9"))

    await intake.contacts("mail", a_contact("2", "a@x.org"))

    rows = await rows_of(intake)
    assert rows["1"].contact == (await intake.person("a@x.org")).contact
    assert rows["2"].desired == a_desired(without=("Hot",))
    assert rows["2"].state is DeliveryState.PENDING


@pytest.mark.parametrize(
    "unseen",
    [{"last_error": INTERRUPTED}, {"state": DeliveryState.IN_FLIGHT}],
    ids=["crashed", "going on"],
)
async def test_lists_that_nobody_saw_us_put_a_record_in_are_left_with_it(
    intake: Intake, unseen: dict[str, object]
) -> None:
    await intake.contacts("mail", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await write_to(intake, "mail", "1", confirmed=a_desired("Hot"))
    await write_to(intake, "mail", "2", desired=a_desired("Hot"), is_urgent=True, **unseen)

    await intake.contacts("mail", a_contact("2", "a@x.org"))

    left = (await rows_of(intake))["2"]
    assert left.confirmed.lists == {"Hot": True}
    assert left.desired.lists == {"Hot": False}
    # Written beside a push that has it in hand, it might be done before what that does.
    assert not left.is_urgent


async def test_a_record_that_was_left_and_is_gone_is_written_to_no_more(intake: Intake) -> None:
    await intake.contacts("mail", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await write_to(intake, "mail", "1", confirmed=a_desired("Hot"))
    await write_to(intake, "mail", "2", confirmed=a_desired("Hot"))
    await intake.contacts("mail", a_contact("2", "a@x.org"))

    await intake.removals("mail", Removal(remote_id="2"))

    assert (await rows_of(intake)).keys() == {"1"}


async def test_a_person_split_off_takes_their_row_along(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.contacts("mail", a_contact("m", "a@x.org"))
    await write_to(intake, "mail", "m", confirmed=a_desired("Hot"))
    await write_to(intake, "crm", "1", confirmed=a_desired("Top"))

    await intake.contacts("mail", a_contact("m", "b@x.org"))

    row = (await rows_of(intake))["m"]
    assert row.contact == (await intake.person("b@x.org")).contact
    assert row.confirmed == a_desired("Hot")
    assert (await rows_of(intake, "crm"))["1"].contact == (await intake.person("a@x.org")).contact


async def test_two_persons_may_swap_their_records(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await intake.contacts("mail", a_contact("3", "a@x.org"), a_contact("4", "b@x.org"))
    await write_to(intake, "mail", "3", confirmed=a_desired("Hot"))
    await write_to(intake, "mail", "4", confirmed=a_desired("Cold"))

    await intake.contacts("mail", a_contact("3", "b@x.org"), a_contact("4", "a@x.org"))

    rows = await rows_of(intake)
    for remote_id, address, lists in (("3", "b@x.org", "Hot"), ("4", "a@x.org", "Cold")):
        assert rows[remote_id].contact == (await intake.person(address)).contact
        assert rows[remote_id].confirmed == a_desired(lists)


async def test_an_absorbed_persons_override_stays_in_force(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.contacts("mail", a_contact("m", "b@x.org"))
    await override(intake, "b@x.org", 77)

    await intake.contacts("mail", a_contact("m", "a@x.org"))

    assert await overrides(intake) == [((await intake.person("a@x.org")).contact, "heat", 77.0)]


async def test_the_survivors_own_override_wins(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.contacts("mail", a_contact("m", "b@x.org"))
    await override(intake, "a@x.org", 11)
    await override(intake, "b@x.org", 77)

    await intake.contacts("mail", a_contact("m", "a@x.org"))

    assert [value for _, _, value in await overrides(intake)] == [11.0]
