"""Ten thousand spoilt calls of HubSpot and Brevo: refused or kept, and nothing else."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from contextlib import suppress
from datetime import timedelta
from random import Random

from connector.domain.ledger import Inbound
from connector.errors import ConnectorError
from connector.ports.webhook import WebhookParser, WebhookRequest
from state.memory.database import MemoryState
from tests.hostile.calls import BREVO, HUBSPOT, Sent, forged, garbage, proved, true_bodies
from tests.hostile.gate import a_house, knock
from tests.unit.web.house import House

ROUNDS = 50
AT_ONCE = 200
"""Calls in a round: ten thousand together."""
_PARSERS: dict[str, WebhookParser] = {"hubspot": HUBSPOT, "brevo": BREVO}
SETTLED = 10
"""Rounds after which caches are full."""
GROWTH = 2_000
"""Blocks of memory, of some 100,000, that may be kept of all the rounds after that."""


async def _all(house: House, calls: list[Sent], chance: Random) -> list[int]:
    """Return what calls are answered that come from many addresses at once."""
    addresses = [f"203.0.113.{chance.randrange(250)}" for _ in calls]
    return await asyncio.gather(
        *(knock(house, sent, address) for sent, address in zip(calls, addresses, strict=True))
    )


def _one(house: House, chance: Random, number: int) -> tuple[Sent, bool]:
    """Return a call, and whether it is proved."""
    platform = chance.choice(("hubspot", "brevo"))
    now = house.world.clock.now()
    if number % 2:
        return proved(platform, garbage(chance, platform), now), True
    true = json.dumps(chance.choice(true_bodies(platform))).encode()
    return forged(chance, proved(platform, true, now)), False


async def test_ten_thousand_spoilt_calls_are_refused_or_kept_and_leave_nothing_behind() -> None:
    house, chance = a_house(), Random(7)
    blocks: list[int] = []
    for number in range(ROUNDS):
        calls = [_one(house, chance, number) for number in range(AT_ONCE)]
        answers = await _all(house, [sent for sent, _ in calls], chance)
        await _is_as_it_should_be(house, calls, answers)
        # A minute later everybody is listened to again.
        house.world.clock.advance(timedelta(minutes=1))
        house.world.state, house.jobs, calls = MemoryState(), [], []
        if number in {SETTLED, ROUNDS - 1}:
            gc.collect()
            blocks.append(sys.getallocatedblocks())

    settled, last = blocks
    assert last - settled < GROWTH


async def _is_as_it_should_be(
    house: House, calls: list[tuple[Sent, bool]], answers: list[int]
) -> None:
    for (sent, is_proved), answer in zip(calls, answers, strict=True):
        if not is_proved:
            assert answer in {401, 429}, sent
        elif len(sent.body) > _PARSERS[sent.platform].most_bytes:
            assert answer == 413
        else:
            assert answer in {200, 413, 429}, sent
    stored = await house.inbound()
    proofs = {sent.body for sent, is_proved in calls if is_proved}
    assert {call.body for call in stored} <= proofs
    for call in stored:
        with suppress(ConnectorError):
            _PARSERS[call.platform].parse(_request(call))


def _request(call: Inbound) -> WebhookRequest:
    return WebhookRequest(
        method="POST",
        url="http://localhost/",
        headers=call.headers,
        body=call.body,
        received_at=call.received_at,
    )
