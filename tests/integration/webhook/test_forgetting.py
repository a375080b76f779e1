"""A tool that calls people by their addresses: who was forgotten is in nothing that is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from connector.domain.emails import read_email
from connector.sync.forgetting.forget import forget
from state.opening import open_state
from tests.integration.webhook.company import HOUR
from tests.integration.webhook.test_repeats import UNDATED, Shop

BY_ADDRESS = UNDATED.replace("        id: customer.id\n", "").replace(
    "customer.id", "customer.email"
)
ANN = "Ann@x.org"
CALLS = (
    {"type": "customer.updated", "customer": {"email": ANN, "address": {"country": "FR"}}},
    {"type": "segment", "customer": {"email": ANN}, "segment": "VIP", "entered": True},
    {"type": "visit", "customer": {"email": ANN}},
    {"type": "customer.deleted", "customer": {"email": ANN}},
)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """Give a tool whose calls are kept in a file."""
    shop = Shop(BY_ADDRESS)
    state = await open_state(f"sqlite:///{tmp_path / 'heatsync.db'}")
    shop.company.state = state  # type: ignore[assignment]  # in place of the one in memory
    yield shop
    await state.aclose()


def _moves(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "heatsync.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM moves").fetchone()
    return int(count)


def _names_her(folder: Path) -> bool:
    files = [each.read_bytes().lower() for each in folder.rglob("*") if each.is_file()]
    return any(ANN.lower().encode() in content for content in files)


@pytest.mark.parametrize(
    "told",
    [CALLS, CALLS[:1], CALLS[1:], CALLS[-1:]],
    ids=["everything", "a contact", "nobody known", "an end"],
)
async def test_nothing_that_calls_told_of_somebody_is_left_once_they_are_forgotten(
    shop: Shop, tmp_path: Path, told: tuple[dict[str, object], ...]
) -> None:
    for body in told:
        await shop.tells(body)
    assert _moves(tmp_path) > 0

    await forget(shop.company.workspace, ANN)

    assert _moves(tmp_path) == 0
    assert not _names_her(tmp_path)


async def test_calls_about_somebody_forgotten_leave_nothing_behind(
    shop: Shop, tmp_path: Path
) -> None:
    for body in CALLS:
        await shop.tells(body)
    await forget(shop.company.workspace, ANN)

    for body in CALLS:
        await shop.tells(body, after=HOUR)

    assert _moves(tmp_path) == 0
    again = await forget(shop.company.workspace, ANN)
    assert (again.was_known, _names_her(tmp_path)) == (False, False)


async def test_whom_calls_are_about_is_kept_as_a_hash_alone(shop: Shop, tmp_path: Path) -> None:
    await shop.tells(CALLS[-1])

    async with shop.company.state.read() as tx:
        assert await tx.contacts.find(read_email(ANN)) is None
    assert _moves(tmp_path) == 1
    with closing(sqlite3.connect(tmp_path / "heatsync.db")) as connection:
        kept = "\n".join(connection.iterdump()).lower()
    assert ANN.lower() not in kept


async def test_one_address_is_one_person_however_it_is_spelled(shop: Shop) -> None:
    for body in CALLS[:2]:
        await shop.tells(body)

    async with shop.company.state.read() as tx:
        assert await tx.contacts.members("shop", "VIP", ["ann@x.org"]) == {"ann@x.org"}
        assert set(await tx.contacts.records("shop", ["ann@x.org"])) == {"ann@x.org"}
