"""Where a platform cannot be asked for contacts, what calls tell of them is stored as told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connector.domain.contacts import Contact, Removal
from connector.ports.platform import Part
from connector.ports.webhook import DATED, Notification, Telling, WebhookRequest
from tests.builders import T
from tests.unit.sync.receiving.calls import Calls
from tests.unit.sync.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = timedelta(minutes=1)
PARTS = frozenset(Part) - {Part.LOOKUP, Part.IDS, Part.CONTACTS}


@dataclass(frozen=True)
class Teller:
    """Reads bodies `[{"id", "job"?, "at"?} | {"gone", "erased"?}, ...]`."""

    unavailable_status = 503

    def verify(self, request: WebhookRequest) -> None: ...

    def delivery_ids(self, request: WebhookRequest) -> Sequence[str]:
        return ()

    def telling(self, request: WebhookRequest) -> Telling:
        return DATED

    def parse(self, request: WebhookRequest) -> Notification:
        items = json.loads(request.body)
        return Notification(
            contacts=tuple(_contact(each) for each in items if "id" in each),
            removals=tuple(
                Removal(remote_id=each["gone"], erased=bool(each.get("erased")))
                for each in items
                if "gone" in each
            ),
        )


def _contact(item: dict[str, Any]) -> Contact:
    return Contact(
        remote_id=item["id"],
        emails=(f"{item['id']}@x.fr",),
        attributes={"job": item["job"]} if "job" in item else {},
        modified_at=T + item.get("at", 0) * MINUTE,
        tells=frozenset({"emails"}),
    )


@pytest.fixture
def calls() -> Calls:
    world = World(parts=PARTS)
    world.platforms["crm"].webhook_parser = Teller()  # type: ignore[assignment]
    return Calls(world)


async def _told(calls: Calls, *items: dict[str, Any]) -> None:
    await calls.raw(json.dumps(items).encode())
    calls.world.clock.advance(MINUTE)


async def test_contacts_are_stored_as_told_whatever_comes_first(calls: Calls) -> None:
    await _told(calls, {"id": "a", "job": "boss", "at": 2})
    await calls.take_in()
    await _told(calls, {"id": "a", "job": "cook", "at": 1})

    taken = await calls.take_in()

    (record,) = await calls.world.records()
    assert (record.attributes["job"], taken.calls) == ("boss", 1)


async def test_whoever_is_told_of_waits_to_be_scored(calls: Calls) -> None:
    await _told(calls, {"id": "a", "job": "boss"})

    taken = await calls.take_in()

    assert taken.contacts == {await calls.world.number_of("a@x.fr")}


async def test_who_is_told_to_be_gone_is_gone(calls: Calls) -> None:
    await _told(calls, {"id": "a"}, {"id": "b"})
    await _told(calls, {"gone": "a"})

    await calls.take_in()

    gone = {each.remote_id: each.removed_at is not None for each in await calls.world.records()}
    assert gone == {"a": True, "b": False}


async def test_who_was_gone_and_is_told_of_again_is_there(calls: Calls) -> None:
    await _told(calls, {"id": "a"})
    await _told(calls, {"gone": "a"})
    await _told(calls, {"id": "a", "at": 60})

    await calls.take_in()

    assert [each.removed_at for each in await calls.world.records()] == [None]


async def test_an_address_names_whom_it_is_of_when_they_are_gone(calls: Calls) -> None:
    await _told(calls, {"id": "a"})
    await _told(calls, {"gone": "A@x.fr"})

    await calls.take_in()

    assert [each.removed_at is not None for each in await calls.world.records()] == [True]


async def test_whom_a_platform_erased_is_erased_whatever_is_told_later(calls: Calls) -> None:
    await _told(calls, {"id": "a"})
    await _told(calls, {"gone": "a", "erased": True})
    await _told(calls, {"id": "a", "at": 60})

    await calls.take_in()
    await _told(calls, {"id": "a", "at": 90})
    await calls.take_in()

    assert await calls.world.records() == []
