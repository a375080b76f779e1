"""Who is let in, what a role may see, limits, and what answers say of the version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.mautic.simulator import CLIENT_ID, CLIENT_SECRET
from adapters.simulation.faults import Fault
from tests.integration.simulators.mautic.conftest import World

Make = Callable[..., Awaitable[World]]
CONTACTS = "/api/contacts"


async def _token(world: World, grant: str, **more: str) -> httpx.Response:
    sent = {"grant_type": grant, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **more}
    # No password goes along.
    return await world.http.post("/oauth/v2/token", data=sent, auth=httpx.Auth())


def _error(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()["errors"][0].get("type")


async def _bearing(world: World, token: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"}
    return await world.http.get(CONTACTS, headers=headers, auth=httpx.Auth())


async def test_an_api_that_is_off_says_so(world: World) -> None:
    world.account.is_api_enabled = False

    assert _error(await world.http.get(CONTACTS)) == (403, "api_disabled")


async def test_so_does_basic_that_is_off_and_tokens_still_work(world: World) -> None:
    world.account.is_basic_enabled = False
    token = (await _token(world, "client_credentials")).json()["access_token"]

    assert _error(await world.http.get(CONTACTS)) == (403, "access_denied")
    assert (await _bearing(world, token)).status_code == 200


async def test_a_wrong_password_is_refused_and_names_no_version(world: World) -> None:
    answer = await world.http.get(CONTACTS, auth=("heatsync", "wrong"))

    assert _error(answer) == (401, "access_denied")
    assert "mautic-version" not in answer.headers


@pytest.mark.parametrize("version", ["4.4.13", "5.1.0", "7.0.0"])
async def test_answers_name_the_version_also_when_they_refuse(
    make_world: Make, version: str
) -> None:
    world = await make_world(version=version)

    answers = [await world.http.get(path) for path in (CONTACTS, f"{CONTACTS}/99")]

    assert [each.status_code for each in answers] == [200, 404]
    assert {each.headers["mautic-version"] for each in answers} == {version}


@pytest.mark.parametrize("path", ["/api/none", f"{CONTACTS}?orderBy=dateAdded"])
async def test_what_mautic_does_not_catch_names_no_version(world: World, path: str) -> None:
    answer = await world.http.get(path)

    assert answer.status_code in {404, 500}
    assert "mautic-version" not in answer.headers


async def test_a_token_lasts_an_hour(world: World) -> None:
    given = (await _token(world, "client_credentials")).json()

    before = await _bearing(world, given["access_token"])
    world.clock.advance(timedelta(hours=1))
    after = await _bearing(world, given["access_token"])

    assert (before.status_code, given["expires_in"]) == (200, 3600)
    assert _error(after) == (401, "invalid_grant")


async def test_version_3_knows_no_client_credentials(make_world: Make) -> None:
    world = await make_world(version="3.3.5")

    assert _error(await _token(world, "client_credentials")) == (400, "unsupported_grant_type")


async def test_a_wrong_secret_of_a_client_is_refused(world: World) -> None:
    answer = await _token(world, "client_credentials", client_secret="wrong")

    assert _error(answer) == (400, "invalid_client")


async def test_a_refresh_token_serves_once(world: World) -> None:
    world.account.keys.codes["code-1"] = world.simulator.admin
    given = (await _token(world, "authorization_code", code="code-1")).json()["refresh_token"]

    first = await _token(world, "refresh_token", refresh_token=given)
    second = await _token(world, "refresh_token", refresh_token=given)

    assert first.status_code == 200
    assert _error(second) == (400, "invalid_grant")


async def test_after_14_days_it_is_too_late(world: World) -> None:
    world.account.keys.codes["code-1"] = world.simulator.admin
    given = (await _token(world, "authorization_code", code="code-1")).json()["refresh_token"]

    world.clock.advance(timedelta(days=14))

    answer = await _token(world, "refresh_token", refresh_token=given)
    assert _error(answer) == (400, "invalid_grant")


async def test_a_role_without_a_right_is_refused(world: World) -> None:
    auth = world.caller("tom", {"lead:leads:viewown", "lead:leads:viewother"})
    ann = world.account.add_contact("ann@example.com")

    seen = await world.http.get(f"{CONTACTS}/{ann.id}", auth=auth)
    changed = await world.http.patch(f"{CONTACTS}/{ann.id}/edit", json={"score": 1}, auth=auth)
    batch = await world.http.patch(
        f"{CONTACTS}/batch/edit", json=[{"id": ann.id, "score": 1}], auth=auth
    )

    assert (seen.status_code, _error(changed)) == (200, (403, None))
    assert batch.json()["statusCodes"] == [403]


async def test_somebody_may_ask_what_may_be_done(world: World) -> None:
    auth = world.caller("tom", {"lead:leads:viewown"})
    me = (await world.http.get("/api/users/self", auth=auth)).json()
    wanted = ["lead:leads:viewown", "lead:leads:viewother"]

    answer = await world.http.post(
        f"/api/users/{me['id']}/permissioncheck", json={"permissions": wanted}, auth=auth
    )

    assert me["username"] == "tom"
    assert answer.json() == {"lead:leads:viewown": True, "lead:leads:viewother": False}


async def test_a_limit_is_told_and_kept_for_an_hour(make_world: Make) -> None:
    world = await make_world(limits=3)

    answers = [await world.http.get(CONTACTS) for _ in range(4)]
    world.clock.advance(timedelta(hours=1))
    later = await world.http.get(CONTACTS)

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert [each.headers["x-ratelimit-remaining"] for each in answers] == ["2", "1", "0", "0"]
    assert answers[3].headers["x-ratelimit-reset"] == "1793613600"
    assert "retry-after" not in answers[3].headers
    assert answers[3].json()["errors"][0]["message"].startswith("You exceeded the rate limit of 3")
    assert later.status_code == 200


@pytest.mark.parametrize(("version", "limits"), [("5.1.0", None), ("7.0.0", 3)])
async def test_or_there_is_none(make_world: Make, version: str, limits: int | None) -> None:
    world = await make_world(version=version, limits=limits)

    answers = [await world.http.get(CONTACTS) for _ in range(4)]

    assert {each.status_code for each in answers} == {200}
    assert "x-ratelimit-limit" not in answers[0].headers


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.SERVER_ERROR, 500), (Fault.UNAVAILABLE, 503), (Fault.RATE_LIMITED, 429)],
)
async def test_trouble_is_played_on_order(world: World, fault: Fault, status: int) -> None:
    world.simulator.faults.play(fault, on=f"GET {CONTACTS}")

    answers = [await world.http.get(CONTACTS) for _ in range(2)]

    assert [each.status_code for each in answers] == [status, 200]


async def test_what_is_no_json_is_refused(world: World) -> None:
    headers = {"content-type": "application/json"}

    answer = await world.http.post(f"{CONTACTS}/new", content=b"{no", headers=headers)

    assert answer.status_code == 400
