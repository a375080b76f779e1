"""Who owns the cycles of a file is told from the lock that a living process holds."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest

from connector.errors import StateBusy
from state.opening import open_state
from state.ownership import CYCLES_LOCK, SessionLock, owned_file, owner_of_file
from tests.conformance.store_world import a_call


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "x.db.lock"


def test_a_file_that_nobody_holds_names_nobody(lock: Path) -> None:
    assert list(owner_of_file(lock)) == []


def test_the_living_owner_and_its_address_are_read(lock: Path) -> None:
    with owned_file(lock, "heatsync run", "http://127.0.0.1:8080"):
        assert list(owner_of_file(lock)) == ["heatsync run", "http://127.0.0.1:8080"]


def test_what_an_owner_left_in_the_file_is_not_believed(lock: Path) -> None:
    with owned_file(lock, "heatsync run", "http://127.0.0.1:8080"):
        pass

    assert lock.read_text(encoding="utf-8").startswith("heatsync run")
    assert list(owner_of_file(lock)) == []


def test_whoever_looks_who_owns_a_file_keeps_nobody_from_owning_it(lock: Path) -> None:
    with owned_file(lock, "first"):
        pass
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.001):
            owner_of_file(lock)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(200):
            with owned_file(lock, "second"):
                pass
    finally:
        is_over.set()
        looking.join()


async def test_a_state_tells_where_its_owner_is_reached(sqlite_url: str) -> None:
    state = await open_state(sqlite_url)

    assert await state.served_at() is None
    async with state.own_cycles("heatsync sync"):
        assert await state.served_at() is None
    async with state.own_cycles("heatsync run", address="http://127.0.0.1:8080"):
        assert await state.served_at() == "http://127.0.0.1:8080"
    await state.aclose()


async def test_a_file_has_one_owner_also_when_it_would_share(sqlite_url: str) -> None:
    state = await open_state(sqlite_url)

    async with state.own_cycles("first", is_shared=True):
        with pytest.raises(StateBusy, match="first"):
            async with state.own_cycles("second", is_shared=True):
                pass
    await state.aclose()


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_replicas_share_the_cycles_and_each_is_named(postgres_url: str) -> None:
    state = await open_state(postgres_url)

    async with state.own_cycles("one", is_shared=True), state.own_cycles("two", is_shared=True):
        assert list(await state.owners()) == ["one", "two"]
        assert await state.served_at() is None
        with pytest.raises(StateBusy, match="one and two own the cycles"):
            async with state.own_cycles("by hand"):
                pass
    async with state.own_cycles("by hand"):
        assert list(await state.owners()) == ["by hand"]
    await state.aclose()


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_an_owner_whose_server_was_restarted_owns_the_cycles_again(
    postgres_url: str,
) -> None:
    state = await open_state(postgres_url)
    held = SessionLock(state._database.engine, "here", "the daemon", is_shared=True)
    held.take()
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "WHERE locktype = 'advisory' AND objid = %s",
            [CYCLES_LOCK],
        )

    held.check()

    assert list(await state.owners()) == ["the daemon"]
    held.close()
    assert list(await state.owners()) == []
    await state.aclose()


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_storing_calls_waits_for_no_long_transaction(postgres_url: str) -> None:
    state, twin = await open_state(postgres_url), await open_state(postgres_url)

    async with state.write() as tx:
        await tx.notes.put("scoring", "takes long")
        assert await twin.store_calls([a_call("1")]) == 1
        assert await state.store_calls([a_call("1")]) == 0
    await state.aclose()
    await twin.aclose()
