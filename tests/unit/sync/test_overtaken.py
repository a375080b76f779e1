"""A page that was read before something newer was stored tells of the past."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from connector.domain.contacts import Contact, Reading, Removal
from connector.domain.pages import Cursor, Page
from connector.ports.platform import ContactSource
from connector.sync.pulling.pull import pull
from connector.sync.pushing.push import push
from connector.sync.records.ingest import ingest_contacts, ingest_removals
from tests.unit.sync.in_step import HOUR, InStep, a_text

SECOND = timedelta(seconds=1)
TARGETS = """
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {}}
targets:
  mail: {on_drift: keep, attributes: {HEAT: heat}}
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
