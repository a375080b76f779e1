"""However calls are ordered, doubled, grouped or cut short: what they come to is the same."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.frames import AT, CONTACT, EVENT_ID
from connector.ports.store import Transaction
from state.memory.database import MemoryState
from tests.builders import T
from tests.unit.sync.receiving.calls import Calls, changed, opened, removed
from tests.unit.sync.world import World

MINUTE = timedelta(minutes=1)
PEOPLE = 6
"""Of whom the platform has the first three, and merged or deleted the others; two are known."""

_whom = st.integers(1, PEOPLE).map(lambda number: f"m{number}")
_event = st.tuples(_whom, st.integers(0, 3), st.integers(0, 2)).map(
    # What is told of one event differs only where it occurred at another time.
    lambda it: opened(f"{it[0]} e{it[1]}", it[0], T + it[2] * MINUTE, title=f"at {it[2]}")
)
_item = st.one_of(_event, _whom.map(changed), _whom.map(removed))
_items = st.lists(_item, min_size=1, max_size=12)


class Killed(BaseException):
    """The process died."""


class MortalState(MemoryState):
    """A state whose process dies before so many transactions are over."""

    def __init__(self) -> None:
        super().__init__()
        self.lives: int | None = None

    async def transact(self, work: Any) -> Any:  # noqa: ANN401 - any work
        async def mortal(tx: Transaction) -> Any:  # noqa: ANN401 - its result
            found = await work(tx)
            if self.lives is not None:
                self.lives -= 1
                if self.lives < 0:
                    raise Killed
            return found

        return await super().transact(mortal)


async def _a_world() -> World:
    """Return a platform of which a part is known, and on which much happened since."""
    world = World()
    world.state = MortalState()
    people = [world.crm.create(f"p{n}@x.fr", job="cook") for n in (1, 2)]
    gone = world.crm.create("p3@x.fr")
    await world.sync()
    for number in range(4, PEOPLE + 1):
        world.crm.create(f"p{number}@x.fr")
    world.crm.remove(gone)
    world.crm.merge(world.crm.people["m5"], people[0])
    world.crm.people["m2"].values["job"] = "boss"
    world.clock.advance(timedelta(hours=1))
    return world


async def _state_of(world: World) -> object:
    """Return all that is known, but for when it became known."""
    async with world.state.read() as tx:
        frame = (await tx.events.frame(None, {})).collect().sort(EVENT_ID)
        orphans = await tx.contacts.orphans()
    records = {
        each.remote_id: (each.emails, each.attributes, each.removed_at is None, each.merged_into)
        for each in await world.records()
    }
    return (
        frame.select(EVENT_ID, AT, "title").rows(),
        dict(orphans),
        records,
        await world.households(),
    )


async def _taken_in(groups: Sequence[Sequence[dict[str, Any]]], *, each_alone: bool) -> object:
    world = await _a_world()
    calls = Calls(world)
    for group in groups:
        await calls.make(*group)
        world.clock.advance(timedelta(seconds=1))
        if each_alone:
            await calls.take_in()
    await calls.take_in()
    assert await calls.waiting() == []
    return await _state_of(world)


@st.composite
def _otherwise(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """Draw items, and the same ones in other calls: in any order, some of them twice."""
    items = draw(_items)
    again = draw(st.lists(st.sampled_from(items), max_size=5))
    shuffled = draw(st.permutations(items + again))
    ends = sorted(draw(st.sets(st.integers(1, len(shuffled)), max_size=4)) | {len(shuffled)})
    starts = [0, *ends[:-1]]
    return items, [shuffled[a:b] for a, b in zip(starts, ends, strict=True)]


@given(drawn=_otherwise(), each_alone=st.booleans())
@settings(max_examples=40)
def test_the_order_doubling_and_grouping_of_calls_change_nothing(
    drawn: tuple[list[dict[str, Any]], list[list[dict[str, Any]]]], each_alone: bool
) -> None:
    items, groups = drawn

    expected = asyncio.run(_taken_in([items], each_alone=False))

    assert asyncio.run(_taken_in(groups, each_alone=each_alone)) == expected


@given(items=_items, lives=st.integers(0, 5))
@settings(max_examples=25)
def test_a_process_that_dies_leaves_all_to_the_next(
    items: list[dict[str, Any]], lives: int
) -> None:
    async def interrupted() -> object:
        world = await _a_world()
        calls = Calls(world)
        state = world.state
        assert isinstance(state, MortalState)
        for item in items:
            await calls.make(item)
        state.lives = lives
        with contextlib.suppress(Killed):
            await calls.take_in(limit=3)
        state.lives = None
        world.clock.advance(timedelta(minutes=10))
        await calls.take_in()
        assert await calls.waiting() == []
        return await _state_of(world)

    expected = asyncio.run(_taken_in([[item] for item in items], each_alone=False))

    assert asyncio.run(interrupted()) == expected


_deed = st.tuples(st.sampled_from(["make", "change", "end", "merge", "open"]), st.integers(0, 9))
_told = st.sampled_from(["not at all", "at once", "late", "twice"])


async def _lived(deeds: Sequence[tuple[tuple[str, int], str]], *, by_calls: bool) -> object:
    """Let these happen on the platform, some told by calls; return what a pull makes of it."""
    world = World()
    calls = Calls(world)
    world.crm.create("p0@x.fr", job="cook")
    await world.sync()
    late: list[dict[str, Any]] = []
    for place, ((deed, number), told) in enumerate(deeds):
        world.clock.advance(MINUTE)
        items = _done(world, deed, number, place)
        if not by_calls or told == "not at all":
            continue
        if told == "late":
            late = [*items, *late]
            continue
        await calls.make(*items)
        await calls.take_in()
        late += items if told == "twice" else []
    for item in late:
        await calls.make(item)
    await calls.take_in()
    world.clock.at = T + timedelta(hours=2)
    await world.sync()
    return await _alive(world)


async def _alive(world: World) -> object:
    """Return what is known of each person who is there: records, events and score.

    Of whoever came and went between two pulls, only calls tell.
    """
    alive: dict[int, dict[str, object]] = {}
    for each in await world.records():
        if each.removed_at is None:
            alive.setdefault(each.contact, {})[each.remote_id] = (each.emails, each.attributes)
    async with world.state.read() as tx:
        frame = (await tx.events.frame([*alive], {})).collect().sort(EVENT_ID)
        persons = await tx.contacts.persons([*alive])
    scores = await world.scores()
    events = frame.select(CONTACT, EVENT_ID, AT, "title").rows()
    return [
        (records, [row[1:] for row in events if row[0] == number], scores[persons[number].email])
        for number, records in sorted(alive.items(), key=lambda each: sorted(each[1]))
    ]


def _done(world: World, deed: str, number: int, place: int) -> list[dict[str, Any]]:
    """Let something happen on the platform; return what a call says of it."""
    people = sorted(world.crm.people.values(), key=lambda each: each.id)
    if deed == "make" or not people:
        return [changed(world.crm.create(f"n{place}@x.fr", job="cook").id)]
    person, other = people[number % len(people)], people[(number + 1) % len(people)]
    if deed == "change":
        person.values["job"] = ("boss", "cook", "clerk")[number % 3]
        world.crm.touch(person)
        return [changed(person.id)]
    if deed == "end":
        world.crm.remove(person)
        return [removed(person.id)]
    if deed == "merge" and person is not other:
        world.crm.merge(person, other)
        return [removed(person.id), changed(other.id)]
    item = opened(f"e{place}", person.id, world.clock.now(), title=f"at {place}")
    world.crm.events.append(item["event"])
    return [item]


@given(deeds=st.lists(st.tuples(_deed, _told), max_size=10))
@settings(max_examples=25)
def test_after_a_pull_all_is_as_if_nobody_had_called(
    deeds: list[tuple[tuple[str, int], str]],
) -> None:
    expected = asyncio.run(_lived(deeds, by_calls=False))

    assert asyncio.run(_lived(deeds, by_calls=True)) == expected
