"""What keeps an instance from working, in plain words."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest

from adapters.mautic.simulator import PASSWORD, USERNAME, Quirks
from connector.domain.contacts import Reading
from connector.errors import AccessRefused, RightMissing
from tests.integration.mautic.conftest import ANN, AT, SECRET, World, a_world, events_of, read

BASIC = {"username": USERNAME, "password": PASSWORD}
URL = "https://heat.example.com/webhooks/auto"


async def complaints(world: World, *event_types: str, **secrets: str) -> list[str]:
    """Return what is said of the instance, with what would mend it."""
    problems = await world.connect(
        *(event_types or ("page.viewed",)), secrets=secrets or None
    ).check()
    return [str(each) for each in problems]


async def test_an_instance_that_is_set_up_has_no_problem(world: World) -> None:
    assert await complaints(world) == []


@pytest.mark.parametrize("secrets", [{}, BASIC], ids=["client", "password"])
async def test_an_api_that_is_switched_off_is_told(world: World, secrets: dict[str, str]) -> None:
    world.simulator.account.is_api_enabled = False

    (problem,) = await complaints(world, **secrets)

    assert "the API is switched off in Mautic" in problem


async def test_basic_authentication_that_is_switched_off_is_told(world: World) -> None:
    world.simulator.account.is_basic_enabled = False

    (problem,) = await complaints(world, **BASIC)

    assert "Basic authentication is switched off" in problem
    assert "CLIENT_ID" in problem


async def test_a_wrong_password_is_told_without_it(world: World) -> None:
    (problem,) = await complaints(world, username=USERNAME, password="wr0ng-password")

    assert "refuses the name or the password" in problem
    assert "wr0ng-password" not in problem


async def test_a_wrong_client_is_told_without_its_secret(world: World) -> None:
    (problem,) = await complaints(world, client_id="1_other", client_secret="wr0ng-secret")

    assert "refuses the client" in problem
    assert "wr0ng-secret" not in problem


async def test_a_password_is_advised_against(world: World) -> None:
    (problem,) = await world.connect("page.viewed", secrets=BASIC).check()

    assert problem.is_advice
    assert "half a second" in problem.message


class Reticent(httpx.AsyncBaseTransport):
    """An instance that says nothing of its users."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/users"):
            return httpx.Response(500, text="<h1>Oh no</h1>")
        return await self._inner.handle_async_request(request)


def a_small_role(world: World) -> dict[str, str]:
    """Return the secrets of a user who sees their own contacts alone, of which there are none."""
    world.simulator.account.add_contact(ANN)
    rights = frozenset({"lead:leads:viewown"})
    world.simulator.account.keys.add_user("own", "s3cret-own", rights)
    return {"username": "own", "password": "s3cret-own"}


async def test_a_role_that_sees_its_own_contacts_alone_is_told() -> None:
    async with AsyncExitStack() as stack:
        world = a_world(stack, quirks=Quirks(wheres_lift_ownership=False))

        told = await complaints(world, **a_small_role(world))

    assert any("sees its own contacts alone" in each for each in told)


async def test_a_small_role_is_told_where_nobody_says_what_it_may(world: World) -> None:
    platform = world.connect("page.viewed", secrets=a_small_role(world), through=Reticent)

    told = [each.message for each in await platform.check()]

    assert any("sees its own contacts alone" in each for each in told)


async def test_a_role_that_may_not_view_contacts_is_told(world: World) -> None:
    rights = frozenset({"asset:assets:viewown"})
    world.simulator.account.keys.add_user("none", "s3cret-none", rights)

    (problem,) = await complaints(world, username="none", password="s3cret-none")

    assert "may not view contacts" in problem


async def test_fields_that_a_role_may_not_view_are_told_with_the_right_it_lacks(
    world: World,
) -> None:
    rights = frozenset({"lead:leads:viewown", "lead:leads:viewother"})
    world.simulator.account.keys.add_user("few", "s3cret-few", rights)
    platform = world.connect(secrets={"username": "few", "password": "s3cret-few"})

    with pytest.raises(RightMissing, match=r"read fields: .* give it View of Custom Fields"):
        await platform.fields.fields()


async def test_an_old_version_is_told() -> None:
    async with AsyncExitStack() as stack:
        world = a_world(stack, version="3.3.5")

        told = await complaints(world, **BASIC)

    assert any("this is Mautic 3.3" in each for each in told)


async def test_a_webhook_that_mautic_gave_up_is_told_and_published_again(world: World) -> None:
    account, platform = world.simulator.account, world.connect("page.viewed")
    (hook,) = await platform.webhooks.register(URL)
    made = account.hooks.by_id[int(hook.remote_id)]
    made["isPublished"] = False

    told = await complaints(world)
    await platform.webhooks.register(URL)

    assert len(told) == 1
    assert "heatsync webhooks register" in told[0]
    assert made["isPublished"] is True
    assert made["secret"] == SECRET
    assert len(account.hooks.by_id) == 1


async def test_a_token_is_asked_for_once_and_anew_when_it_ends(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    platform = world.connect("page.viewed", page_rows=1)
    await read(platform.contacts.contacts(Reading(), None))
    before = len(world.asked("/oauth/v2/token"))

    account.keys.revoke_all()
    await read(platform.contacts.contacts(Reading(), None))
    world.clock.advance(timedelta(hours=2))
    await events_of(platform)

    assert before == 1
    assert len(world.asked("/oauth/v2/token")) == 3


async def test_whoever_is_not_let_in_is_refused_at_the_first_request(world: World) -> None:
    world.simulator.account.engagement.visit(None, "https://www.example.com/", at=AT)
    platform = world.connect(secrets={"client_id": "1_other", "client_secret": "wr0ng-secret"})

    with pytest.raises(AccessRefused):
        await events_of(platform)

    assert len(world.simulator.trace) == 1


class Elsewhere(httpx.AsyncBaseTransport):
    """Something that is not Mautic, or stands before it."""

    def __init__(self, answer: httpx.Response, path: str = "") -> None:
        self._answer, self._path = answer, path

    def __call__(self, inner: httpx.AsyncBaseTransport) -> Elsewhere:
        self._inner = inner
        return self

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith(self._path):
            return self._answer
        return await self._inner.handle_async_request(request)


LOGIN = {"location": "https://me:secret=@leads.example.com:8443/s/login?secret=1"}


@pytest.mark.parametrize("secrets", [None, BASIC], ids=["client", "password"])
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(404, html="<h1>Not Found</h1>"), "there is no API of Mautic"),
        (httpx.Response(404, json={"error": "not_found"}), "there is no API of Mautic"),
        (httpx.Response(405, html="<h1>Not Allowed</h1>"), "there is no API of Mautic"),
        (httpx.Response(200, html="<h1>Our firm</h1>"), "is not the API of Mautic"),
        (
            httpx.Response(302, headers=LOGIN),
            "sends us on to https://leads.example.com:8443/s/login",
        ),
        (httpx.Response(403, html="<h1>Forbidden</h1>"), "something before Mautic keeps us out"),
    ],
    ids=["page", "json", "not allowed", "site", "login", "firewall"],
)
async def test_an_address_without_an_api_is_told(
    world: World, answer: httpx.Response, told: str, secrets: dict[str, str] | None
) -> None:
    platform = world.connect("page.viewed", secrets=secrets, through=Elsewhere(answer))

    (problem,) = await platform.check()

    assert told in problem.message
    assert "secret=" not in str(problem)
    assert not problem.is_advice


class Forgetful(httpx.AsyncBaseTransport):
    """An instance whose activity shows nothing."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/contacts/activity":
            return httpx.Response(200, json={"events": [], "total": "0"})
        return await self._inner.handle_async_request(request)


async def test_a_table_that_has_more_than_the_activity_shows_is_told(world: World) -> None:
    account = world.simulator.account
    ann = account.add_contact(ANN)
    for _ in range(30):
        account.engagement.visit(ann, "https://www.example.com/", at=AT)

    agreed = await complaints(world)
    (differs,) = await world.connect("page.viewed", through=Forgetful).check()

    assert agreed == []
    assert differs.is_advice
    assert "page_hits has 30 rows, and the activity of contacts shows 0" in differs.message
