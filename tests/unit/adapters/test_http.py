"""One request: what becomes of it, whatever comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from adapters.http import MOST_BYTES, Call, seconds_of
from connector.errors import (
    AccessRefused,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
    RightMissing,
    UnexpectedAnswer,
)
from tests.unit.adapters.sessions import CALL, KEY, Handler, a_session, answers, refused

HTML = b"<!DOCTYPE html><html><body>Maintenance of ada@example.org</body></html>"


@dataclass
class Counting:
    """A budget that lets everything through and remembers what it was told."""

    told: list[Any] = field(default_factory=list)
    spent: list[tuple[str, ...]] = field(default_factory=list)
    is_inside: bool = False

    @asynccontextmanager
    async def spend(self, *buckets: str) -> AsyncIterator[None]:
        self.spent.append(buckets)
        self.is_inside = True
        try:
            yield
        finally:
            self.is_inside = False

    async def learn(
        self,
        bucket: str,
        *,
        limit: int | None = None,
        remaining: int | None = None,
        resets_after: timedelta | None = None,
    ) -> None:
        self.told.append((bucket, limit, remaining, resets_after))

    async def refused(self, bucket: str, *, wait: timedelta | None = None) -> None:
        self.told.append((bucket, "refused", wait))

    def left(self) -> Mapping[str, int | None]:
        return {}

    def opens(self) -> Mapping[str, datetime]:
        return {}


def fails(error: Exception) -> Handler:
    def handler(_: httpx.Request) -> httpx.Response:
        raise error

    return handler


async def test_a_request_says_who_asks_and_what_for() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"count": 1}, headers={"X-Left": "3"})

    call = Call(
        operation="search",
        method="POST",
        path="/contacts/search",
        params=(("limit", 5), ("ids", "1"), ("ids", "2")),
        body={"a": None},
        headers={"x-trace": "7"},
    )
    answer = await a_session(handler).send(call)

    assert str(seen[0].url) == "https://api.example.com/v3/contacts/search?limit=5&ids=1&ids=2"
    assert seen[0].content == b'{"a":null}'
    assert (seen[0].headers["api-key"], seen[0].headers["x-trace"]) == (KEY, "7")
    assert (answer.status, answer.body, answer.headers["x-left"]) == (200, {"count": 1}, "3")


async def test_an_answer_without_a_body_is_one() -> None:
    assert (await a_session(answers(204)).send(CALL)).body is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, UnexpectedAnswer),
        (302, UnexpectedAnswer),
        (400, RejectedByPlatform),
        (401, AccessRefused),
        (402, RightMissing),
        (403, RightMissing),
        (404, RejectedByPlatform),
        (408, PlatformUnavailable),
        (409, RejectedByPlatform),
        (429, RateLimited),
        (500, PlatformUnavailable),
        (502, PlatformUnavailable),
        (503, PlatformUnavailable),
        (599, PlatformUnavailable),
    ],
)
@pytest.mark.parametrize("content", [b"", b'{"message": "no"}', b'{"cut', HTML, b"\xff\x00"])
async def test_a_status_means_the_same_whatever_its_body(
    status: int, kind: type[PlatformError], content: bytes
) -> None:
    error = await refused(answers(status, content=content, headers={"location": "https://x.org"}))

    assert type(error) is kind
    assert (error.platform, error.operation, error.status) == ("mail", "read contacts", status)


@pytest.mark.parametrize("content", [HTML, b'{"contacts": [{"id"', b"[" * 100_000, b"\xff\xfe"])
async def test_a_success_that_cannot_be_read_is_none(content: bytes) -> None:
    assert type(await refused(answers(200, content=content))) is UnexpectedAnswer


async def test_an_answer_that_never_ends_is_cut_off() -> None:
    async def endless() -> AsyncIterator[bytes]:
        sent = 0
        while sent <= MOST_BYTES + 2**20:
            sent += 2**20
            yield b" " * 2**20
        pytest.fail("all of it was read")

    assert type(await refused(answers(200, content=endless()))) is UnexpectedAnswer


def _raised_by_httpx() -> list[type[Exception]]:
    found, left = [], [httpx.HTTPError, httpx.StreamError, httpx.InvalidURL]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        found.append(kind)
    return sorted(set(found) - {httpx.HTTPStatusError}, key=lambda each: each.__name__)


@pytest.mark.parametrize("kind", _raised_by_httpx(), ids=lambda each: each.__name__)
async def test_no_error_of_the_library_below_comes_through(kind: type[Exception]) -> None:
    # Some are made without arguments.
    error = kind.__new__(kind)
    error.args = (f"about {KEY} of ada@example.org",)

    raised = await refused(fails(error))

    assert type(raised) is PlatformUnavailable
    assert (KEY in str(raised), "ada" in str(raised)) == (False, False)


async def test_a_request_that_lasts_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two minutes are a contract with whoever counts requests; here they are over at once.
    monkeypatch.setattr("adapters.http.LONGEST_REQUEST", timedelta())

    async def silent() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    error = await refused(answers(200, content=silent()))

    assert (type(error), "in time" in str(error)) == (PlatformUnavailable, True)


async def test_statuses_that_the_caller_understands_raise_nothing() -> None:
    call = Call(operation="look", method="GET", path="/x", reads=frozenset({404}))

    assert (await a_session(answers(404, json={"code": "gone"})).send(call)).status == 404


async def test_nothing_is_tried_again_here() -> None:
    asked = []

    def handler(_: httpx.Request) -> httpx.Response:
        asked.append(1)
        return httpx.Response(503)

    await refused(handler)

    assert len(asked) == 1


async def test_the_answer_is_read_before_the_place_is_given_up() -> None:
    budget = Counting()

    async def body() -> AsyncIterator[bytes]:
        assert budget.is_inside
        yield b"{}"

    await a_session(answers(200, content=body()), budget).send(CALL)

    assert (budget.spent, budget.is_inside) == ([("contacts",)], False)


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_every_answer_tells_what_is_left(status: int) -> None:
    budget = Counting()
    handler = answers(status, headers={"left-contacts": "4"}, json={})
    call = Call(
        operation="x", method="GET", path="/x", buckets=CALL.buckets, reads=frozenset({404})
    )

    try:
        await a_session(handler, budget).send(call)
    except PlatformUnavailable:
        assert status == 500

    assert budget.told == [("contacts", 10, 4, None)]


@pytest.mark.parametrize(
    ("headers", "blamed"),
    [
        ({}, ["burst", "day"]),
        ({"left-burst": "0"}, ["burst"]),
        ({"left-burst": "3"}, ["day"]),
        ({"left-burst": "3", "left-day": "7"}, ["burst", "day"]),
    ],
)
async def test_a_limit_that_was_passed_slows_down_what_may_have_passed_it(
    headers: dict[str, str], blamed: list[str]
) -> None:
    budget = Counting()
    call = Call(operation="write", method="POST", path="/x", buckets=("burst", "day"))
    handler = answers(429, headers={"retry-after": "7", **headers})

    with pytest.raises(RateLimited) as caught:
        await a_session(handler, budget).send(call)

    assert caught.value.retry_after == timedelta(seconds=7)
    slowed = [each for each in budget.told if each[1] == "refused"]
    assert slowed == [(name, "refused", timedelta(seconds=7)) for name in blamed]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3), ("0.5", 0.5), ("", None), ("-1", None), ("nan", None), ("Wed, 21 Oct", None)],
)
def test_seconds_are_read_from_a_header(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == (None if seconds is None else timedelta(seconds=seconds))
