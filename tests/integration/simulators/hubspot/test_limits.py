"""Limits and refusals: how many requests are taken, and how HubSpot says no."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.hubspot.simulator import PLAIN, TOKEN, Trick
from adapters.hubspot.simulator.limits import DAILY
from adapters.simulation.faults import Fault
from tests.integration.simulators.hubspot.conftest import CONTACTS, World

MakeWorld = Callable[..., Awaitable[World]]


@pytest.mark.parametrize(("tier", "most"), [("free", 100), ("pro", 190), ("enterprise", 190)])
async def test_so_many_requests_are_taken_in_any_ten_seconds(
    make_world: MakeWorld, tier: str, most: int
) -> None:
    world = await make_world(PLAIN, tier=tier, limits=True)

    answers = [await world.get(CONTACTS) for _ in range(most + 1)]
    world.clock.advance(timedelta(seconds=10))
    later = await world.get(CONTACTS)

    assert [each.status_code for each in answers] == [200] * most + [429]
    assert later.status_code == 200
    body = answers[-1].json()
    assert (body["errorType"], body["policyName"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert "retry-after" not in answers[-1].headers


async def test_answers_say_what_is_left(make_world: MakeWorld) -> None:
    world = await make_world(PLAIN, tier="pro", limits=True)

    headers = (await world.get(CONTACTS)).headers

    assert headers["X-HubSpot-RateLimit-Max"] == "190"
    assert headers["X-HubSpot-RateLimit-Remaining"] == "189"
    assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert headers["X-HubSpot-RateLimit-Daily"] == "625000"
    assert headers["X-HubSpot-RateLimit-Daily-Remaining"] == "624999"


async def test_five_searches_are_taken_in_a_second_and_nothing_is_said_of_it(
    make_world: MakeWorld,
) -> None:
    world = await make_world(PLAIN, limits=True)

    answers = [await world.post(f"{CONTACTS}/search", {}) for _ in range(6)]

    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert answers[-1].json()["policyName"] == "SECONDLY"
    assert not [name for name in answers[0].headers if "ratelimit" in name.lower()]


@pytest.mark.parametrize(
    ("path", "policy"), [("", "TEN_SECONDLY_ROLLING"), ("/search", "SECONDLY")]
)
async def test_a_limit_that_is_only_played_names_its_policy(
    make_world: MakeWorld, path: str, policy: str
) -> None:
    world = await make_world(PLAIN, limits=True)
    world.simulator.faults.play(Fault.RATE_LIMITED)

    answer = await world.post(CONTACTS + path, {})

    assert answer.json()["policyName"] == policy
    assert answer.headers["x-hubspot-correlation-id"] == answer.json()["correlationId"]


async def test_a_search_for_lists_is_no_search_of_the_crm(make_world: MakeWorld) -> None:
    world = await make_world(PLAIN, limits=True)

    answers = [await world.post("/crm/lists/2026-03/search", {}) for _ in range(6)]

    assert [each.status_code for each in answers] == [200] * 6


async def test_a_day_ends_at_midnight_of_the_account(make_world: MakeWorld) -> None:
    world = await make_world(PLAIN, limits=True, zone="America/New_York")
    window = world.simulator.app.windows.by_bucket[DAILY]
    window.limit = 3

    answers = [await world.get(CONTACTS) for _ in range(4)]
    usage = await world.get("/account-info/2026-03/details")
    world.clock.at = datetime(2026, 11, 3, 4, 59, 59, tzinfo=UTC)
    late = await world.get(CONTACTS)
    world.clock.at = datetime(2026, 11, 3, 5, tzinfo=UTC)
    midnight = await world.get(CONTACTS)

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["policyName"] == "DAILY"
    assert usage.status_code == 429, "other requests do not pass either"
    assert (late.status_code, midnight.status_code) == (429, 200)


async def test_the_account_tells_what_it_used_and_when_the_day_ends(make_world: MakeWorld) -> None:
    world = await make_world(PLAIN, limits=True, zone="Europe/Paris")
    await world.get(CONTACTS)

    usage = await world.get("/account-info/2026-03/api-usage/daily/private-apps")
    details = await world.get("/account-info/2026-03/details")

    row = usage.json()["results"][0]
    assert (row["usageLimit"], row["currentUsage"]) == (625_000, 2)
    assert datetime.fromisoformat(row["resetsAt"]) == datetime(2026, 11, 2, 23, tzinfo=UTC)
    assert (details.json()["timeZone"], details.json()["utcOffset"]) == ("Europe/Paris", "+01:00")


@pytest.mark.parametrize(
    ("trick", "status"),
    [
        (Trick.LOCKED, 423),
        (Trick.MIGRATING, 477),
        (Trick.DAY_IS_SPENT, 429),
        (Trick.NO_SCOPE, 403),
        (Trick.TOKEN_EXPIRED, 401),
    ],
)
async def test_a_mishap_is_played_once_on_the_request_it_is_for(
    plain: World, trick: Trick, status: int
) -> None:
    plain.simulator.tricks.play(trick, on=f"GET {CONTACTS}")

    other = await plain.get("/crm/owners/2026-03")
    answers = [await plain.get(CONTACTS) for _ in range(2)]

    assert other.status_code == 200
    assert [each.status_code for each in answers] == [status, 200]
    assert ("retry-after" in answers[0].headers) is (trick is Trick.MIGRATING)


async def test_a_server_error_has_the_body_of_an_error(plain: World) -> None:
    plain.simulator.faults.play(Fault.UNAVAILABLE)

    answer = await plain.get(CONTACTS)

    assert answer.status_code == 503
    assert answer.json()["status"] == "error"


@pytest.mark.parametrize("token", ["", "Bearer wrong", TOKEN])
async def test_without_the_token_nothing_is_answered(plain: World, token: str) -> None:
    answer = await plain.http.get(CONTACTS, headers={"authorization": token})

    expected = 200 if token == TOKEN else 401
    assert answer.status_code == expected


async def test_a_scope_that_is_missing_is_named(plain: World) -> None:
    plain.account.scopes = {"crm.objects.contacts.read"}
    ann = plain.account.add(firstname="Ann")

    read = await plain.get(f"{CONTACTS}/{ann}")
    write = await plain.http.patch(f"{CONTACTS}/{ann}", json={"properties": {}})

    assert read.status_code == 200
    assert write.status_code == 403
    context = write.json()["errors"][0]["context"]
    assert context == {"requiredGranularScopes": ["crm.objects.contacts.write"]}


async def test_an_address_has_an_end(plain: World) -> None:
    answers = [await plain.get(CONTACTS, properties="x" * length) for length in (8000, 8200)]

    assert [each.status_code for each in answers] == [200, 414]


async def test_what_does_not_exist_and_what_is_asked_wrongly_differ(plain: World) -> None:
    nowhere = await plain.get("/crm/objects/2026-03")
    wrongly = await plain.http.put(CONTACTS)
    nonsense = await plain.http.post(CONTACTS, content=b"{")

    assert [each.status_code for each in (nowhere, wrongly, nonsense)] == [404, 405, 400]
