"""Sessions whose platform is a function, and what they raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from adapters.http import Answer, Call, HttpSession, Plain, Quota
from connector.errors import PlatformError
from connector.ports.budget import RateBudget, Unlimited

KEY = "xkeysib-0123456789abcdef"
CALL = Call(operation="read contacts", method="GET", path="/contacts", buckets=("contacts",))


class Headers(Plain):
    """A vendor that says what is left of the limits named in its headers."""

    def quotas(self, call: Call, answer: Answer) -> Iterator[Quota]:
        for bucket in call.buckets:
            if (left := answer.headers.get(f"left-{bucket}")) is not None:
                yield Quota(bucket=bucket, limit=10, remaining=int(left))


Handler = Callable[[httpx.Request], httpx.Response]


def a_session(handler: Handler, budget: RateBudget | None = None) -> HttpSession:
    return HttpSession(
        platform="mail",
        base_url="https://api.example.com/v3",
        budget=budget or Unlimited(),
        headers={"api-key": KEY},
        dialect=Headers(),
        secrets=[KEY],
        transport=httpx.MockTransport(handler),
    )


async def refused(handler: Handler, call: Call = CALL) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        await a_session(handler).send(call)
    return caught.value


def answers(status: int, **parts: Any) -> Handler:  # noqa: ANN401 - whatever a response has
    return lambda _: httpx.Response(status, **parts)
