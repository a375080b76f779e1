"""The winning value of an attribute is copied to the platforms that shall show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.memory.faults import Fault
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import AttributeChange, Outcome
from connector.domain.outbound import DeliveryState
from connector.domain.values import FieldType
from connector.sync.deciding.rescore import rescore
from connector.sync.pulling.pull import pull
from connector.sync.pushing.push import push, take_back
from tests.unit.sync.in_step import HOUR, InStep, a_text, calls

MINUTE = timedelta(minutes=1)
HEAT = """
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {}}
targets: {mail: {attributes: {HEAT: heat}}}
"""


async def test_the_newest_value_is_copied_in_both_directions() -> None:
    world = InStep()
    crm, mail = world.pair(crm="cook")

    await world.cycle()
    assert mail.values["JOB"] == "cook"

    world.edit(mail, JOB="boss")
    await world.cycle()
    assert crm.values["job"] == "boss"


async def test_the_preferred_platform_wins_over_what_is_newer() -> None:
    world = InStep(a_text(job="sync: [mail], prefer: crm"))
    crm, mail = world.pair(crm="cook", mail="boss")

    world.edit(mail, JOB="clerk")
    await world.cycle()

    assert (crm.values["job"], mail.values["JOB"]) == ("cook", "cook")


async def test_only_the_platforms_that_are_named_are_written() -> None:
    world = InStep(a_text(job="sync: [mail]"))
    crm, mail = world.pair(crm="cook")
    await world.cycle()

    world.edit(mail, JOB="boss")
    done = await world.cycle()

    assert (crm.values["job"], mail.values["JOB"]) == ("cook", "boss")
    assert calls(done) == 0


async def test_what_a_platform_shows_already_is_not_written() -> None:
    world = InStep()
    world.pair(crm="cook", mail="cook")

    done = await world.cycle()

    assert calls(done) == 0
    assert await world.outbound("mail") == []


async def test_our_own_write_causes_no_work_whatever_date_it_is_given() -> None:
    world = InStep()
    world.pair(crm="cook")
    await world.cycle()

    for _ in range(2):
        world.clock.advance(HOUR)
        for account in world.accounts.values():
            for person in account.people.values():
                account.touch(person)
        await world.sync(scores=False, pushes=False)
        assert await world.stale() == set()
        assert calls(await world.cycle()) == 0


async def test_a_copy_is_never_newer_than_its_origin() -> None:
    world = InStep()
    crm, mail = world.pair(crm="cook")
    await world.cycle()
    world.mail.touch(mail)
    crm.values["job"] = "boss"
    crm.modified_at = world.now - MINUTE
    world.crm.changed.append(crm.id)

    await world.cycle()

    assert mail.values["JOB"] == "boss"


async def test_a_copy_whose_answer_was_lost_is_not_newer_either() -> None:
    world = InStep()
    crm, mail = world.pair(crm="cook")
    await world.sync(pushes=False)
    world.clock.advance(HOUR)
    world.play(world.mail, Fault.CUT_ANSWER, Fault.UNAVAILABLE, Fault.ACCESS_REFUSED)
    await world.sync(pulls=False)
    assert mail.values["JOB"] == "cook"

    crm.values["job"] = "boss"
    crm.modified_at = world.now - MINUTE
    world.crm.changed.append(crm.id)
    world.mail.faults.clear()
    await world.cycle()

    assert (crm.values["job"], mail.values["JOB"]) == ("boss", "boss")


@pytest.mark.parametrize("is_decided_in_flight", [False, True])
async def test_a_copy_that_was_written_before_a_crash_is_no_news_once_another_is_decided(
    is_decided_in_flight: bool,
) -> None:
    world = InStep()
    crm, mail = world.pair(crm="cook")
    await world.sync(pushes=False)
    world.clock.advance(HOUR)
    async with world.state.write() as tx:
        until = world.now + HOUR
        await tx.outbox.lease("mail", owner="dead", now=world.now, until=until, limit=1)
    mail.values["JOB"] = "cook"
    world.mail.touch(mail)
    crm.values["job"] = "boss"
    crm.modified_at = world.now - MINUTE
    world.crm.changed.append(crm.id)

    async def decide() -> None:
        await pull(world.workspace, "crm")
        await rescore(world.workspace, world.now)

    async def start_again() -> None:
        async with world.state.write() as tx:
            await take_back(tx)

    for step in (decide, start_again) if is_decided_in_flight else (start_again, decide):
        await step()
    await world.cycle()

    assert (crm.values["job"], mail.values["JOB"]) == ("boss", "boss")


async def test_a_value_is_no_copy_because_it_was_written_over_itself() -> None:
    world = InStep(a_text(city="type: text, crm: city"))
    crm, mail = world.pair(crm="cook")
    await world.cycle()
    world.edit(mail, JOB="boss")
    await world.sync(pushes=False)
    async with world.state.write() as tx:
        (row,) = await tx.outbox.list(platform="mail")
        # As a write leaves it that was under way when the new value was seen.
        confirmed = replace(row.confirmed, attributes={"JOB": "cook"})
        await tx.outbox.save([replace(row, confirmed=confirmed, state=DeliveryState.PENDING)])
    await push(world.workspace, "mail")

    world.edit(crm, city="Paris")
    await world.cycle()

    assert (crm.values["job"], mail.values["JOB"]) == ("boss", "boss")


async def test_an_edit_that_is_seen_while_its_record_is_written_is_not_written_back() -> None:
    world = InStep(a_text(rest=HEAT))
    crm, mail = world.pair(crm="cook")
    await world.cycle()
    world.happens(world.mail, mail)
    await world.sync(pushes=False)
    written: list[str] = []

    class Edited(MemoryWriter):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            written.extend(name for each in changes for name in each.values)
            outcomes = await super().write_attributes(changes)
            if len(written) == 1:
                world.edit(mail, JOB="boss")
                await pull(world.workspace, "mail")
                await rescore(world.workspace, world.now)
            return outcomes

    world.platforms["mail"].attribute_writer = Edited(world.mail)
    await push(world.workspace, "mail")
    await world.cycle()

    assert written == ["HEAT"]
    assert (crm.values["job"], mail.values["JOB"]) == ("boss", "boss")


async def test_what_was_cleared_where_it_came_from_is_cleared_everywhere() -> None:
    world = InStep()
    crm, mail = world.pair(crm="cook")
    await world.cycle()

    world.edit(crm, job=None)
    await world.cycle()
    assert mail.values["JOB"] is None

    assert calls(await world.cycle()) == 0


async def test_a_field_that_was_never_filled_clears_nothing() -> None:
    world = InStep(a_text(job="sync: [mail], prefer: crm"))
    _, mail = world.pair(mail="cook")

    await world.cycle()

    assert mail.values["JOB"] == "cook"


async def test_a_value_that_cannot_be_read_is_not_taken_for_cleared() -> None:
    world = InStep(a_text(age="type: number, crm: age, mail: AGE, sync: [crm, mail]"))
    world.has_field(world.crm, "age", FieldType.NUMBER)
    world.has_field(world.mail, "AGE", FieldType.NUMBER)
    crm, mail = world.pair()
    world.edit(crm, age=41)
    await world.cycle()

    world.edit(crm, age="forty")
    await world.cycle()

    assert (crm.values["age"], mail.values["AGE"]) == (41.0, 41.0)


async def test_what_the_preferred_platform_cleared_may_be_filled_in_elsewhere() -> None:
    world = InStep(a_text(job="sync: [crm, mail], prefer: crm"))
    crm, mail = world.pair(crm="cook")
    await world.cycle()
    world.edit(crm, job=None)
    await world.cycle()

    world.edit(mail, JOB="boss")
    await world.cycle()

    assert crm.values["job"] == "boss"


async def test_whoever_is_excluded_is_left_as_they_are() -> None:
    world = InStep(a_text(rest="contacts: {exclude: \"job = 'cook'\"}\n"))
    _, mail = world.pair(crm="cook")

    await world.cycle()

    assert mail.values.get("JOB") is None


async def test_a_change_that_was_not_decided_upon_is_not_written_over() -> None:
    world = InStep()
    crm, mail = world.pair(crm="cook", mail="clerk")
    world.edit(crm, job="boss")
    await world.cycle(pushes=False)

    world.edit(mail, JOB="chef")
    await world.cycle(scores=False, pushes=False)
    await world.cycle(pulls=False, scores=False)
    assert mail.values["JOB"] == "chef"

    await world.cycle()
    assert (crm.values["job"], mail.values["JOB"]) == ("chef", "chef")


async def test_a_platform_may_spell_a_copy_in_its_own_way() -> None:
    world = InStep(a_text(since="type: datetime, crm: since, mail: SINCE, sync: [crm, mail]"))
    world.has_field(world.crm, "since", FieldType.DATETIME)
    world.has_field(world.mail, "SINCE", FieldType.DATETIME)
    crm, mail = world.pair()
    at = datetime(2026, 1, 2, 10, 30, tzinfo=UTC)
    world.edit(crm, since=at)
    await world.cycle()
    mail.values["SINCE"] = at.replace(hour=0, minute=0)

    quiet = [await world.cycle() for _ in range(2)]
    world.mail.touch(mail)
    quiet += [await world.cycle() for _ in range(2)]

    assert [calls(each) for each in quiet] == [0, 0, 0, 0]
    assert (crm.values["since"], mail.values["SINCE"].hour) == (at, 0)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "value", "spelled"),
    [
        ("datetime", datetime(2026, 1, 2, 15, 30, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
        ("number", 12.345678, 12.35),
        ("text", "Warm", "warm"),
    ],
    ids=["day", "rounded", "case"],
)
async def test_a_copy_is_no_news_however_it_is_spelled_when_the_record_was_changed_meanwhile(
    kind: str, value: object, spelled: object
) -> None:
    world = InStep(a_text(it=f"type: {kind}, crm: it, mail: IT, sync: [crm, mail]"))
    world.has_field(world.crm, "it", FieldType(kind))
    world.has_field(world.mail, "IT", FieldType(kind))
    crm, mail = world.pair()
    world.edit(crm, it=value)
    await world.cycle()
    mail.values["IT"] = spelled
    world.edit(mail, after=5 * MINUTE, EMAIL="a@x.org")

    quiet = [await world.cycle() for _ in range(3)]

    assert [calls(each) for each in quiet] == [0, 0, 0]
    assert (crm.values["it"], mail.values["IT"]) == (value, spelled)


async def test_a_copy_that_was_read_back_may_be_corrected_in_its_spelling() -> None:
    world = InStep()
    crm, mail = world.pair(crm="mcdonald")
    await world.cycle()
    await world.cycle()

    world.edit(mail, JOB="McDonald")
    await world.cycle()

    assert crm.values["job"] == "McDonald"


async def test_small_moves_of_numbers_are_copied_whatever_is_worth_writing_of_ours() -> None:
    text = a_text(
        age="type: number, crm: age, mail: AGE, sync: [mail]",
        rest="targets: {mail: {write_when: {change_of: 5}}}\n",
    )
    world = InStep(text)
    world.has_field(world.crm, "age", FieldType.NUMBER)
    world.has_field(world.mail, "AGE", FieldType.NUMBER)
    crm, mail = world.pair()
    world.edit(crm, age=41)
    await world.cycle()

    world.edit(crm, age=42)
    await world.cycle()

    assert mail.values["AGE"] == 42.0


async def test_a_folder_of_ours_is_told_what_wins() -> None:
    world = InStep(a_text(job="sync: [mail]"), is_ours=True)
    crm, _ = world.pair(crm="cook", mail="clerk")
    world.edit(crm, job="boss")

    written = await world.cycle()
    quiet = await world.cycle()

    assert (calls(written), calls(quiet)) == (1, 0)
    (row,) = await world.outbound("mail")
    assert row.confirmed.attributes == {"JOB": "boss"}
