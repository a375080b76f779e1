"""Somebody who is forgotten is nowhere in the state, and stays out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from connector.domain.changes import AttributeChange, Outcome
from connector.domain.contacts import Membership, Removal
from connector.domain.ledger import Inbound
from connector.domain.outbound import DeliveryState, Settlement
from connector.errors import NotFound
from connector.sync.forgetting.forget import finish_forgetting, forget
from connector.sync.records.forgotten import expunging
from connector.sync.records.ingest import (
    Ingested,
    ingest_contacts,
    ingest_events,
    ingest_memberships,
    ingest_removals,
)
from connector.sync.records.offline import take_over
from tests.builders import T, a_contact, an_event
from tests.conformance.world import offered
from tests.unit.sync.world import World

ADA = "ada@mail.example.com"
BOB = "bob@mail.example.com"


async def a_world() -> World:
    """Return a world that has synced Ada, who is on both platforms, and Bob."""
    world = World()
    ada, _ = world.crm.create(ADA, job="boss"), world.crm.create(BOB, job="cook")
    world.mail.create(ADA)
    world.happens(world.crm, ada)
    world.happens(world.mail, ADA)
    await world.sync()
    return world


async def read(world: World, *emails: str, remote_id: str = "m9", **fields: object) -> Ingested:
    """Take in a contact of the crm."""
    contact = a_contact(remote_id, *emails, **fields)
    async with world.state.write() as tx:
        return await ingest_contacts(tx, "crm", [contact], world.workspace.naming, T)


async def test_nothing_is_left_of_them_and_everything_of_others() -> None:
    world = await a_world()

    done = await forget(world.workspace, ADA)

    assert set(await world.scores()) == {BOB}
    assert {each.emails for each in await world.records()} == {(BOB,)}
    async with world.state.read() as tx:
        assert await tx.events.count() == 0
        assert await tx.scores.stages() == {"heat": {"cold": 1}}
        assert [row.email for row in await tx.outbox.list()] == [BOB]
    assert done.erased["persons"] == 1
    assert done.erased["records"] == 2
    assert done.erased["events"] == 2


async def test_it_tells_what_platforms_still_hold_and_names_nobody() -> None:
    world = await a_world()

    told: Any = (await forget(world.workspace, ADA)).to_json()

    assert [(each["platform"], each["records"]) for each in told["elsewhere"]] == [
        ("crm", 1),
        ("mail", 1),
    ]
    assert ADA not in str(told)


async def test_a_pull_from_the_start_does_not_bring_them_back() -> None:
    world = await a_world()
    await forget(world.workspace, ADA)
    async with world.state.write() as tx:
        for stream in ("contacts", "events"):
            for name in ("crm", "mail"):
                await tx.cursors.drop(name, stream)

    await world.sync()

    assert set(await world.scores()) == {BOB}
    async with world.state.read() as tx:
        assert await tx.events.count() == 0
        assert await tx.contacts.orphans() == {}


@pytest.mark.parametrize(
    ("emails", "fields"),
    [
        pytest.param((ADA,), {}, id="under another id"),
        pytest.param(("new@mail.example.com", ADA), {}, id="with another address"),
        pytest.param((), {"remote_id": "m1"}, id="without an address"),
        pytest.param((BOB,), {"merged_ids": ("m1",)}, id="merged into another record"),
    ],
)
async def test_whoever_carries_a_name_of_theirs_is_not_taken_in(
    emails: tuple[str, ...], fields: dict[str, object]
) -> None:
    world = await a_world()
    await forget(world.workspace, ADA)

    done = await read(world, *emails, **fields)  # type: ignore[arg-type]  # the case names fields

    assert (done.fresh, done.forgotten) == (0, 1)
    assert {each.emails for each in await world.records()} == {(BOB,)}


async def test_late_events_and_memberships_of_theirs_are_left_out() -> None:
    world = await a_world()
    await forget(world.workspace, ADA)
    events = [an_event("e1", "m1"), an_event("e2", ADA.upper()), an_event("e3", "m2")]
    items = [Membership(list_name="Hot", remote_id=each) for each in ("m1", "m2")]

    async with world.state.write() as tx:
        taken = await ingest_events(tx, "crm", events, T)
        news = await ingest_memberships(tx, "crm", items, {"Hot"})

    assert (taken, news) == (1, 1)
    async with world.state.read() as tx:
        assert await tx.contacts.orphans() == {}
        assert set(await tx.contacts.subjects("crm", ["m1", ADA.upper(), "m2"])) == {"m2"}


async def test_events_handed_over_under_any_name_of_theirs_are_left_out() -> None:
    world = await a_world()
    async with world.state.read() as tx:
        ada = await tx.contacts.find(ADA)
    assert ada is not None
    await forget(world.workspace, ADA)

    entries = [
        {"contact": name, "type": "email.opened", "occurred_at": "2026-01-01"}
        for name in (ADA, ada.key, "crm:m1", BOB)
    ]
    taken = await take_over(world.workspace, entries)

    assert (taken.stored, taken.unknown) == (1, 0)


async def test_somebody_unknown_is_remembered_all_the_same() -> None:
    world = World()

    done = await forget(world.workspace, ADA)

    assert not done.was_known
    assert (await read(world, ADA)).forgotten == 1


async def test_what_names_nobody_is_refused() -> None:
    world = World()

    with pytest.raises(NotFound, match="give an e-mail address"):
        await forget(world.workspace, "nobody at all")


async def test_events_that_wait_for_them_go_as_well() -> None:
    world = World()
    async with world.state.write() as tx:
        await ingest_events(tx, "crm", [an_event("e1", ADA), an_event("e2", BOB)], T)

    await forget(world.workspace, ADA)

    async with world.state.read() as tx:
        assert await tx.contacts.orphans() == {"crm": 1}


async def test_an_address_that_somebody_else_carries_now_stays_theirs() -> None:
    world = World()
    await read(world, ADA, remote_id="1")
    await read(world, "new@mail.example.com", remote_id="1", modified_at=T)
    await read(world, ADA, remote_id="2")

    await forget(world.workspace, "crm:1")

    assert {each.emails for each in await world.records()} == {(ADA,)}
    assert (await read(world, ADA, "more@mail.example.com", remote_id="2")).forgotten == 0
    assert (await read(world, "new@mail.example.com", remote_id="3")).forgotten == 1


async def test_whom_a_platform_erased_for_privacy_is_forgotten_everywhere() -> None:
    world = await a_world()
    removals = [Removal(remote_id="m1", erased=True)]

    async with world.state.write() as tx:
        await ingest_removals(tx, "crm", removals, world.workspace.naming, T)
    await world.sync()

    assert set(await world.scores()) == {BOB}
    assert (await read(world, ADA)).forgotten == 1


async def test_a_cycle_tells_how_many_a_platform_erased_for_privacy() -> None:
    world = await a_world()
    world.crm.removal_log.append(Removal(remote_id="m1", erased=True))
    world.clock.advance(timedelta(hours=1))

    first, second = await world.sync(), await world.sync()

    assert first.to_json()["erased"] == {"crm": 1}
    assert "erased" not in second.to_json()


async def test_whom_a_platform_merely_deleted_is_kept() -> None:
    world = await a_world()
    removals = [Removal(remote_id="m1")]

    async with world.state.write() as tx:
        await ingest_removals(tx, "crm", removals, world.workspace.naming, T)

    assert set(await world.scores()) == {ADA, BOB}


async def test_calls_that_wait_lose_what_is_about_them_and_keep_the_rest() -> None:
    world = await a_world()
    bodies = {"both": b'[{"id": "m1"}, {"id": "m2"}]', "hers": b'{"to": "%s"}' % ADA.encode()}
    calls = [
        Inbound(platform="crm", id=name, body=body, received_at=T) for name, body in bodies.items()
    ]
    async with world.state.write() as tx:
        await tx.inbound.add(calls)

    done = await forget(world.workspace, ADA)

    assert done.erased["calls"] == 2
    async with world.state.read() as tx:
        left = await tx.inbound.list()
    assert [(each.id, each.body) for each in left] == [("both", b'[{"id": "m2"}]')]


async def test_the_copy_is_looked_through_again_for_a_day() -> None:
    world = await a_world()
    await forget(world.workspace, ADA)
    async with world.state.read() as tx:
        before = await expunging(tx)

    world.clock.advance(timedelta(hours=25))
    await finish_forgetting(world.workspace)

    async with world.state.read() as tx:
        assert (len(before), await expunging(tx)) == (1, {})


async def test_what_was_being_written_when_they_were_erased_is_settled_for_nobody() -> None:
    world = await a_world()
    (row, _) = await world.outbound()
    await world.change_outbound(row, state=DeliveryState.PENDING)
    async with world.state.write() as tx:
        until = T + timedelta(hours=1)
        (leased,) = await tx.outbox.lease("crm", owner="x", now=T, until=until, limit=9)

    await forget(world.workspace, ADA)

    settlement = Settlement(
        row=leased, confirmed=leased.desired, adopted=frozenset(), state=DeliveryState.CLEAN
    )
    async with world.state.write() as tx:
        assert await tx.outbox.settle([settlement], now=T) == 0
    assert [each.email for each in await world.outbound()] == [BOB]


class ForgettingBob:
    """Writes attributes; Bob is forgotten when the first of them are written."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.writer = offered(world.platforms["crm"].attribute_writer)
        self.written: list[str | None] = []

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        if not self.written:
            await forget(self.world.workspace, BOB)
        self.written += [change.to.email for change in changes]
        return await self.writer.write_attributes(changes)

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        return await self.writer.read_attributes(remote_ids, names)


async def test_nothing_is_written_of_somebody_who_is_forgotten_during_a_push() -> None:
    world = World(capabilities={"attribute_batch": 1})
    for email in (ADA, BOB):
        world.crm.create(email, job="boss")
    writer = ForgettingBob(world)
    world.platforms["crm"].attribute_writer = writer

    await world.sync()

    assert writer.written == [ADA]
    assert set(await world.scores()) == {ADA}
