"""An edit of the attributes reaches persons who were mapped before it."""

from __future__ import annotations

from dataclasses import replace

from connector.sync.pulling.remap import remap
from connector.sync.records.ingest import ingest_contacts
from connector.sync.records.joining import Naming
from tests.builders import T, a_contact
from tests.unit.sync.world import TEXT, World

PREFER_CRM = TEXT.replace("mail: JOB}", "mail: JOB, prefer: crm}")
PREFER_MAIL = TEXT.replace("mail: JOB}", "mail: JOB, prefer: mail}")
OTHER_ORDER = TEXT.replace(
    "  crm: {adapter: memory}\n  mail: {adapter: memory}\n",
    "  mail: {adapter: memory}\n  crm: {adapter: memory}\n",
)


async def a_world() -> World:
    """Return a world with a person on both platforms, scored, and their job in dispute."""
    world = World()
    naming = Naming(attributes=world.configuration.attributes, order=("crm", "mail"))
    in_crm = a_contact("1", "a@x.org", attributes={"job": "boss"})
    in_mail = a_contact("m", "b@x.org", "a@x.org", attributes={"JOB": "cook"})
    async with world.state.write() as tx:
        await ingest_contacts(tx, "crm", [in_crm], naming, T)
        await ingest_contacts(tx, "mail", [in_mail], naming, T)
    await world.sync(pulls=False, pushes=False)
    return world


async def job_and_address(world: World) -> tuple[object, str | None]:
    async with world.state.read() as tx:
        (person,) = (await tx.contacts.persons(await tx.contacts.all_numbers())).values()
    return person.attributes.get("job"), person.email


async def test_without_an_edit_nobody_is_looked_at() -> None:
    world = await a_world()

    assert await remap(world.workspace) == 0
    assert await world.stale() == set()


async def test_a_preference_decides_anew_and_makes_its_persons_stale() -> None:
    world = await a_world()
    world.configure(PREFER_MAIL)

    assert await remap(world.workspace) == 1

    assert (await job_and_address(world))[0] == "cook"
    assert await world.stale()
    assert await remap(world.workspace) == 0


async def test_an_edit_that_changes_nobody_makes_nobody_stale() -> None:
    world = await a_world()
    world.configure(PREFER_CRM)
    await world.sync(pulls=False, pushes=False)

    world.configure(TEXT)

    assert await remap(world.workspace) == 0


async def test_the_order_of_platforms_decides_ties_and_the_address_that_is_shown() -> None:
    world = await a_world()
    assert await job_and_address(world) == ("boss", "a@x.org")
    world.configure(OTHER_ORDER)

    assert await remap(world.workspace) == 1

    assert await job_and_address(world) == ("cook", "b@x.org")


async def test_values_of_removed_records_count_only_when_there_is_no_other() -> None:
    world = await a_world()
    async with world.state.write() as tx:
        (record,) = (await tx.contacts.records("mail", ["m"])).values()
        await tx.contacts.save_records([replace(record, removed_at=T)])
    world.configure(PREFER_MAIL)

    await remap(world.workspace)

    assert (await job_and_address(world))[0] == "boss"
