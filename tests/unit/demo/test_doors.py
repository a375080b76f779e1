"""Doors of played platforms, over real connections."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from adapters.simulation.server import Server
from connector.demo.doors import Door, control


async def answer(_: object) -> PlainTextResponse:
    return PlainTextResponse("here")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def door(told: list[str]) -> Door:
    return Door(Starlette(routes=[Route("/", answer)]), "Plume", told.append)


@pytest.fixture
def platform(door: Door) -> Iterator[str]:
    with Server(door) as server:
        yield server.url


@pytest.fixture
def desk(door: Door) -> Iterator[str]:
    with Server(control({"crm": door})) as server:
        yield server.url


def test_a_stopped_platform_breaks_connections_until_it_is_started(
    platform: str, desk: str, told: list[str]
) -> None:
    assert httpx.get(platform).text == "here"

    assert httpx.post(f"{desk}/platforms/crm/stop").json() == {"crm": "stopped"}
    with pytest.raises(httpx.TransportError):
        httpx.get(platform)

    assert httpx.post(f"{desk}/platforms/crm/start").json() == {"crm": "answers"}
    assert httpx.get(platform).text == "here"
    assert told == ["does not answer any more", "answers again"]


def test_an_unknown_platform_is_answered_with_those_there_are(desk: str) -> None:
    answer = httpx.post(f"{desk}/platforms/shop/stop")

    assert answer.status_code == 404
    assert "crm" in answer.json()["error"]
    assert httpx.get(f"{desk}/platforms").json() == {"crm": "answers"}


def test_a_page_has_a_button_for_each_platform(platform: str, desk: str) -> None:
    assert 'aria-label="Stop Plume"' in httpx.get(desk).text

    turned = httpx.post(f"{desk}/platforms/crm/stop", data={"from": "page"}, follow_redirects=True)

    assert str(turned.url).rstrip("/") == desk
    assert 'aria-label="Start Plume"' in turned.text
    with pytest.raises(httpx.TransportError):
        httpx.get(platform)
