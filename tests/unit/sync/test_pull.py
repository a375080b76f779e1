"""Every page is stored with its cursor; what fails ends its stream and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from adapters.memory.faults import WAIT, Fault
from adapters.memory.reading import MemoryReader
from connector.domain.contacts import Contact, Reading
from connector.domain.events import Event
from connector.domain.pages import Cursor, Page
from connector.errors import (
    AccessRefused,
    PlatformUnavailable,
    Problem,
    RateLimited,
    UnexpectedAnswer,
)
from connector.ports.budget import LONGEST_WAIT
from connector.ports.platform import Part
from connector.sync.completions import completed_at
from connector.sync.pulling.pull import SHOWN_PROBLEMS, Pulled, pull
from connector.sync.pulling.walk import PAGES_AHEAD
from state.memory.database import MemoryState, MemoryTransaction
from tests.builders import T
from tests.unit.sync.world import MODEL, PLATFORMS, TEXT, World

STREAMS = frozenset(Part) - {Part.IDS, Part.REMOVALS, Part.MEMBERSHIPS}
"""Parts of which every request is for a page of contacts or events."""


async def pulled(world: World, *, force: bool = False) -> Pulled:
    return await pull(world.workspace, "crm", force=force)


async def cursor(world: World, stream: str) -> str | None:
    async with world.state.read() as tx:
        stored = await tx.cursors.get("crm", stream)
    return stored.cursor if stored else None


async def event_count(world: World) -> int:
    async with world.state.read() as tx:
        return await tx.events.count()


MODEL_ONLY = PLATFORMS + MODEL
READERS = """
targets:
  crm: {tags: {reader: "in_list('crm', 'News')"}}
"""


class Crash(Exception):
    """The end of the process."""


class FullState(MemoryState):
    """Cannot commit any more after some transactions."""

    def __init__(self, room_for: int) -> None:
        super().__init__()
        self.room = room_for

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        async with super().write() as tx:
            yield tx
            if not self.room:
                raise Crash
            self.room -= 1


async def test_what_changed_is_taken_in_and_then_nothing() -> None:
    world = World()
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)

    first, second = await pulled(world), await pulled(world)

    assert (first.contacts, first.events, first.errors) == (1, 1, [])
    assert (second.contacts, second.events) == (0, 0)


class Overlapping(MemoryReader):
    """Reads the past again each time, as a platform is asked that finds things out late."""

    async def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        async for page in super().events(None):
            yield page


async def test_events_that_are_read_again_are_counted_once() -> None:
    world = World()
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)
    world.platforms["crm"].events = Overlapping(account=world.crm, page_size=10)
    first = await pulled(world)
    world.happens(world.crm, person)
    world.crm.events[0] = {**world.crm.events[0], "type": "email.clicked"}

    second, third = await pulled(world), await pulled(world)

    assert (first.events, second.events, third.events) == (1, 2, 0)


async def test_a_platform_that_offers_nothing_is_pulled_without_a_request() -> None:
    world = World(parts=frozenset())
    world.crm.create("a@x.org")

    assert await pulled(world) == Pulled()
    assert world.crm.requests == 0


async def test_a_crash_between_pages_loses_and_doubles_nothing() -> None:
    world = World(page_size=2, parts=STREAMS)
    for number in range(5):
        world.crm.create(f"p{number}@x.org")

    class DiesAfterTwo(MemoryReader):
        async def contacts(
            self, reading: Reading, since: Cursor | None
        ) -> AsyncIterator[Page[Contact]]:
            pages = 0
            async for page in super().contacts(reading, since):
                if pages == 2:
                    raise Crash
                pages += 1
                yield page

    whole = world.platforms["crm"].contacts
    world.platforms["crm"].contacts = DiesAfterTwo(account=world.crm, page_size=2)
    with pytest.raises(Crash):
        await pulled(world)
    assert await cursor(world, "contacts") == "4"
    assert len(await world.records()) == 4

    world.platforms["crm"].contacts = whole
    again = await pulled(world)

    assert again.contacts == 1
    assert len(await world.records()) == 5


async def test_a_page_that_cannot_be_stored_moves_no_cursor() -> None:
    world = World(page_size=2, parts=STREAMS)
    world.state = FullState(room_for=1)
    for number in range(2 * PAGES_AHEAD + 1):
        world.crm.create(f"p{number}@x.org")

    with pytest.raises(Crash):
        await pulled(world)

    assert await cursor(world, "contacts") == str(2 * PAGES_AHEAD)
    assert len(await world.records()) == 2 * PAGES_AHEAD


async def test_a_failing_request_is_tried_again_from_behind_the_last_page() -> None:
    world = World(page_size=2, parts=STREAMS)
    for number in range(5):
        world.crm.create(f"p{number}@x.org")
    world.play(world.crm, *[Fault.UNAVAILABLE] * 4)

    done = await pulled(world)

    assert (done.contacts, done.errors) == (5, [])
    assert len(world.clock.waits) == 4


async def test_a_lost_answer_in_the_middle_doubles_nothing() -> None:
    world = World(page_size=1, parts=STREAMS)
    person = world.crm.create("a@x.org")
    for _ in range(3):
        world.happens(world.crm, person)
    await pull(world.workspace, "mail")

    world.play(world.crm, Fault.LOST_ANSWER, Fault.LOST_ANSWER)
    done = await pulled(world)

    assert (done.contacts, done.events) == (1, 3)
    assert await event_count(world) == 3


async def test_waiting_for_a_limit_is_no_attempt() -> None:
    world = World(parts=STREAMS)
    world.crm.create("a@x.org")
    world.play(world.crm, *[Fault.RATE_LIMITED] * 9)

    done = await pulled(world)

    assert (done.contacts, done.errors) == (1, [])
    assert world.clock.waits == [WAIT] * 9


async def test_a_platform_that_wants_rest_for_long_ends_the_stream() -> None:
    world = World(parts=STREAMS)

    class Resting(MemoryReader):
        async def contacts(
            self, reading: Reading, since: Cursor | None
        ) -> AsyncIterator[Page[Contact]]:
            wait = LONGEST_WAIT + timedelta(hours=1)
            if self.page_size:
                raise RateLimited(platform="crm", operation="read", retry_after=wait)
            yield Page(items=(), cursor="")

    world.platforms["crm"].contacts = Resting(account=world.crm, page_size=1)

    done = await pulled(world)

    assert isinstance(done.errors[0], RateLimited)
    assert world.clock.waits == []


async def test_a_stream_that_fails_moves_no_cursor_and_the_others_go_on() -> None:
    world = World(parts=STREAMS)
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)
    world.play(world.crm, Fault.CUT_ANSWER)

    done = await pulled(world)

    assert [type(each) for each in done.errors] == [UnexpectedAnswer]
    assert (done.contacts, done.events) == (0, 1)
    assert await cursor(world, "contacts") is None
    assert (await pulled(world)).contacts == 1


async def test_a_platform_that_fails_again_and_again_is_asked_for_nothing_more() -> None:
    world = World(parts=STREAMS | {Part.REMOVALS})
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)
    world.crm.remove(world.crm.create("b@x.org"))
    world.play(world.crm, *[Fault.UNAVAILABLE] * 6)

    done = await pulled(world)

    assert [type(each) for each in done.errors] == [PlatformUnavailable] * 2
    assert (done.contacts, done.events, world.crm.requests) == (0, 0, 6)


async def test_a_platform_that_refuses_us_is_left_at_once() -> None:
    world = World(parts=STREAMS)
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)
    world.play(world.crm, Fault.ACCESS_REFUSED)

    done = await pulled(world)

    assert [type(each) for each in done.errors] == [AccessRefused]
    assert (done.events, world.crm.requests) == (0, 1)


async def test_an_attribute_that_is_mapped_anew_starts_the_stream_anew() -> None:
    world = World(parts=STREAMS)
    world.crm.create("a@x.org", job="cook", role="boss")
    await pulled(world)

    world.configure(TEXT.replace("crm: job", "crm: role"))
    done = await pulled(world)

    assert done.contacts == 1
    assert (await world.records())[0].attributes["job"] == "boss"
    assert (await pulled(world)).contacts == 0


async def test_an_attribute_that_only_another_platform_has_starts_nothing_anew() -> None:
    world = World(parts=STREAMS)
    world.crm.create("a@x.org")
    await pulled(world)

    world.configure(TEXT.replace("mail: JOB", "mail: POSTE"))

    assert (await pulled(world)).contacts == 0


async def test_a_list_that_is_asked_about_anew_is_read_from_the_start() -> None:
    world = World()
    person = world.crm.create("a@x.org")
    world.crm.put_in("News", person)
    await world.sync()
    assert (await world.scores())["a@x.org"][0] == 0

    world.configure(MODEL_ONLY + READERS)
    await world.sync()

    assert person.tags == {"reader"}


async def test_a_membership_that_ends_is_acted_upon() -> None:
    world = World(MODEL_ONLY + READERS)
    person = world.crm.create("a@x.org")
    world.crm.put_in("News", person)
    await world.sync()
    assert person.tags == {"reader"}

    world.crm.take_out("News", person)
    await world.sync()

    assert person.tags == set()


async def test_what_is_wrong_with_values_is_told_up_to_a_number() -> None:
    world = World(
        TEXT.replace("attributes:\n", "attributes:\n  age: {type: number, crm: age}\n", 1),
        parts=STREAMS,
    )
    for _ in range(SHOWN_PROBLEMS + 5):
        world.crm.create(age="no number")

    done = await pulled(world)

    assert done.contacts == SHOWN_PROBLEMS + 5
    assert len(done.problems) == SHOWN_PROBLEMS + 1
    assert done.problems[-1] == Problem(message="5 more problems like these", path="crm.contacts")


async def completed(world: World, stream: str) -> datetime | None:
    async with world.state.read() as tx:
        return await completed_at(tx, "crm", stream)


async def test_when_a_stream_was_read_to_its_end_is_remembered() -> None:
    world = World()
    world.clock.advance(timedelta(minutes=5))

    await pull(world.workspace, "crm", streams=["events"])

    assert await completed(world, "events") == T + timedelta(minutes=5)
    assert await completed(world, "contacts") is None


async def test_a_stream_that_fails_was_not_read_to_its_end_and_the_other_was() -> None:
    world = World(parts=STREAMS)
    world.crm.create("ann@x.org")
    world.play(world.crm, Fault.CUT_ANSWER)

    done = await pulled(world)

    assert len(done.errors) == 1
    assert await completed(world, "contacts") is None
    assert await completed(world, "events") == T


@pytest.mark.parametrize(("name", "events"), [("Hot", 0), ("News", 1)])
@pytest.mark.parametrize("kind", ["list.subscribed", "list.unsubscribed"])
async def test_what_is_told_of_a_list_that_we_write_is_nobodys_doing(
    name: str, kind: str, events: int
) -> None:
    world = World(TEXT)
    ann = world.crm.create("ann@x.org")
    world.happens(world.crm, ann, kind, at=T - timedelta(days=1), list_name=name)

    assert (await pulled(world)).events == events
