"""What is sent is signed by every secret, and what goes wrong tells no address and no secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from adapters.webhook.endpoint import LONGEST_WAIT, Endpoint
from adapters.webhook.messages import Message
from adapters.webhook.signing import BadSecret, key_of
from connector.errors import (
    AccessRefused,
    EndpointGone,
    LimitUsedUp,
    NotSetUp,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
)
from connector.ports.budget import Unlimited
from tests.builders import T
from tests.fakes import FakeClock

URL = "https://tool.example.com/in/s3cret-path?token=s3cret-token"
NEW, OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "the one before"
MESSAGE = Message(id="upd_1", type="contact.updated", content={"n": "é"})


class Tool(httpx.AsyncBaseTransport):
    """Answers each call alike, and keeps it."""

    def __init__(self, status: int = 200, body: bytes = b"ok", **headers: str) -> None:
        self.answer = (status, body, {key.replace("_", "-"): each for key, each in headers.items()})
        self.calls: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        status, body, headers = self.answer
        return httpx.Response(status, content=body, headers=headers)


def endpoint(
    tool: Tool,
    secrets: Sequence[str] = (NEW, OLD),
    *,
    allows_private: bool = True,
    url: str = URL,
    clock: FakeClock | None = None,
) -> Endpoint:
    return Endpoint(
        name="tool",
        url=SecretStr(url),
        secrets=[SecretStr(each) for each in secrets],
        clock=clock or FakeClock(T),
        budget=Unlimited(),
        allows_private=allows_private,
        transport=tool,
    )


async def error_of(tool: Tool) -> PlatformError:
    with pytest.raises(PlatformError) as found:
        await endpoint(tool).send(MESSAGE, "tell what changed")
    return found.value


async def test_a_call_is_signed_by_every_secret_over_the_bytes_that_are_sent() -> None:
    tool = Tool(body=b"<html>thanks</html>")

    await endpoint(tool).send(MESSAGE, "tell what changed")

    (call,) = tool.calls
    assert (call.method, str(call.url)) == ("POST", URL)
    assert call.headers["content-type"] == "application/json"
    assert call.headers["webhook-id"] == "upd_1"
    assert call.headers["webhook-timestamp"] == str(int(T.timestamp()))
    assert call.headers["webhook-signature"].split(" ") == [
        Webhook(secret).sign("upd_1", T, call.content.decode()) for secret in (NEW, OLD.encode())
    ]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((302, PlatformUnavailable), (400, PlatformUnavailable), (404, PlatformUnavailable)),
        *((500, PlatformUnavailable), (503, PlatformUnavailable), (401, AccessRefused)),
        *((403, AccessRefused), (410, EndpointGone), (413, RejectedByPlatform)),
        (429, RateLimited),
    ],
)
async def test_an_answer_that_is_no_success_is_what_it_is(
    status: int, kind: type[PlatformError]
) -> None:
    error = await error_of(Tool(status, location="https://elsewhere.example.com/"))

    assert type(error) is kind
    assert error.status == status
    assert "s3cret" not in f"{error}{error!r}"


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Thu, 15 Jan 2026 10:10:00 GMT", timedelta(minutes=10)),
        ("Thu, 15 Jan 2026 09:00:00 GMT", timedelta()),
        ("99999999", LONGEST_WAIT),
    ],
)
async def test_who_asks_to_wait_is_understood(text: str, wait: timedelta) -> None:
    error = await error_of(Tool(503, retry_after=text))

    assert isinstance(error, RateLimited)
    assert error.retry_after == wait


async def test_nothing_is_sent_while_the_receiver_asks_to_be_left_alone() -> None:
    tool, clock = Tool(429, retry_after="25"), FakeClock(T)
    asked = endpoint(tool, clock=clock)
    with pytest.raises(RateLimited):
        await asked.send(MESSAGE, "tell what changed")
    clock.advance(timedelta(seconds=24))

    with pytest.raises(LimitUsedUp) as found:
        await asked.send(MESSAGE, "tell what changed")

    assert (len(tool.calls), found.value.retry_after) == (1, timedelta(seconds=1))


@pytest.mark.parametrize("passed", [timedelta(seconds=5), timedelta(minutes=10)])
async def test_a_wait_is_over_once_the_clock_is_set_back_before_it(passed: timedelta) -> None:
    tool, clock = Tool(429, retry_after="25"), FakeClock(T)
    asked = endpoint(tool, clock=clock)
    with pytest.raises(RateLimited):
        await asked.send(MESSAGE, "tell what changed")
    clock.advance(passed)
    clock.advance(timedelta(hours=-2))
    tool.answer = (200, b"", {})

    await asked.send(MESSAGE, "tell what changed")

    assert len(tool.calls) == 2


async def test_a_redirection_is_not_followed() -> None:
    tool = Tool(307, location="https://elsewhere.example.com/")

    error = await error_of(tool)

    assert (len(tool.calls), "not followed" in str(error)) == (1, True)


async def test_an_endless_answer_is_not_read() -> None:
    await endpoint(Tool(body=b"x" * 10**7)).send(MESSAGE, "tell what changed")


async def test_a_secret_that_is_none_waits_for_a_person() -> None:
    tool = Tool()

    with pytest.raises(NotSetUp, match="goes on in base64") as error:
        await endpoint(tool, ["whsec_not base64!"]).send(MESSAGE, "tell what changed")

    assert ("not base64" in str(error.value), tool.calls) == (False, [])


async def test_where_nothing_may_be_sent_is_known_without_sending() -> None:
    tool = Tool()
    guarded = endpoint(tool, allows_private=False, url="https://127.0.0.1/in")
    plain = endpoint(tool, allows_private=False, url="http://tool.example.com/in")

    assert "not a public one" in str(await guarded.amiss())
    assert "http://" in str(await plain.amiss())
    assert (await endpoint(tool).amiss(), tool.calls) == (None, [])


def test_neither_address_nor_secret_is_in_a_repr() -> None:
    assert repr(endpoint(Tool())) == "Endpoint('tool', 'https://tool.example.com')"


def test_a_secret_is_read_as_the_standard_has_it() -> None:
    key = bytes(range(24))
    for text in ("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"):
        assert key_of(SecretStr(text)) == key
    assert key_of(SecretStr("abcd")) == b"abcd"
    for text in ("", "whsec_", "whsec_?"):
        with pytest.raises(BadSecret):
            key_of(SecretStr(text))
