"""Pushes that go on side by side take away no more than one of them may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from adapters.memory.writing import MemoryWriter
from connector.domain.changes import ListChange, Outcome
from connector.domain.outbound import DeliveryState, Desired
from connector.sync.outbox import guards
from connector.sync.outbox.losses import losses, reserved
from connector.sync.pushing import leasing
from connector.sync.pushing.push import Pushed, push, push_urgent
from connector.sync.workspace import Workspace
from tests.builders import an_outbound
from tests.unit.sync.world import World

MEMBERS = 300
"""Half of them may leave."""
FEW = 20
"""So many are enough for a law, where lists are guarded from so many on."""


class Leaving:
    """A list of 300, a push that goes on, and what happens beside its first write to the list."""

    def __init__(self, members: int = MEMBERS) -> None:
        self.world = World(capabilities={"attribute_batch": 1})
        self.members = members
        self.began: Callable[[], Awaitable[object]] | None = None

    @property
    def workspace(self) -> Workspace:
        return replace(self.world.workspace, is_shared=True)

    @property
    def left(self) -> int:
        return self.members - len(self.world.crm.lists["Hot"])

    async def fill(self) -> None:
        for _ in range(self.members):
            self.world.crm.lists["Hot"].add(self.world.crm.create().id)
        await self.world.sync(scores=False, pushes=False)
        await self._save(0, self.members, is_member=True, urgent=False)

    async def lose(self, start: int, stop: int, *, urgent: bool = False) -> None:
        await self._save(start, stop, is_member=False, urgent=urgent)

    async def push(self) -> Pushed:
        return await push(self.workspace, "crm")

    async def push_urgent(self) -> Pushed:
        return await push_urgent(self.workspace, "crm")

    async def _save(self, start: int, stop: int, *, is_member: bool, urgent: bool) -> None:
        async with self.world.state.write() as tx:
            numbers = (await tx.contacts.all_numbers())[start:stop]
            to = await tx.contacts.addressees("crm", numbers)
            known = await tx.outbox.rows("crm", numbers)
            in_it = Desired(lists={"Hot": True})
            await tx.outbox.save(
                [
                    an_outbound(
                        number,
                        remote_id=to[number].remote_id,
                        desired=Desired(lists={"Hot": is_member}),
                        confirmed=known[number].confirmed if number in known else in_it,
                        state=DeliveryState.CLEAN if is_member else DeliveryState.PENDING,
                        revision=known[number].revision + 1 if number in known else 1,
                        is_urgent=urgent,
                    )
                    for number in numbers
                ]
            )


@pytest.fixture
async def leaving(monkeypatch: pytest.MonkeyPatch) -> Leaving:
    return await _watched(Leaving(), monkeypatch)


async def _watched(leaving: Leaving, monkeypatch: pytest.MonkeyPatch) -> Leaving:
    write = MemoryWriter.write_lists

    async def watched(self: MemoryWriter, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        begun, leaving.began = leaving.began, None
        if begun is not None:
            await begun()
        return await write(self, changes)

    monkeypatch.setattr(MemoryWriter, "write_lists", watched)
    await leaving.fill()
    return leaving


async def test_the_urgent_leave_room_for_those_whom_a_longer_push_was_allowed(
    leaving: Leaving,
) -> None:
    await leaving.lose(0, 100)
    beside: list[Pushed] = []

    async def hurry() -> None:
        await leaving.lose(100, 200, urgent=True)
        beside.append(await leaving.push_urgent())

    leaving.began = hurry

    done = await leaving.push()

    assert (done.problems, leaving.left) == ([], 100)
    (problem,) = beside[0].problems
    assert problem.message == (
        "200 of its 300 members would be taken out of the list within an hour; "
        "100 were or just are, and no more are"
    )


async def test_the_urgent_go_where_there_is_room_for_both(leaving: Leaving) -> None:
    await leaving.lose(0, 100)

    async def hurry() -> None:
        await leaving.lose(100, 140, urgent=True)
        assert (await leaving.push_urgent()).problems == []
        assert leaving.left == 40

    leaving.began = hurry

    await leaving.push()

    assert leaving.left == 140


@pytest.mark.parametrize("urgent", [False, True])
async def test_a_long_push_takes_nobody_more_than_is_allowed_who_comes_amid_it(
    leaving: Leaving, *, urgent: bool
) -> None:
    await leaving.lose(0, 100)
    leaving.began = lambda: leaving.lose(100, 300, urgent=urgent)

    await leaving.push()
    again = await leaving.push()

    assert leaving.left == 100
    assert "300 of its 300 members" in again.problems[0].message


async def test_who_comes_amid_a_long_push_goes_with_the_next(leaving: Leaving) -> None:
    await leaving.lose(0, 100)
    leaving.began = lambda: leaving.lose(100, 120)
    await leaving.push()
    before = leaving.left

    await leaving.push()

    assert (before, leaving.left) == (100, 120)


async def test_the_urgent_are_not_counted_twice_where_both_pushes_know_them(
    leaving: Leaving,
) -> None:
    await leaving.lose(0, 100, urgent=True)
    leaving.began = leaving.push_urgent

    done = await leaving.push()

    assert (done.problems, leaving.left) == ([], 100)


async def test_what_is_reserved_is_what_is_left_of_a_push_that_goes_on(leaving: Leaving) -> None:
    await leaving.lose(0, 100)
    seen: list[int] = []

    async def look() -> None:
        async with leaving.world.state.read() as tx:
            room = await reserved(tx, "crm")
            gone = await losses(tx, "crm", leaving.world.clock.now())
        seen.append(room["list Hot"] + gone["list Hot"])

    leaving.began = look

    await leaving.push()
    await look()

    async with leaving.world.state.read() as tx:
        assert await reserved(tx, "crm") == {}
    assert seen == [100, 100]


steps = st.lists(
    st.tuples(
        st.sampled_from(["lose", "hurry", "push urgent"]),
        st.integers(0, FEW),
        st.integers(0, FEW // 2),
    ),
    max_size=4,
)


# To make a failing one smaller would take minutes.
@settings(max_examples=40, phases=[Phase.explicit, Phase.generate])
@given(before=steps, amid=steps, after=steps)
async def test_no_more_than_half_leave_within_the_hour_whatever_is_pushed_when(
    before: list[tuple[str, int, int]],
    amid: list[tuple[str, int, int]],
    after: list[tuple[str, int, int]],
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(guards, "GUARDED_FROM", FEW)
        monkeypatch.setattr(leasing, "SHARED_ROUND", 3)
        leaving = await _watched(Leaving(FEW), monkeypatch)
        await _take(leaving, before)
        leaving.began = lambda: _take(leaving, amid)

        await leaving.push()
        await _take(leaving, after)
        await leaving.push()

    assert leaving.left <= FEW // 2


async def _take(leaving: Leaving, taken: list[tuple[str, int, int]]) -> None:
    for what, start, count in taken:
        if what == "push urgent":
            await leaving.push_urgent()
        else:
            await leaving.lose(start, start + count, urgent=what == "hurry")
