"""Limits that not all requests count in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from adapters.rest.adapter import buckets, connect
from adapters.rest.config import RestConfig
from connector.domain.contacts import Reading
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.builders import T
from tests.fakes import FakeClock

ENTRY: dict[str, Any] = {
    "adapter": "rest",
    "url": "https://api.acme.example",
    "limits": [
        {"requests": 100, "per": "1m"},
        {"requests": 10, "per": "1s", "of": "people"},
        {"requests": 3, "per": "1s", "of": "lists"},
    ],
    "contacts": {"path": "/people", "limit": "people", "record": {"id": "id"}},
    "lists": {"path": "/lists", "limit": "lists", "record": {"id": "id", "name": "name"}},
}


class Counting(Unlimited):
    """A budget that notes what is counted."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, ...]] = []

    @asynccontextmanager
    async def spend(self, *buckets: str) -> AsyncIterator[None]:
        self.counted.append(buckets)
        async with super().spend(*buckets):
            yield


def test_each_limit_is_a_bucket_of_its_own() -> None:
    found = buckets(RestConfig.model_validate(ENTRY))

    assert {each.name: (each.limit, each.window) for each in found} == {
        "requests_per_1m": (100, timedelta(minutes=1)),
        "people_per_1s": (10, timedelta(seconds=1)),
        "lists_per_1s": (3, timedelta(seconds=1)),
    }


async def test_a_request_counts_in_its_own_limits_and_in_those_of_all() -> None:
    budget = Counting()
    platform = connect(
        PlatformContext(
            name="acme",
            config=RestConfig.model_validate(ENTRY),
            folder=Path(),
            clock=FakeClock(T),
            budget=budget,
        ),
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=[])),
    )
    assert platform.contacts

    _ = [each async for each in platform.contacts.contacts(Reading(), None)]
    await platform.aclose()

    assert budget.counted == [("requests_per_1m", "people_per_1s")]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"limits": ENTRY["limits"][1:2]}, "none `of` the name `lists`", id="unknown"),
        pytest.param({"limits": [*ENTRY["limits"]] * 2}, "for the same span", id="twice"),
    ],
)
def test_limits_and_the_requests_that_name_them_fit_together(
    changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        RestConfig.model_validate(ENTRY | changed)
