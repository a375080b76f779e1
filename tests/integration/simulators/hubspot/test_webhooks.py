"""Webhooks and the journal: what is told, how it is proved, and how it goes astray."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.hubspot.simulator import PLAIN
from adapters.hubspot.simulator.webhooks import SIGNATURE, TIMESTAMP, Delivery
from adapters.hubspot.webhooks.signature import verify
from connector.ports.webhook import WebhookRequest
from tests.integration.simulators.hubspot.conftest import World

URL = "https://example.com/hooks/crm"
JOURNAL = "/webhooks-journal/journal-local/2026-03"
ALL = (
    "contact.creation",
    "contact.deletion",
    "contact.privacyDeletion",
    "contact.merge",
    "contact.restore",
    "contact.associationChange",
)


def _listen(world: World, *event_types: str, name: str | None = None, url: str = URL) -> None:
    world.account.webhooks.set_target(url)
    for each in event_types:
        world.account.webhooks.subscribe(each, name)


def _told(world: World) -> list[dict[str, Any]]:
    """Return all notifications that are due."""
    return [item for call in world.account.webhooks.due() for item in json.loads(call.body)]


def test_the_signature_is_that_of_the_documented_example(plain: World) -> None:
    body = b"{'example_field':'example_value'}"
    url = "https://www.example.com/webhook_uri"

    signature = plain.account.webhooks.sign("POST", url, body, "1693657560000")

    assert signature == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="


async def test_our_verification_believes_what_is_sent(plain: World) -> None:
    url = "https://example.com/hooks/crm%3A1?a=%20b%2Fc"
    _listen(plain, "contact.creation", url=url)
    plain.account.add(email="ann@example.com")

    call = plain.account.webhooks.due()[0]

    secret = SecretStr(plain.account.keys.client_secret)
    request = WebhookRequest(
        method="POST",
        url=call.url,
        headers=dict(call.headers),
        body=call.body,
        received_at=plain.clock.now(),
    )
    verify(request, [secret])
    assert {SIGNATURE, TIMESTAMP} <= set(call.headers)


async def test_each_thing_that_happens_is_told(plain: World) -> None:
    _listen(plain, *ALL)
    ann, ben, cid = (plain.account.add(firstname=each) for each in ("Ann", "Ben", "Cid"))
    plain.account.merge(ann, ben)
    plain.account.archive(cid)
    plain.account.restore(cid)
    plain.account.erase(cid)
    plain.account.associate(("contacts", int(ann)), ("deals", 7), 4, "CRM_UI")

    told = [each["subscriptionType"].partition(".")[2] for each in _told(plain)]

    assert told == [
        *["creation"] * 3,
        "merge",
        "deletion",
        "restore",
        "privacyDeletion",
        "deletion",
        "associationChange",
    ]


async def test_a_merge_names_all_ids(plain: World) -> None:
    _listen(plain, "contact.merge")
    ann, ben = (plain.account.add(firstname=each) for each in ("Ann", "Ben"))

    plain.account.merge(ann, ben)

    told = _told(plain)[0]
    assert (told["primaryObjectId"], told["mergedObjectIds"]) == (int(ann), [int(ben)])
    assert told["newObjectId"] == int(ann)


async def test_a_change_is_told_for_each_property_with_one_event_id(plain: World) -> None:
    plain.account.webhooks.set_target(URL)
    for name in ("city", "phone"):
        plain.account.webhooks.subscribe("contact.propertyChange", name)
    ann = plain.account.add(firstname="Ann")

    plain.account.set(ann, city="Lyon", phone="1", firstname="Anna")

    told = _told(plain)
    assert [(each["propertyName"], each["propertyValue"]) for each in told] == [
        ("city", "Lyon"),
        ("phone", "1"),
    ]
    assert len({each["eventId"] for each in told}) == 1


async def test_our_own_writes_are_told_too(plain: World) -> None:
    _listen(plain, "contact.propertyChange", name="city")
    ann = plain.account.add(firstname="Ann")

    path = f"/crm/objects/2026-03/contacts/{ann}"
    await plain.http.patch(path, json={"properties": {"city": "Lyon"}})

    told = _told(plain)[0]
    assert (told["changeSource"], told["sourceId"]) == ("INTEGRATION", str(plain.account.app_id))


async def test_a_call_carries_a_hundred_at_most(plain: World) -> None:
    _listen(plain, "contact.creation")
    for number in range(250):
        plain.account.add(firstname=str(number))

    sizes = [len(json.loads(each.body)) for each in plain.account.webhooks.due()]

    assert sizes == [100, 100, 50]


async def test_notifications_come_in_any_order_and_some_twice(world: World) -> None:
    _listen(world, "contact.creation")
    ids = [int(world.account.add(firstname=str(number))) for number in range(90)]

    told = [each["objectId"] for each in _told(world)]

    assert set(told) == set(ids)
    assert told != sorted(told)
    assert len(told) > len(ids)


async def test_what_is_refused_comes_again_ten_times_within_a_day(plain: World) -> None:
    _listen(plain, "contact.creation")
    plain.account.add(firstname="Ann")
    attempts: list[int] = []

    async def refuse(call: Delivery) -> int | None:
        attempts.append(json.loads(call.body)[0]["attemptNumber"])
        return 503 if len(attempts) % 2 else None

    for _ in range(24):
        await plain.simulator.deliver(refuse)
        plain.clock.advance(timedelta(hours=1, minutes=30))

    assert attempts == list(range(11))
    assert (plain.account.webhooks.given_up, plain.account.webhooks.waiting()) == (1, 0)


async def test_what_was_taken_does_not_come_again(plain: World) -> None:
    _listen(plain, "contact.creation")
    plain.account.add(firstname="Ann")

    async def take(_: Delivery) -> int | None:
        return 200

    taken = [await plain.simulator.deliver(take) for _ in range(2)]

    assert taken == [1, 0]


async def test_without_an_address_nothing_is_sent(plain: World) -> None:
    _listen(plain, "contact.creation")
    plain.account.add(firstname="Ann")

    await plain.http.delete(f"/webhooks/v3/{plain.account.app_id}/settings")

    assert plain.account.webhooks.due() == []


async def test_the_key_of_a_developer_opens_the_settings_of_webhooks_only(plain: World) -> None:
    key, app = plain.account.keys.developer_key, plain.account.app_id
    paths = (f"/webhooks/v3/{app}/subscriptions", "/crm/v3/objects/contacts")

    answers = [
        await plain.http.get(each, params={"hapikey": key}, headers={"authorization": ""})
        for each in paths
    ]

    assert [each.status_code for each in answers] == [200, 401]


@pytest.mark.parametrize("name", ["lastmodifieddate", "num_unique_conversion_events", None])
async def test_some_properties_are_never_told(plain: World, name: str | None) -> None:
    body = {"eventType": "contact.propertyChange", "propertyName": name, "active": True}

    answer = await plain.post(f"/webhooks/v3/{plain.account.app_id}/subscriptions", body)

    assert answer.status_code == 400


async def _journal(world: World) -> dict[str, str]:
    """Return the headers with which the journal is read."""
    keys = world.account.keys
    form = {
        "grant_type": "client_credentials",
        "client_id": keys.client_id,
        "client_secret": keys.client_secret,
    }
    answer = await world.http.post("/oauth/2026-03/token", data=form)
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture
async def journal(make_world: Callable[..., Awaitable[World]]) -> World:
    world = await make_world(PLAIN)
    for each in ("OBJECT", "LIST_MEMBERSHIP", "GDPR_PRIVACY_DELETION"):
        world.account.journal.subscribe({"subscriptionType": each, "objectTypeId": "0-1"})
    return world


async def test_the_journal_is_read_file_by_file_to_its_end(journal: World) -> None:
    headers = await _journal(journal)
    ann = journal.account.add(email="ann@example.com")
    first = (await journal.http.get(f"{JOURNAL}/earliest", headers=headers)).json()
    journal.account.set(ann, city="Lyon")
    journal.account.add_list("Hot", members=[ann])
    path = f"{JOURNAL}/offset/{first['currentOffset']}/next"
    second = (await journal.http.get(path, headers=headers)).json()
    end = await journal.http.get(
        f"{JOURNAL}/offset/{second['currentOffset']}/next", headers=headers
    )

    files = [(await journal.http.get(each["url"])).json() for each in (first, second)]

    events = [each for file in files for each in file["journalEvents"]]
    assert [(each["type"], each["action"]) for each in events] == [
        ("OBJECT", "CREATE"),
        ("OBJECT", "UPDATE"),
        ("LIST_MEMBERSHIP", "ADDED"),
    ]
    assert events[1]["propertyChanges"] == {"city": {"value": "Lyon"}}
    assert end.status_code == 204


async def test_the_journal_is_kept_for_three_days(journal: World) -> None:
    journal.account.add(email="ann@example.com")
    offset = journal.account.journal.files()[0].offset
    journal.clock.advance(timedelta(days=3, seconds=1))
    journal.account.add(email="ben@example.com")
    headers = await _journal(journal)

    lost = await journal.http.get(f"{JOURNAL}/offset/{offset}/next", headers=headers)
    earliest = (await journal.http.get(f"{JOURNAL}/earliest", headers=headers)).json()

    assert lost.status_code == 404
    assert earliest["currentOffset"] != offset


async def test_several_files_are_read_at_once(journal: World) -> None:
    headers = await _journal(journal)
    for number in range(3):
        journal.account.add(firstname=str(number))
        journal.account.journal.files()
    first = journal.account.journal.files()[0].offset

    answer = await journal.http.get(f"{JOURNAL}/batch/{first}/next/10", headers=headers)

    assert len(answer.json()["results"]) == 2


async def test_the_link_to_a_file_lives_for_some_minutes(journal: World) -> None:
    headers = await _journal(journal)
    journal.account.add(firstname="Ann")
    link = (await journal.http.get(f"{JOURNAL}/latest", headers=headers)).json()["url"]

    journal.clock.advance(timedelta(minutes=6))

    assert (await journal.http.get(link)).status_code == 403


async def test_the_journal_is_for_the_app_and_the_app_for_nothing_else(journal: World) -> None:
    headers = await _journal(journal)

    by_person = await journal.http.get(f"{JOURNAL}/earliest")
    by_app = await journal.http.get("/crm/objects/2026-03/contacts", headers=headers)
    journal.clock.advance(timedelta(hours=1))
    late = await journal.http.get(f"{JOURNAL}/earliest", headers=headers)

    assert (by_person.status_code, by_app.status_code) == (403, 403)
    assert (late.status_code, late.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")


async def test_a_wrong_secret_gives_no_token(journal: World) -> None:
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}

    answer = await journal.http.post("/oauth/v1/token", data=form)

    assert answer.status_code == 401


async def test_without_a_subscription_the_journal_is_empty(plain: World) -> None:
    headers = await _journal(plain)
    plain.account.add(email="ann@example.com")

    answer = await plain.http.get(f"{JOURNAL}/earliest", headers=headers)

    assert answer.status_code == 204
