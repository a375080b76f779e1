"""What somebody gets who asks for what is not there."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from connector.web.dashboard import nowhere


async def _ask(path: str, **headers: str) -> httpx.Response:
    app = FastAPI()
    nowhere.offer(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get(path, headers=headers)


async def test_a_program_is_told_in_the_shape_of_the_api() -> None:
    answer = await _ask("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.json() == {"error": "not found", "problems": []}


async def test_a_browser_gets_a_page_in_its_language_that_leads_on() -> None:
    answer = await _ask("/nothing", accept="text/html,*/*", **{"accept-language": "fr"})

    assert answer.status_code == 404
    assert "Cette page n" in answer.text
    assert '<a href="/">Aper' in answer.text


async def test_the_page_that_tells_loads_no_script() -> None:
    answer = await _ask("/nothing", accept="text/html")

    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
