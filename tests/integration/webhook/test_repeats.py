"""A tool that tells no dates: a quick repeat counts once, and what comes back is so again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.domain.ledger import Inbound
from connector.domain.tellings import AGAIN
from connector.ports.webhook import WebhookRequest
from connector.sync.receiving.taking_in import take_in
from connector.web.receiver import call_of
from tests.integration.webhook.company import HOUR, TEXT, Company

SECOND = timedelta(seconds=1)
UNDATED = (
    TEXT.replace("proof: standard", "proof: bearer")
    .replace("        modified_at: at\n", "")
    .replace(
        "      lists: {when",
        "        - {when: \"type == 'visit'\", type: \"'visited'\", contact: customer.id}\n"
        "      lists: {when",
    )
    .replace("    boss: {when", "    visited: {event: custom.visited, points: 1}\n    boss: {when")
)


class Shop:
    """What a tool without dates tells, as it is received."""

    def __init__(self, text: str = UNDATED) -> None:
        self.company = Company(text)

    def call(self, *bodies: dict[str, Any], at: datetime | None = None) -> Inbound:
        parser = self.company.platforms["shop"].webhook_parser
        assert parser is not None
        request = WebhookRequest(
            method="POST",
            url="https://heat.example.com/webhooks/shop",
            headers={},
            body=json.dumps(bodies[0] if len(bodies) == 1 else bodies).encode(),
            received_at=at or self.company.clock.now(),
        )
        return call_of("shop", parser, request)

    async def tells(self, *bodies: dict[str, Any], after: timedelta = timedelta()) -> int:
        """Take in a call made after that time; return how many were new."""
        self.company.clock.advance(after)
        new = await self.company.state.store_calls([self.call(*bodies)])
        await self.takes_in()
        return new

    async def takes_in(self) -> None:
        taken = await take_in(self.company.workspace, "shop")
        assert (taken.dead, taken.problems) == (0, [])

    async def country(self) -> object:
        async with self.company.state.read() as tx:
            return (await tx.contacts.records("shop", ["c1"]))["c1"].attributes.get("country")

    async def is_member(self) -> bool:
        async with self.company.state.read() as tx:
            return bool(await tx.contacts.members("shop", "VIP", ["c1"]))

    async def is_there(self) -> bool:
        async with self.company.state.read() as tx:
            found = await tx.contacts.records("shop", ["c1"])
        return "c1" in found and found["c1"].removed_at is None

    async def heat(self) -> object:
        await self.company.sync()
        return self.company.told()["ann@x.org"].attributes["heat"]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def lives(country: str) -> dict[str, Any]:
    customer = {"id": "c1", "email": "ann@x.org", "address": {"country": country}}
    return {"type": "customer.updated", "customer": customer}


def segment(*, entered: bool) -> dict[str, Any]:
    body = {"type": "segment", "customer": {"id": "c1"}, "segment": "VIP"}
    return {**body, "entered": entered}


VISIT = {"type": "visit", "customer": {"id": "c1"}}
GONE = {"type": "customer.deleted", "customer": {"id": "c1"}}


@pytest.mark.parametrize("after", [SECOND, HOUR], ids=str)
async def test_a_value_that_comes_back_is_taken_in(shop: Shop, after: timedelta) -> None:
    for country in ("FR", "DE", "FR"):
        assert await shop.tells(lives(country), after=after) == 1
        assert await shop.country() == country


@pytest.mark.parametrize("after", [SECOND, HOUR], ids=str)
async def test_who_comes_back_into_a_list_is_in_it(shop: Shop, after: timedelta) -> None:
    for entered in (True, False, True):
        assert await shop.tells(segment(entered=entered), after=after) == 1
        assert await shop.is_member() is entered


@pytest.mark.parametrize("after", [SECOND, HOUR], ids=str)
async def test_who_is_gone_and_comes_back_is_there(shop: Shop, after: timedelta) -> None:
    for body in (lives("FR"), GONE, lives("FR"), GONE, lives("FR")):
        assert await shop.tells(body, after=after) == 1
        assert await shop.is_there() is (body is not GONE)


async def test_a_quick_repeat_is_no_news(shop: Shop) -> None:
    for body in (lives("FR"), segment(entered=True), VISIT):
        assert await shop.tells(body, after=HOUR) == 1
        assert await shop.tells(body, after=AGAIN - SECOND) == 0


async def test_equal_events_count_as_often_as_they_are_told_anew(shop: Shop) -> None:
    await shop.tells(lives("FR"))
    for after in (timedelta(), SECOND, AGAIN, SECOND, 24 * HOUR):
        await shop.tells(VISIT, after=after)

    assert await shop.heat() == 3


async def test_an_event_that_was_taken_in_and_not_marked_so_counts_once(shop: Shop) -> None:
    await shop.tells(lives("FR"))
    call = shop.call(VISIT)
    for number in ("1", "2"):
        await shop.company.state.store_calls([replace(call, id=number, about=(), content=None)])
        await shop.takes_in()

    assert await shop.heat() == 1


ORDERS = [[0, 1, 2], [2, 1, 0], [1, 2, 0]]


def _in_order(calls: Sequence[Inbound], order: Sequence[int]) -> list[Inbound]:
    return [calls[number] for number in order]


@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_of_calls_taken_in_together_the_one_received_last_is_so(
    shop: Shop, order: list[int]
) -> None:
    now = shop.company.clock.now()
    told = [(lives("FR"), segment(entered=False)), (lives("DE"), segment(entered=True))]
    calls = [shop.call(*bodies, at=now + at * SECOND) for at, bodies in enumerate([*told, told[0]])]
    shop.company.clock.advance(HOUR)

    assert await shop.company.state.store_calls(_in_order(calls, order)) == 3
    await shop.takes_in()

    assert (await shop.country(), await shop.is_member()) == ("FR", False)


@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_a_call_that_is_taken_in_late_is_late(shop: Shop, order: list[int]) -> None:
    now = shop.company.clock.now()
    bodies = [
        (lives("FR"), segment(entered=True)),
        (lives("DE"), segment(entered=False)),
        (lives("BE"), segment(entered=True)),
    ]
    calls = [shop.call(*some, at=now + at * SECOND) for at, some in enumerate(bodies)]
    shop.company.clock.advance(HOUR)

    for call in _in_order(calls, order):
        await shop.company.state.store_calls([call])
        await shop.takes_in()

    assert (await shop.country(), await shop.is_member()) == ("BE", True)


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("is_last", [True, False])
async def test_whether_somebody_is_there_is_told_by_the_call_received_last(
    shop: Shop, order: list[int], is_last: bool
) -> None:
    now = shop.company.clock.now()
    bodies = [lives("FR"), GONE, lives("FR")] if is_last else [GONE, lives("FR"), GONE]
    calls = [shop.call(each, at=now + at * SECOND) for at, each in enumerate(bodies)]
    shop.company.clock.advance(HOUR)

    for call in _in_order(calls, order):
        await shop.company.state.store_calls([call])
        await shop.takes_in()

    assert await shop.is_there() is is_last


async def test_what_was_told_while_our_clock_was_ahead_keeps_nothing_from_being_so(
    shop: Shop,
) -> None:
    await shop.tells(lives("FR"), segment(entered=True), after=24 * HOUR)
    shop.company.clock.advance(-23 * HOUR)

    await shop.tells(lives("DE"), segment(entered=False))
    assert (await shop.country(), await shop.is_member()) == ("DE", False)

    await shop.tells(GONE, after=SECOND)
    assert not await shop.is_there()

    await shop.tells(lives("BE"), after=SECOND)
    assert (await shop.is_there(), await shop.country()) == (True, "BE")
