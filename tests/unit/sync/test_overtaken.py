"""A page that was read before something newer was stored tells of the past."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.reading import MemoryReader
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import AttributeChange, ListChange, Outcome
from connector.domain.contacts import Contact, Reading, Removal
from connector.domain.outbound import INTERRUPTED
from connector.domain.pages import Cursor, Page
from connector.errors import PlatformError, PlatformUnavailable, RightMissing
from connector.ports.platform import ContactSource
from connector.sync.pulling.pull import pull
from connector.sync.pushing.push import push
from connector.sync.records.ingest import ingest_contacts, ingest_removals
from state.memory.database import MemoryState
from tests.builders import a_contact
from tests.unit.sync.in_step import HOUR, InStep, a_text

SECOND = timedelta(seconds=1)
TARGETS = """
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {}}
targets:
  mail: {on_drift: keep, attributes: {HEAT: heat}}
"""


LISTED = """
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {}}
targets:
  mail: {lists: {Warm: {when: "heat >= 0"}}}
"""


@dataclass
class Slow:
    """Hands over what was read a while ago."""

    inner: ContactSource
    meanwhile: Callable[[], Awaitable[object]]

    async def contacts(
        self, reading: Reading, since: Cursor | None
    ) -> AsyncIterator[Page[Contact]]:
        pages = [page async for page in self.inner.contacts(reading, since)]
        await self.meanwhile()
        for page in pages:
            yield page


async def pull_slowly(world: InStep, meanwhile: Callable[[], Awaitable[object]]) -> object:
    """Pull mail: read its contacts, do something else that takes a second, and store them.

    Return the drift.
    """
    platform = world.platforms["mail"]

    async def a_second() -> None:
        world.clock.advance(SECOND)
        await meanwhile()

    # Else it would look once more, and a page may wait after that as well.
    platform.lookup, lookup = None, platform.lookup
    platform.contacts, inner = Slow(platform.contacts, a_second), platform.contacts  # type: ignore[arg-type]
    pulled = await pull(world.workspace, "mail", streams=["contacts"])
    platform.contacts, platform.lookup = inner, lookup
    return pulled.drift


async def test_a_copy_that_was_written_while_a_page_waited_was_not_cleared_by_anybody() -> None:
    world = InStep()
    crm = world.crm.create("a@x.org", job="cook")
    world.clock.advance(HOUR)
    mail = world.mail.create("a@x.org", JOB=None)
    await world.sync(pushes=False)
    world.mail.touch(mail)

    await pull_slowly(world, lambda: push(world.workspace, "mail"))
    await world.cycle(pulls=False)

    assert (crm.values["job"], mail.values["JOB"]) == ("cook", "cook")


async def test_nor_while_the_rest_of_the_same_push_was_written() -> None:
    world = InStep(a_text(rest=LISTED), attribute_batch=1)
    crm = world.crm.create("a@x.org", job="cook")
    world.crm.create("b@x.org", job="cook")
    world.clock.advance(HOUR)
    mail = world.mail.create("a@x.org", JOB=None)
    world.mail.create("b@x.org", JOB=None)
    world.mail.lists["Warm"] = set()
    await world.sync(pushes=False)
    stale, since = (
        a_contact(mail.id, "a@x.org", attributes={"JOB": None}, modified_at=mail.modified_at),
        world.now,
    )

    class Meanwhile(MemoryWriter):
        async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
            naming, now = world.workspace.naming, world.now
            async with world.state.write() as tx:
                await ingest_contacts(tx, "mail", [stale], naming, now, since=since)
            return await super().write_lists(changes)

    world.platforms["mail"].list_writer = Meanwhile(world.mail)
    world.clock.advance(SECOND)
    await push(world.workspace, "mail")
    await world.cycle(pulls=False)

    assert (crm.values["job"], mail.values["JOB"]) == ("cook", "cook")


@pytest.mark.parametrize("spelled", ["chef", "CHEF"])
async def test_what_was_seen_while_another_value_was_written_comes_back_when_it_is_wanted(
    spelled: str,
) -> None:
    world = InStep()
    crm, mail = world.pair(crm="cook", mail="cook")
    await world.cycle()
    world.edit(crm, job="chef")
    await world.cycle(pushes=False)
    (row,) = await world.outbound("mail")
    await world.change_outbound(row, last_error=INTERRUPTED)
    world.edit(crm, job="boss")
    await world.cycle(pushes=False)

    class Meanwhile(MemoryWriter):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            # It was written before all that, and nobody saw it.
            mail.values["JOB"] = spelled
            world.mail.touch(mail)
            await pull(world.workspace, "mail", streams=["contacts"])
            return await super().write_attributes(changes)

    world.platforms["mail"].attribute_writer = Meanwhile(world.mail)
    await push(world.workspace, "mail")
    assert mail.values["JOB"] == "boss"

    world.platforms["mail"].attribute_writer = MemoryWriter(world.mail)
    world.edit(crm, job="chef")
    for _ in range(2):
        await world.cycle()

    assert (crm.values["job"], mail.values["JOB"]) == ("chef", "chef")


async def test_what_is_written_is_known_from_the_moment_at_which_it_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = InStep()
    world.crm.create("a@x.org", job="cook")
    world.mail.create("a@x.org")
    await world.sync(pushes=False)
    transact = MemoryState.transact

    async def wait_and_transact(*given: Any, **more: Any) -> object:  # noqa: ANN401 - as they are
        world.clock.advance(SECOND)
        return await transact(*given, **more)

    monkeypatch.setattr(MemoryState, "transact", wait_and_transact)
    await push(world.workspace, "mail")

    async with world.state.read() as tx:
        (row,) = await tx.outbox.list(platform="mail")
    assert row.confirmed_at == world.now


@pytest.mark.parametrize(
    ("error", "takes"), [(PlatformUnavailable, False), (RightMissing, True)], ids=["now", "ever"]
)
async def test_what_may_be_of_before_our_write_waits_until_the_platform_can_be_asked(
    error: type[PlatformError],
    takes: bool,
) -> None:
    world = InStep()
    world.crm.create("a@x.org", job="cook")
    mail = world.mail.create("a@x.org")
    await world.cycle()
    mail.values["JOB"] = None
    world.mail.changed.append(mail.id)

    class Silent(MemoryReader):
        async def fetch(self, *_: object) -> Sequence[Contact]:
            raise error("tells nothing", platform="mail", operation="fetch")

    world.platforms["mail"].lookup = Silent(account=world.mail, page_size=100)
    await pull(world.workspace, "mail", streams=["contacts"])

    records = {each.platform: each for each in await world.records()}
    assert ("job" not in records["mail"].attributes) is takes


async def test_nor_while_whoever_nobody_knew_was_asked_for() -> None:
    world = InStep(walk_every=HOUR)
    crm = world.crm.create("a@x.org", job="cook")
    world.mail.create("b@x.org")
    world.clock.advance(HOUR)
    await world.sync()
    mail = world.mail.create("a@x.org", JOB=None)
    world.mail.changed.remove(mail.id)
    platform = world.platforms["mail"]
    assert platform.lookup is not None
    ask = platform.lookup.fetch

    class Late:
        async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
            found = await ask(remote_ids, reading)
            platform.lookup = None
            world.clock.advance(SECOND)
            world.mail.changed.append(mail.id)
            await world.sync()
            return found

    platform.lookup = Late()
    world.clock.advance(HOUR)
    await pull(world.workspace, "mail", streams=["contacts"])
    await world.cycle(pulls=False)

    assert (crm.values["job"], mail.values["JOB"]) == ("cook", "cook")


async def test_an_edit_after_that_is_one() -> None:
    world = InStep()
    crm = world.crm.create("a@x.org", job="cook")
    mail = world.mail.create("a@x.org")
    await world.sync(pushes=False)
    await pull_slowly(world, lambda: push(world.workspace, "mail"))

    world.edit(mail, after=SECOND, JOB=None)
    await world.cycle()

    assert (crm.values["job"], mail.values["JOB"]) == (None, None)


async def test_a_score_that_was_written_while_a_page_waited_was_overwritten_by_nobody() -> None:
    world = InStep(a_text(rest=TARGETS))
    mail = world.mail.create("a@x.org")
    await world.sync()
    world.happens(world.mail, mail)
    world.clock.advance(HOUR)
    await world.sync(pushes=False)
    world.mail.touch(mail)

    drift = await pull_slowly(world, lambda: push(world.workspace, "mail"))

    assert (mail.values["HEAT"], drift) == (10, {})


@pytest.mark.parametrize("seconds", [-1, 0, 1])
async def test_a_version_that_is_older_than_what_was_stored_meanwhile_brings_nothing(
    seconds: int,
) -> None:
    world = InStep()
    await world.sync()
    at, naming = world.now, world.workspace.naming

    def a_version(job: str, after: timedelta) -> Contact:
        values = {"JOB": job, "EMAIL": "a@x.org"}
        return Contact(
            remote_id="m1", emails=("a@x.org",), attributes=values, modified_at=at + after
        )

    async with world.state.write() as tx:
        newer = a_version("boss", SECOND)
        await ingest_contacts(tx, "mail", [newer], naming, at + SECOND)
        older, since = a_version("cook", timedelta()), at + seconds * SECOND
        await ingest_contacts(tx, "mail", [older], naming, at + 2 * SECOND, since=since)

    (record,) = await world.records()
    assert record.attributes["job"] == ("boss" if seconds < 1 else "cook")


async def test_whoever_was_removed_while_a_page_waited_does_not_come_back_by_it() -> None:
    world = InStep()
    person = world.mail.create("a@x.org")
    await world.sync()
    world.mail.touch(person)

    async def remove() -> None:
        del world.mail.people[person.id]
        async with world.state.write() as tx:
            gone = [Removal(remote_id=person.id)]
            await ingest_removals(tx, "mail", gone, world.workspace.naming, world.now)

    await pull_slowly(world, remove)

    (record,) = await world.records()
    assert record.removed_at is not None
