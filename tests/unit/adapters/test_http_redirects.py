"""A key goes where the configuration says, and to nobody whom an answer names."""

from __future__ import annotations

import httpx
import pytest

from connector.errors import UnexpectedAnswer
from tests.unit.adapters.sessions import refused


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_an_answer_that_sends_us_elsewhere_is_not_followed(status: int) -> None:
    asked: list[str] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(status, headers={"location": "https://evil.example/v3/contacts"})

    error = await refused(elsewhere)

    assert type(error) is UnexpectedAnswer
    assert asked == ["https://api.example.com/v3/contacts"]
