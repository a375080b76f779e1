"""What an entry says that works, and may surprise, is told by `heatsync check`."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.webhook.adapter import connect
from adapters.webhook.config import WebhookConfig
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.builders import T
from tests.fakes import FakeClock

VISIT = {"type": "'visit'", "contact": "id"}


async def advice(proof: str = "bearer", **receives: object) -> list[str | None]:
    """Return the places of which something is to be said."""
    config = WebhookConfig.model_validate(
        {"adapter": "webhook", "proof": proof, "receives": receives}
    )
    tool = connect(
        PlatformContext(
            name="shop",
            config=config,
            folder=Path(),
            clock=FakeClock(T),
            budget=Unlimited(),
            secrets={"webhook_secret": SecretStr("s" * 24)},
        )
    )
    found = await tool.check()
    assert all(each.is_advice for each in found)
    return [each.path for each in found]


async def test_events_that_nothing_tells_apart_are_named_by_their_place() -> None:
    events = [{**VISIT, "occurred_at": "at"}, VISIT, {**VISIT, "id": "number"}]

    assert await advice(events=events) == ["platforms.shop.receives.events.1"]


@pytest.mark.parametrize("more", [{"key": "number"}, {"proof": "standard"}], ids=str)
async def test_a_key_or_the_id_of_a_call_tells_them_apart(more: dict[str, str]) -> None:
    assert await advice(**more, events=VISIT) == []
