"""Klaviyo's own client understands the simulator, and the simulator understands it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, TypeAlias

import httpx
import pytest
from klaviyo_api import KlaviyoAPI  # type: ignore[import-untyped]
from openapi_client.exceptions import (
    BadRequestException,
    NotFoundException,
    UnauthorizedException,
)

from adapters.simulation.server import Server
from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.presets.klaviyo.simulator import KEY, KlaviyoSimulator

Client: TypeAlias = Any
"""What speaks for an account; it has no types."""


@pytest.fixture
def simulator() -> KlaviyoSimulator:
    return KlaviyoSimulator(now=FakeClock(T).now)


@pytest.fixture
def url(simulator: KlaviyoSimulator) -> Iterator[str]:
    with Server(simulator.app) as server:
        yield server.url


@pytest.fixture
def client(url: str) -> Client:
    return KlaviyoAPI(KEY, max_retries=0, test_host=url)


def test_a_profile_is_imported_changed_and_read(client: Client) -> None:
    attributes = {"email": "ann@example.com", "properties": {"plan": "pro", "score": 3}}
    body = {"data": {"type": "profile", "attributes": attributes}}
    made = client.Profiles.create_or_update_profile(body)
    key = made.data.id
    change = {"properties": {"score": 7, "plan": None}}
    changed = client.Profiles.update_profile(
        key, {"data": {"type": "profile", "id": key, "attributes": change}}
    )

    read = client.Profiles.get_profile(key, additional_fields_profile=["subscriptions"])

    assert changed.data.attributes.properties == {"score": 7}
    assert read.data.attributes.email == "ann@example.com"
    assert read.data.attributes.subscriptions.email.marketing.consent == "NEVER_SUBSCRIBED"


def test_profiles_are_filtered_and_walked_page_by_page(
    client: Client, simulator: KlaviyoSimulator
) -> None:
    for number in range(5):
        simulator.account.add_profile(f"p{number}@example.com")
    found: list[str] = []
    cursor = None
    while cursor is not None or not found:
        page = client.Profiles.get_profiles(
            filter=f"greater-than(updated,{(T - timedelta(days=1)).isoformat()})",
            sort="updated",
            page_size=2,
            page_cursor=cursor,
        )
        found += [each.attributes.email for each in page.data]
        cursor = httpx.URL(page.links.next or "").params.get("page[cursor]")

    assert found == [f"p{number}@example.com" for number in range(5)]


def test_several_profiles_are_found_by_their_ids(
    client: Client, simulator: KlaviyoSimulator
) -> None:
    ann, bob, _ = [simulator.account.add_profile(f"{n}@example.com") for n in ("ann", "bob", "cy")]

    page = client.Profiles.get_profiles(filter=f'any(id,["{ann.id}","{bob.id}","nobody"])')

    assert {each.id for each in page.data} == {ann.id, bob.id}


def test_events_come_with_their_metrics(client: Client, simulator: KlaviyoSimulator) -> None:
    ann = simulator.account.add_profile("ann@example.com")
    simulator.account.record(ann, "Opened Email", T, Subject="Hello")
    simulator.account.record(
        ann, "Clicked Email", T, URL="https://shop.example", **{"Bot Click": 1}
    )

    page = client.Events.get_events(include=["metric"], sort="datetime", page_size=1000)
    metrics = client.Metrics.get_metrics()

    names = {each["id"]: each["attributes"]["name"] for each in page.included}
    told = [names[each.relationships.metric.data.id] for each in page.data]
    assert told == ["Opened Email", "Clicked Email"]
    assert {each.relationships.profile.data.id for each in page.data} == {ann.id}
    assert {each.attributes.name for each in metrics.data} == {*told}


def test_a_list_is_made_filled_read_and_emptied(
    client: Client, simulator: KlaviyoSimulator
) -> None:
    ann = simulator.account.add_profile("ann@example.com")
    body = {"data": {"type": "list", "attributes": {"name": "Hot"}}}
    made = client.Lists.create_list(body)
    members = {"data": [{"type": "profile", "id": ann.id}]}

    client.Lists.add_profiles_to_list(made.data.id, members)
    before = client.Lists.get_profile_ids_for_list(made.data.id)
    client.Lists.remove_profiles_from_list(made.data.id, members)
    after = client.Lists.get_profile_ids_for_list(made.data.id)

    assert [each.id for each in before.data] == [ann.id]
    assert after.data == []
    assert [each.attributes.name for each in client.Lists.get_lists().data] == ["Hot"]
    assert ann.consent == "NEVER_SUBSCRIBED"


def test_refusals_are_errors_of_the_client(client: Client, url: str) -> None:
    with pytest.raises(NotFoundException):
        client.Profiles.get_profile("01GNOBODY")
    with pytest.raises(UnauthorizedException):
        KlaviyoAPI("pk_of_another", max_retries=0, test_host=url).Profiles.get_profiles()
    with pytest.raises(BadRequestException) as refusal:
        client.Profiles.get_profiles(filter="greater-or-equal(updated,2026-01-01T00:00:00Z)")

    assert refusal.value.data
    (error,) = refusal.value.data.errors
    assert error.detail == "'greater-or-equal' is not a supported operator for 'updated'"


def test_limits_are_told_in_every_answer(client: Client) -> None:
    headers = client.Lists.get_lists_with_http_info().headers

    assert (headers["ratelimit-limit"], headers["ratelimit-remaining"]) == ("750", "749")
