"""Limits are kept alike in memory, in SQLite and in PostgreSQL, whoever else is writing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import StateError
from connector.ports.budget import Bucket
from state import budgets
from state.memory.database import MemoryState
from state.opening import DatabaseState, open_state
from state.pacing.budget import open_budget
from state.pacing.kept import Kept, Ledger, Taken
from tests.builders import T
from tests.fakes import FakeClock

HOUR = timedelta(hours=1)
FULL = Kept(
    limit=2**40,
    taken=(
        Taken(until=T, count=1),
        Taken(until=datetime(2100, 1, 1, 2, 3, 4, 5, UTC), count=2),
        Taken(until=T, count=0, owner="somebody"),
    ),
    resets_at=T + HOUR,
    closed_until=T - HOUR,
    closed_at=T - 2 * HOUR,
)


def one_more(kept: Kept) -> Kept:
    return replace(kept, taken=(*kept.taken, Taken(until=T + HOUR, count=1)))


class LedgerPromises:
    """Join with a fixture `ledger`, and `twin` for the same one in another process."""

    async def test_what_nobody_kept_is_nothing(self, ledger: Ledger) -> None:
        assert await ledger.all("crm") == {}

    async def test_what_is_kept_comes_back_as_it_was(self, ledger: Ledger, twin: Ledger) -> None:
        kept = await ledger.change("crm", "bürst", lambda _: FULL)
        await ledger.change("mail", "bürst", lambda _: Kept())

        assert kept == FULL
        assert await twin.all("crm") == {"bürst": FULL}
        assert await twin.all("mail") == {"bürst": Kept()}

    async def test_no_change_is_lost_however_many_come_at_once(
        self, ledger: Ledger, twin: Ledger
    ) -> None:
        await asyncio.gather(
            *(each.change("crm", "day", one_more) for _ in range(20) for each in (ledger, twin))
        )

        assert (await ledger.all("crm"))["day"].used(T) == 40

    async def test_two_processes_share_the_limit_of_an_hour(
        self, ledger: Ledger, twin: Ledger
    ) -> None:
        bucket = Bucket(name="hour", limit=10, window=HOUR)
        one, other = [
            await open_budget("crm", [bucket], percent=100, clock=FakeClock(T), ledger=each)
            for each in (ledger, twin)
        ]
        for budget in (one, other, one, other):
            async with budget.spend("hour"):
                pass

        assert (await ledger.all("crm"))["hour"].used(T) == 4
        assert other.left() == {"hour": 6}

    async def test_two_processes_have_a_part_each_of_the_limit_of_a_minute(
        self, ledger: Ledger, twin: Ledger
    ) -> None:
        bucket = Bucket(name="minute", limit=40, window=timedelta(minutes=1))
        one, other = [
            await open_budget("crm", [bucket], percent=100, clock=FakeClock(T), ledger=each)
            for each in (ledger, twin)
        ]
        for budget in (one, other, one, other):
            async with budget.spend("minute"):
                pass

        assert (await ledger.all("crm"))["minute"].used(T) == 20
        await one.aclose()
        assert (await ledger.all("crm"))["minute"].used(T) == 12


class TestMemory(LedgerPromises):
    @pytest.fixture
    def ledger(self) -> Ledger:
        return MemoryState().ledger

    @pytest.fixture
    def twin(self, ledger: Ledger) -> Ledger:
        return ledger


class DatabasePromises(LedgerPromises):
    @pytest.fixture
    def ledger(self, state: DatabaseState) -> Ledger:
        return state.ledger

    @pytest.fixture
    async def twin(self, url: str) -> AsyncIterator[Ledger]:
        state = await open_state(url)
        yield state.ledger
        await state.aclose()

    @pytest.fixture
    async def state(self, url: str) -> AsyncIterator[DatabaseState]:
        state = await open_state(url)
        yield state
        await state.aclose()

    async def test_a_change_is_no_part_of_a_transaction_that_is_undone(
        self, state: DatabaseState, ledger: Ledger, twin: Ledger
    ) -> None:
        async def fail() -> asyncio.Future[Kept]:
            async with state.write() as tx:
                await tx.notes.put("a", "b")
                changing.append(asyncio.ensure_future(ledger.change("crm", "day", one_more)))
                raise ZeroDivisionError

        changing: list[asyncio.Future[Kept]] = []
        with pytest.raises(ZeroDivisionError):
            await fail()
        await changing[0]

        assert (await twin.all("crm"))["day"].used(T) == 1


class TestSqlite(DatabasePromises):
    @pytest.fixture
    def url(self, sqlite_url: str) -> str:
        return sqlite_url


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgres(DatabasePromises):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url

    async def test_nobody_who_writes_is_waited_for(
        self, state: DatabaseState, ledger: Ledger
    ) -> None:
        async with state.write() as tx:
            await tx.notes.put("a", "b")
            kept = await ledger.change("crm", "day", one_more)

        assert kept.used(T) == 1

    async def test_who_is_stalled_amid_a_change_keeps_nobody_waiting_for_long(
        self, ledger: Ledger, twin: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budgets, "_STALLED_SECONDS", 1)
        has_begun, goes_on = threading.Event(), threading.Event()

        def stalls(kept: Kept) -> Kept:
            has_begun.set()
            goes_on.wait(20)
            return one_more(kept)

        stalled = asyncio.ensure_future(ledger.change("crm", "day", stalls))
        await asyncio.to_thread(has_begun.wait)

        kept = await asyncio.wait_for(twin.change("crm", "day", one_more), 15)

        goes_on.set()
        with pytest.raises(StateError):
            await stalled
        assert kept.used(T) == (await twin.all("crm"))["day"].used(T) == 1
