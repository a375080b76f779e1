"""A field that is not there, or not what it was, clears nothing on other platforms."""

from __future__ import annotations

from adapters.memory.account import Person
from connector.domain.values import FieldType
from connector.sync.summary import Summary
from tests.unit.sync.in_step import InStep, a_text, calls

AT_FIRST = a_text()
TOLD = (
    "attributes.job.mail: mail has no field `JOB`: nobody's `job` is read from there, and nothing "
    "is cleared (mend it there, or name another field)"
)
ELSEWHERE = a_text().replace("mail: JOB", "mail: ROLE")


async def a_cook(world: InStep) -> tuple[Person, Person]:
    """Return the records of a cook, which agree; who is a cook was typed in `mail`."""
    crm, mail = world.pair(mail="cook")
    await world.cycle()
    await world.cycle()
    assert crm.values["job"] == "cook"
    return crm, mail


def troubles(summary: Summary) -> list[str]:
    return [str(each) for each in summary.problems]


async def test_a_field_that_is_not_there_clears_nothing_and_is_told_at_every_run() -> None:
    world = InStep(AT_FIRST)
    crm, mail = await a_cook(world)
    del world.mail.fields["JOB"]
    world.edit(mail, JOB=None)

    told = [troubles(await world.cycle()) for _ in range(2)]

    assert crm.values["job"] == "cook"
    assert told == [[TOLD], [TOLD]]


async def test_a_field_that_is_misspelled_in_the_mapping_clears_nothing() -> None:
    world = InStep(AT_FIRST)
    crm, _ = await a_cook(world)
    world.configure(ELSEWHERE)

    done = await world.cycle()

    assert crm.values["job"] == "cook"
    assert "mail has no field `ROLE`" in "".join(troubles(done))


async def test_what_was_changed_while_a_field_was_misspelled_is_read_once_it_is_mended() -> None:
    world = InStep(AT_FIRST)
    crm, mail = await a_cook(world)
    world.configure(ELSEWHERE)
    await world.cycle()
    world.edit(mail, JOB="boss")
    await world.cycle()

    world.configure(AT_FIRST)
    done = await world.cycle()

    assert crm.values["job"] == "boss"
    assert troubles(done) == []


async def test_what_was_changed_while_a_field_was_away_is_read_once_it_is_back() -> None:
    world = InStep(AT_FIRST)
    crm, mail = await a_cook(world)
    field = world.mail.fields.pop("JOB")
    world.edit(mail, JOB=None)
    await world.cycle()
    world.edit(mail, JOB="boss")
    await world.cycle()

    world.mail.fields["JOB"] = field
    done = await world.cycle()

    assert crm.values["job"] == "boss"
    assert troubles(done) == []


async def test_a_field_that_was_made_anew_with_another_type_clears_nothing() -> None:
    world = InStep(AT_FIRST)
    crm, mail = await a_cook(world)
    world.has_field(world.mail, "JOB", FieldType.NUMBER)
    world.edit(mail, JOB=None)

    done = await world.cycle()

    assert crm.values["job"] == "cook"
    assert "the field `JOB` was a text and is a number" in "".join(troubles(done))


async def test_another_field_that_is_empty_clears_nothing_and_is_filled() -> None:
    world = InStep(AT_FIRST)
    crm, mail = await a_cook(world)
    world.has_field(world.mail, "ROLE")
    world.configure(ELSEWHERE)

    await world.cycle()
    quiet = await world.cycle()

    assert (crm.values["job"], mail.values["ROLE"]) == ("cook", "cook")
    assert calls(quiet) == 0


async def test_another_field_that_is_cleared_later_is_cleared_everywhere() -> None:
    world = InStep(AT_FIRST)
    crm, mail = await a_cook(world)
    world.has_field(world.mail, "ROLE")
    world.configure(ELSEWHERE)
    await world.cycle()
    await world.cycle()

    world.edit(mail, ROLE=None)
    await world.cycle()

    assert crm.values["job"] is None


async def test_a_value_that_is_there_is_believed_without_asking_for_fields() -> None:
    world = InStep(AT_FIRST)
    crm, mail = await a_cook(world)
    del world.mail.fields["JOB"]

    world.edit(mail, JOB="boss")
    done = await world.cycle(pushes=False)
    await world.cycle(pulls=False)

    assert crm.values["job"] == "boss"
    assert troubles(done) == []
