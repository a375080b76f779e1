"""What contacts did, where a table may not be read."""

from __future__ import annotations

from datetime import timedelta, timezone

import httpx
import pytest

from adapters.mautic.simulator.contacts import Contact
from connector.domain.events import Event
from tests.integration.mautic.conftest import (
    ANN,
    AT,
    HOUR,
    MINUTE,
    World,
    events_of,
    read,
)

SITE = "https://www.example.com/prices"
DENIED = "You do not have the view permission to load data from the lead table"


class NoTables(httpx.AsyncBaseTransport):
    """An instance whose tables may not be read by whoever asks."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/stats/"):
            return httpx.Response(200, json={"errors": [{"message": DENIED, "code": 403}]})
        return await self._inner.handle_async_request(request)


LOOKED_AT = (
    "page.viewed",
    "email.clicked",
    "email.opened",
    "email.sent",
    "form.submitted",
    "asset.downloaded",
)


@pytest.fixture
def ann(world: World) -> Contact:
    account = world.simulator.account
    ann = account.add_contact(ANN)
    form = account.add_entity("forms", name="Contact us")["id"]
    email = account.add_entity("emails", name="Welcome")["id"]
    asset = account.add_entity("assets", name="paper", title="White paper")["id"]
    stat = account.engagement.send(ann, email, at=AT - HOUR)
    account.engagement.open(stat, at=AT)
    account.engagement.click(stat, SITE, at=AT + MINUTE)
    account.engagement.visit(ann, f"{SITE}/more", at=AT + 2 * MINUTE)
    account.engagement.submit(ann, form, at=AT + 3 * MINUTE)
    account.engagement.download(ann, asset, at=AT + 4 * MINUTE)
    world.clock.advance(HOUR)
    return ann


def known(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(each.id, each.type, each.subject) for each in events]


@pytest.mark.usefixtures("ann")
async def test_the_activity_tells_the_same_events_as_the_tables(world: World) -> None:
    told = await events_of(world.connect(*LOOKED_AT))

    instead = await events_of(world.connect(*LOOKED_AT, page_rows=2, through=NoTables))

    assert len(told) == 6
    assert known(instead) == known(told)


@pytest.mark.parametrize("hours", [-5, 0, 9])
async def test_what_comes_later_is_told_once_wherever_the_instance_is(
    world: World, ann: Contact, hours: int
) -> None:
    account = world.simulator.account
    account.zone = timezone(timedelta(hours=hours))
    platform = world.connect("page.viewed", "email.sent", through=NoTables)
    _, cursor = await read(platform.events.events(None))
    world.clock.advance(HOUR)
    late = world.clock.now() - MINUTE
    account.engagement.visit(ann, f"{SITE}/late", at=late)
    account.engagement.send(ann, 1, at=late)

    events = await events_of(platform, cursor)

    assert [(each.type, each.occurred_at) for each in events] == [
        ("email.sent", late),
        ("page.viewed", late),
    ]


@pytest.mark.usefixtures("ann")
async def test_the_activity_names_the_form_and_the_asset(world: World) -> None:
    platform = world.connect("form.submitted", "asset.downloaded", through=NoTables)

    form, asset = await events_of(platform)

    assert (form.fields["form_id"], form.fields["form_name"]) == ("1", "Contact us")
    assert (asset.fields["asset_id"], asset.fields["asset"]) == ("1", "White paper")


async def test_the_activity_is_not_asked_for_replies_which_it_tells_of_one_contact_alone(
    world: World, ann: Contact
) -> None:
    engagement = world.simulator.account.engagement
    engagement.reply(engagement.send(ann, 1, at=AT), at=AT)

    events = await events_of(world.connect("email.replied", through=NoTables))

    assert events == []
    assert world.asked("/api/contacts/activity") == []


@pytest.mark.usefixtures("ann")
async def test_tables_that_may_not_be_read_are_advised_of(world: World) -> None:
    problems = await world.connect("page.viewed", through=NoTables).check()

    assert problems
    assert all(each.is_advice for each in problems)
    assert "the table page_hits cannot be read" in str(problems)


@pytest.mark.usefixtures("ann")
async def test_where_the_log_may_not_be_read_nobody_is_told_to_be_gone(world: World) -> None:
    platform = world.connect(through=NoTables)

    gone, cursor = await read(platform.removals.removals(None))
    again, _ = await read(platform.removals.removals(cursor))

    assert gone == again == []
