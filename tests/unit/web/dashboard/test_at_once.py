"""What a page draws when several things ask it to at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from nicegui import Client, ui
from nicegui import app as pages
from nicegui.page import page
from pydantic import SecretStr
from starlette.requests import Request
from structlog.testing import capture_logs

from connector.sync.looking.noticing import footprint
from connector.sync.looking.timeline import PAGE
from connector.web.dashboard import frame
from connector.web.dashboard.frame import Visit, while_in
from connector.web.dashboard.lead.asked import Asked
from connector.web.dashboard.lead.page import LeadPage
from connector.web.dashboard.lead.timeline import Timeline
from connector.web.dashboard.looks import Looks
from tests.unit.sync.world import World
from tests.unit.web.house import House

WHO = "ada@x.org"
EVENTS = 120


@pytest.fixture
async def world() -> World:
    """Return a company that knows one person, of whom there is much to tell."""
    world = World()
    whom = world.crm.create(WHO)
    for _ in range(EVENTS):
        world.happens(world.crm, whom)
    await world.sync()
    return world


@pytest.fixture
def client() -> Iterator[Client]:
    """Yield the page of a browser, to draw on."""
    client = Client(page("/somewhere"), request=None)
    yield client
    client.delete()


def _visit(world: World, token: str | None = None) -> Visit:
    """Return a look by somebody without a session, who needs one where there is a token."""
    house = House(world, admin_token=None if token is None else SecretStr(token))
    scope = {"type": "http", "method": "GET", "path": "/lead", "headers": [], "app": house.app}
    return Visit(request=Request(scope), looks=Looks.of(scope))


def _shown(client: Client) -> int:
    """Return how many events stand on the page."""
    return sum("event" in each.classes for each in client.elements.values())


async def test_no_event_is_shown_twice_to_whoever_asks_twice_for_earlier_ones(
    world: World, client: Client
) -> None:
    with client:
        timeline = Timeline(_visit(world), WHO)
    await timeline.draw()

    await asyncio.gather(*(timeline.draw_earlier() for _ in range(4)))

    assert _shown(client) == EVENTS


async def test_earlier_events_stay_where_all_is_drawn_anew_meanwhile(
    world: World, client: Client
) -> None:
    with client:
        timeline = Timeline(_visit(world), WHO)
    await timeline.draw()

    await asyncio.gather(timeline.draw_earlier(), timeline.draw())

    assert _shown(client) == 2 * PAGE


async def test_one_course_is_drawn_whoever_asks_for_it_meanwhile(
    world: World, client: Client
) -> None:
    asked = Asked(contact=WHO, score="heat")
    seen = await footprint(world.workspace, WHO)
    with client:
        lead = LeadPage(_visit(world), asked, seen)
        await lead.draw_now()

    await asyncio.gather(lead.draw_later(), lead.draw_later())

    assert sum(isinstance(each, ui.echart) for each in client.elements.values()) == 1


@pytest.mark.parametrize(("token", "times"), [(None, 1), ("open sesame", 0)])
async def test_nothing_more_is_shown_to_whose_session_has_ended(
    world: World, client: Client, token: str | None, times: int
) -> None:
    shown: list[str] = []

    async def show() -> None:
        shown.append(WHO)

    with client:
        await while_in(_visit(world, token), show)()

    assert len(shown) == times


async def test_a_page_that_takes_too_long_is_told_of_by_one_without_scripts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "PATIENCE", 0.01)
    visit = _visit(world)
    monkeypatch.setattr(pages.state, "desk", visit.desk, raising=False)

    async def fill(_: Visit) -> None:
        await asyncio.Event().wait()

    with capture_logs() as logs, Client(page("/runs"), request=None):
        answer = await frame._shown(visit.request, "/runs", fill)

    assert (answer.status_code, b"<script" in answer.body) == (503, False)
    assert b"It takes too long at present." in answer.body
    assert logs == [
        {"event": "page given up", "log_level": "warning", "page": "/runs", "seconds": 0.01}
    ]
