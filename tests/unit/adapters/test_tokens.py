"""One token serves all requests, is asked for once, and never comes to light."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import SecretStr

from adapters.http import Call, HttpSession, Plain
from adapters.tokens import Client, TokenSession
from connector.errors import AccessRefused, PlatformUnavailable, RightMissing, UnexpectedAnswer
from connector.ports.budget import Unlimited
from connector.runtime.redaction import Redaction
from tests.fakes import FakeClock

AT = datetime(2026, 1, 15, 10, tzinfo=UTC)
SECRET = "s3cret-of-the-client"
CALL = Call(operation="read contacts", method="GET", path="/contacts")
CLIENT = Client(path="/token", id=SecretStr("heatsync"), secret=SecretStr(SECRET))


@dataclass
class Service:
    """Gives tokens that end after an hour, and answers whoever has the last one."""

    tokens: list[str] = field(default_factory=list)
    served: int = 0
    refused: int = 0
    expires_in: object = 3600
    lacks_right: bool = False
    grant: Callable[[], httpx.Response] | None = None
    """Takes the place of giving a token."""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        # Others get their turn while an answer is on its way.
        await asyncio.sleep(0)
        if request.url.path == "/token":
            assert parse_qs(request.content.decode())["client_secret"] == [SECRET]
            self.tokens.append(f"token-{len(self.tokens)}")
            if self.grant is not None:
                return self.grant()
            said = {"access_token": self.tokens[-1], "expires_in": self.expires_in}
            return httpx.Response(200, json=said)
        if request.headers["authorization"] != f"Bearer {self.tokens[-1]}":
            self.refused += 1
            return httpx.Response(401, json={"message": "lapsed"})
        self.served += 1
        if self.lacks_right:
            return httpx.Response(403, json={})
        return httpx.Response(200, json={})


def a_session(service: Service, clock: FakeClock | None = None) -> TokenSession:
    session = HttpSession(
        platform="auto",
        base_url="https://api.example.com",
        budget=Unlimited(),
        headers={},
        dialect=Plain(),
        secrets=[SECRET],
        transport=httpx.MockTransport(service),
    )
    return TokenSession(session, CLIENT, clock or FakeClock(AT))


async def test_one_token_serves_many_requests_at_once() -> None:
    service = Service()
    session = a_session(service)

    await asyncio.gather(*(session.send(CALL) for _ in range(8)))

    assert (len(service.tokens), service.served) == (1, 8)


async def test_a_token_is_renewed_shortly_before_its_end() -> None:
    service, clock = Service(), FakeClock(AT)
    session = a_session(service, clock)
    await session.send(CALL)

    clock.advance(timedelta(minutes=59))
    await session.send(CALL)

    assert (len(service.tokens), service.refused) == (2, 0)


@pytest.mark.parametrize("expires_in", [None, "soon", -1, 10**30])
async def test_a_token_whose_end_is_not_told_is_used_until_it_is_refused(
    expires_in: object,
) -> None:
    service, clock = Service(expires_in=expires_in), FakeClock(AT)
    session = a_session(service, clock)
    await session.send(CALL)

    clock.advance(timedelta(days=30))
    await session.send(CALL)

    assert (len(service.tokens), service.served) == (1, 2)


async def test_a_refused_token_is_renewed_once_for_all_and_the_requests_are_sent_again() -> None:
    service = Service()
    session = a_session(service)
    await session.send(CALL)
    service.tokens.append("given to somebody else")

    await asyncio.gather(*(session.send(CALL) for _ in range(8)))

    assert (len(service.tokens), service.refused, service.served) == (3, 8, 9)


async def test_who_is_refused_with_a_new_token_too_is_refused() -> None:
    service = Service()
    service.grant = lambda: httpx.Response(200, json={"access_token": "of-no-use"})
    session = a_session(service)

    with pytest.raises(AccessRefused):
        await session.send(CALL)

    assert (len(service.tokens), service.refused) == (2, 2)


async def test_a_right_that_is_missing_costs_no_new_token() -> None:
    service = Service()
    service.lacks_right = True
    session = a_session(service)

    with pytest.raises(RightMissing):
        await session.send(CALL)

    assert len(service.tokens) == 1


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_wrong_secret_is_a_refusal_that_all_who_wait_share(status: int) -> None:
    service = Service()
    service.grant = lambda: httpx.Response(status, json={"message": f"{SECRET} is wrong"})
    session = a_session(service)

    errors = await asyncio.gather(*(session.send(CALL) for _ in range(8)), return_exceptions=True)

    assert all(isinstance(each, AccessRefused) for each in errors)
    assert len(service.tokens) == 1
    assert SECRET not in str(errors)


async def test_of_a_refusal_the_log_hides_nothing() -> None:
    session = a_session(Service(grant=lambda: httpx.Response(400, json={"error": "no"})))

    with pytest.raises(AccessRefused) as refused:
        await session.send(CALL)

    assert Redaction([SECRET]).text(str(refused.value)) == str(refused.value)


async def test_who_asks_after_a_failure_asks_for_a_token_again() -> None:
    service = Service()
    service.grant = lambda: httpx.Response(503)
    session = a_session(service)
    with pytest.raises(PlatformUnavailable):
        await session.send(CALL)

    service.grant = None
    await session.send(CALL)

    assert service.served == 1


@pytest.mark.parametrize("said", [None, [], {}, {"access_token": 1}, {"access_token": "a\nb"}])
async def test_an_answer_without_a_token_is_none_that_can_be_used(said: object) -> None:
    service = Service()
    service.grant = lambda: httpx.Response(200, json=said)

    with pytest.raises(UnexpectedAnswer):
        await a_session(service).send(CALL)


async def test_no_token_comes_to_light() -> None:
    service = Service()
    session = a_session(service)
    await session.send(CALL)

    text = f"{session!r} {session.clean('token-0 is wrong')} {CLIENT!r}"

    assert "token-0" not in text
    assert SECRET not in text
