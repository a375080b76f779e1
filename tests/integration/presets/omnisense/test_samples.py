"""Omnisense is told as the examples of its documentation tell it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from adapters.rest.adapter import RestPlatform, connect
from adapters.rest.config import RestConfig
from connector.domain.changes import Action, Addressee, AttributeChange
from connector.domain.values import Written
from connector.errors import PlatformError
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.builders import T
from tests.fakes import FakeClock

# Both from https://developers.omnisense.io/api/ as it stood in November 2026, without what heatsync
# does not tell: the device, the place, names.
SUBSCRIBER = {
    "api_key": "1234567890abcdef09876543210",
    "user": {"email": "foo@bar.com"},
    "metadata": {"purchase_count": "5"},
}
USER_EVENT = {
    "api_key": "1234567890abcdef09876543210",
    "email": "foo@bar.com",
    "user_event": {"identifier": "product.view", "segments": {}},
}
FOO = Addressee(remote_id="p_1", email="foo@bar.com")


class Told:
    """Takes what it is told."""

    def __init__(self, *, status: int = 200, content: bytes = b"{}") -> None:
        self.asked: list[httpx.Request] = []
        self._answer = (status, content)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status, content = self._answer
        return httpx.Response(status, content=content)

    def platform(self) -> RestPlatform:
        entry = {"adapter": "rest", "preset": "omnisense", "url": "https://x.app.omnisense.io"}
        context = PlatformContext(
            name="omni",
            config=RestConfig.model_validate_json(json.dumps(entry), strict=True),
            folder=Path(),
            clock=FakeClock(T),
            budget=Unlimited(),
            secrets={"api_key": SecretStr("1234567890abcdef09876543210")},
        )
        return connect(context, transport=httpx.MockTransport(self))

    @property
    def body(self) -> Mapping[str, Any]:
        (request,) = self.asked
        told: Mapping[str, Any] = json.loads(request.content)
        return told


async def test_a_profile_is_told_as_in_the_example() -> None:
    told = Told()
    writer = told.platform().attribute_writer
    assert writer is not None
    change = AttributeChange(to=FOO, values={"purchase_count": Decimal(5)})

    (outcome,) = await writer.write_attributes([change])

    assert outcome.error is None
    assert told.body == SUBSCRIBER
    assert str(told.asked[0].url) == "https://x.app.omnisense.io/api/v1/subscriber"


async def test_an_event_is_told_as_in_the_example() -> None:
    told = Told()
    actions = told.platform().actions
    assert actions is not None
    action = Action(
        key="k", trigger="seen", kind="campaign", to=FOO, at=T, params={"id": "product.view"}
    )

    (outcome,) = await actions.perform([action])

    assert outcome.error is None
    segments = {"key": "k", "trigger": "seen"}
    shown = {**USER_EVENT, "user_event": {"identifier": "product.view", "segments": segments}}
    assert told.body == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("83.50"), "83.50"),
        (True, "true"),
        ("hot", "hot"),
        (None, ""),
        (datetime(2026, 1, 15, 10, tzinfo=UTC), "2026-01-15T10:00:00Z"),
    ],
)
async def test_everything_is_told_as_text(value: Written, text: str) -> None:
    told = Told()
    writer = told.platform().attribute_writer
    assert writer is not None

    await writer.write_attributes([AttributeChange(to=FOO, values={"x": value})])

    assert told.body["metadata"] == {"x": text}


@pytest.mark.parametrize(
    ("told", "is_done"),
    [
        (Told(status=204, content=b""), True),
        (Told(content=b"<html>Maintenance</html>"), False),
        (Told(status=302, content=b""), False),
    ],
)
async def test_only_json_or_nothing_says_that_it_was_done(told: Told, *, is_done: bool) -> None:
    writer = told.platform().attribute_writer
    assert writer is not None
    change = AttributeChange(to=FOO, values={"x": "y"})

    try:
        (outcome,) = await writer.write_attributes([change])
        told_done = outcome.error is None
    except PlatformError:
        told_done = False

    assert told_done is is_done
