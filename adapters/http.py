"""One request to a platform: paced, sent, its answer read, or its error told.

Nothing is tried again here: that, and leaving a failing platform alone, is the core's. What
differs between vendors (what their headers and error bodies say) is in their `Dialect`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import httpx

from adapters.masking import masked
from connector.errors import (
    AccessRefused,
    ConfigError,
    PlatformError,
    PlatformUnavailable,
    Problem,
    RateLimited,
    RejectedByPlatform,
    RightMissing,
    UnexpectedAnswer,
)
from connector.ports.budget import LONGEST_REQUEST, LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.clocks import PlatformClock
    from connector.ports.budget import RateBudget

    Scalar: TypeAlias = "str | int | float | bool"

Json: TypeAlias = Any
"""What an answer says: nothing is known of it before somebody looks."""

TIMEOUT = httpx.Timeout(60, connect=10)
"""Between two signs of life; all of a request takes LONGEST_REQUEST at most."""
_LIMITS = httpx.Limits(
    max_connections=20,
    max_keepalive_connections=20,
    # Longer than a limit of ten seconds makes us wait.
    keepalive_expiry=60,
)
MOST_BYTES = 64 * 2**20
"""An answer larger than this is none that we asked for."""
_MOST_UNREAD = 64 * 2**10
_LONGEST_READ = 2_000
_LONGEST_MESSAGE = 300

_UNAVAILABLE = frozenset({408, 421, 423, 425, 477})
"""Refusals that pass, beside all of 500 and above."""
_REFUSED = frozenset({401, 407})
_LACKING = frozenset({402, 403})
_OK = range(200, 300)
_CLIENT = range(400, 500)
_SERVER = 500
_ADDRESS = re.compile(r"[^\s\"'<>(),:;=/?&]+(?:@|%40)[^\s\"'<>(),:;/?&]+", re.IGNORECASE)
_IDS = ("x-hubspot-correlation-id", "x-request-id", "x-sib-request-id")
_ID = re.compile(r"[A-Za-z0-9_.:=/+-]{1,64}")
_PHONE = re.compile(r"\+\d[\d\s().-]{5,}\d|(?<!\w)\d(?:[\s().-]{0,2}\d){7,}(?!\w)")
"""A telephone number, or so many digits that they may be one."""

# Its lines at the level of information hold whole addresses, and so the people asked for.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, in the words of its vendor's documentation."""

    operation: str
    """What it is for, in a few words: errors say so."""
    method: str
    path: str = field(repr=False)
    """Below the base URL, with a leading slash; what is put into it is quoted already."""
    buckets: tuple[str, ...] = ()
    """The limits that it counts in."""
    params: Sequence[tuple[str, Scalar]] = field(default=(), repr=False)
    body: Json = field(default=None, repr=False)
    """Sent as JSON when there is one."""
    form: Mapping[str, str] | None = field(default=None, repr=False)
    """Sent as a form instead."""
    content: bytes | None = field(default=None, repr=False)
    """Sent as it is instead, such as what was signed."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    reads: frozenset[int] = frozenset()
    """Statuses beside 2xx whose answers the caller understands; they raise nothing."""
    within: timedelta | None = None
    """How long all of it may take; None: LONGEST_REQUEST."""
    is_status_enough: bool = False
    """Whether the body of the answer says nothing, and may be anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx.Headers = field(repr=False)
    """Found whatever the case of their names."""
    body: Json = field(default=None, repr=False)
    """None where there was nothing to read."""
    took: timedelta = field(default=timedelta(), compare=False)
    """How long it took, without the wait for our turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What an answer says of one bucket."""

    bucket: str
    limit: int | None = None
    remaining: int | None = None
    resets_after: timedelta | None = None


class Dialect(Protocol):
    """What a vendor's answers say beside what was asked for."""

    def quotas(self, call: Call, answer: Answer) -> Iterable[Quota]:
        """Return what the headers say of limits."""
        ...

    def wait(self, answer: Answer) -> timedelta | None:
        """Return how long a refused caller is to stay away, when it is said."""
        ...

    def message(self, answer: Answer) -> str | None:
        """Return what the body of an error says, for people; it is stripped of addresses here."""
        ...

    def error(self, answer: Answer) -> type[PlatformError] | None:
        """Return what an error is, where its status alone would be misunderstood."""
        ...


class Plain:
    """A vendor of whom nothing is known but HTTP."""

    def quotas(self, call: Call, answer: Answer) -> Iterable[Quota]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def wait(self, answer: Answer) -> timedelta | None:
        """Return what `Retry-After` says in seconds."""
        return seconds_of(answer.headers.get("retry-after"))

    def message(self, answer: Answer) -> str | None:
        """Return the `message` of a JSON object."""
        found = answer.body.get("message") if isinstance(answer.body, dict) else None
        return found if isinstance(found, str) else None

    def error(self, answer: Answer) -> type[PlatformError] | None:  # noqa: ARG002
        """Return nothing."""
        return None


class HttpSession:
    """The connections to one account, and the only way out to it.

    Closing it twice is fine. Its repr, and the errors it raises, tell no secret: neither headers
    nor bodies are part of them.
    """

    def __init__(
        self,
        *,
        platform: str,
        base_url: str,
        budget: RateBudget,
        headers: Mapping[str, str],
        dialect: Dialect,
        secrets: Sequence[str] = (),
        clock: PlatformClock | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Take what every request shares; nothing is sent yet.

        `secrets` are texts that must never come to light, whoever repeats them; `clock` learns
        what time it is at the platform; `transport` takes the place of the network. Raises
        ConfigError on a header that cannot be sent.
        """
        self.platform = platform
        self._clock = clock
        self._budget = budget
        self._dialect = dialect
        self._secrets = tuple(each for each in secrets if each)
        self._passing: tuple[str, ...] = ()
        try:
            self._client = httpx.AsyncClient(
                base_url=base_url,
                headers={"accept": "application/json", "user-agent": "heatsync", **headers},
                timeout=TIMEOUT,
                transport=transport,
                follow_redirects=False,
                limits=_LIMITS,
            )
        except UnicodeEncodeError:
            problem = Problem(message="a secret holds characters that no key has", path=platform)
            raise ConfigError([problem]) from None

    def __repr__(self) -> str:
        url = self._client.base_url
        return f"HttpSession({self.platform!r}, '{url.scheme}://{url.netloc.decode()}')"

    async def send(self, call: Call) -> Answer:
        """Return the answer to `call`; raises PlatformError when it is not what was asked for.

        Awaits the budget first. A 2xx whose body is no JSON is an UnexpectedAnswer.
        """
        async with self._budget.spend(*call.buckets):
            answer, is_readable = await self._exchange(call)
        await self._learn(call, answer)
        if answer.status in _OK or answer.status in call.reads:
            if not is_readable:
                raise self._error(UnexpectedAnswer, call, answer, "answered something unreadable")
            return answer
        raise self._refusal(call, answer)

    def hide(self, *secrets: str) -> None:
        """Keep these from coming to light as well, in place of those that were named before."""
        self._passing = secrets

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._client.aclose()

    async def _learn(self, call: Call, answer: Answer) -> None:
        """Hand on what the answer says of limits; refusals for a limit slow down.

        Who is to stay away for long for another reason is kept from asking in the same way.
        """
        left: dict[str, int | None] = {}
        for quota in self._dialect.quotas(call, answer):
            left[quota.bucket] = quota.remaining
            await self._budget.learn(
                quota.bucket,
                limit=quota.limit,
                remaining=quota.remaining,
                resets_after=quota.resets_after,
            )
        wait = self._dialect.wait(answer)
        if answer.status != httpx.codes.TOO_MANY_REQUESTS:
            if self._dialect.error(answer) is RateLimited and _is_long(wait):
                for name in call.buckets:
                    await self._budget.refused(name, wait=wait)
            return
        # Where it does not say which limit was passed, it was one that may have nothing left.
        passed = [name for name, remaining in left.items() if remaining == 0]
        maybe = [name for name in call.buckets if not left.get(name)]
        for name in passed or maybe or call.buckets:
            await self._budget.refused(name, wait=wait)

    async def _exchange(self, call: Call) -> tuple[Answer, bool]:
        """Return the answer, and whether its body could be read."""
        try:
            async with asyncio.timeout((call.within or LONGEST_REQUEST).total_seconds()):
                response, content, took = await self._fetch(call)
        except (TimeoutError, httpx.TimeoutException):
            raise self._error(PlatformUnavailable, call, None, "did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            kind = type(error).__name__
            message = f"cannot be reached ({kind})"
            raise self._error(PlatformUnavailable, call, None, message) from None
        body, is_readable = _read(content)
        status, headers = response.status_code, response.headers
        return Answer(status=status, headers=headers, body=body, took=took), is_readable

    async def _fetch(self, call: Call) -> tuple[httpx.Response, bytes, timedelta]:
        request = self._client.build_request(
            call.method,
            call.path,
            params=httpx.QueryParams(list(call.params)) if call.params else None,
            json=call.body,
            data=call.form,
            content=call.content,
            headers=call.headers,
        )
        clock = asyncio.get_running_loop()
        began = clock.time()
        response = await self._client.send(request, stream=True)
        # A file that a platform names may lie with somebody else.
        if self._clock is not None and request.url.host == self._client.base_url.host:
            self._clock.learn(response.headers, timedelta(seconds=clock.time() - began))
        try:
            content = await self._content(call, response)
        finally:
            await response.aclose()
        return response, content, timedelta(seconds=clock.time() - began)

    async def _content(self, call: Call, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        answer = Answer(status=response.status_code, headers=response.headers)
        if "," in response.headers.get("content-encoding", ""):
            raise self._error(UnexpectedAnswer, call, answer, "answered something packed twice")
        async for part in response.aiter_bytes():
            size += len(part)
            if call.is_status_enough:
                # What is small is read to its end all the same: the connection can be used again.
                if size > _MOST_UNREAD:
                    break
                continue
            if size > MOST_BYTES:
                raise self._error(UnexpectedAnswer, call, answer, "answered far too much")
            parts.append(part)
        return b"".join(parts)

    def _refusal(self, call: Call, answer: Answer) -> PlatformError:
        kind = self._dialect.error(answer) or _kind_of(answer.status)
        told = self._dialect.message(answer)
        message = f"answered {answer.status}" + (f": {self.clean(told)}" if told else "")
        if issubclass(kind, RateLimited):
            wait = self._dialect.wait(answer)
            return RateLimited(
                f"{self.platform}: {call.operation}: asks to wait{self._until(call, wait)}",
                platform=self.platform,
                operation=call.operation,
                retry_after=wait,
                status=answer.status,
                request_id=self._request_id(answer),
            )
        return self._error(kind, call, answer, message)

    def _until(self, call: Call, wait: timedelta | None) -> str:
        """Return from when on the platform is asked again, where that is long."""
        opens = [at for name, at in self._budget.opens().items() if name in call.buckets]
        return f" until {max(opens):%Y-%m-%d %H:%M} UTC" if opens and _is_long(wait) else ""

    def _error(
        self, kind: type[PlatformError], call: Call, answer: Answer | None, message: str
    ) -> PlatformError:
        return kind(
            f"{self.platform}: {call.operation}: {message}",
            platform=self.platform,
            operation=call.operation,
            status=answer.status if answer else None,
            request_id=self._request_id(answer) if answer else None,
        )

    def _request_id(self, answer: Answer) -> str | None:
        found = next((answer.headers[name] for name in _IDS if name in answer.headers), "")
        return found if _ID.fullmatch(found) and self._masked(found) == found else None

    def _masked(self, text: str) -> str:
        return masked(text, (*self._secrets, *self._passing))

    def clean(self, text: str) -> str:
        """Return one line of a vendor's words, without addresses, numbers and secrets."""
        line = " ".join(text.split())
        if len(line) > _LONGEST_READ:
            # Half a secret at the end would not be known for one.
            line = line[:_LONGEST_READ].rpartition(" ")[0]
        line = "".join(each for each in line if each.isprintable())
        line = _ADDRESS.sub("<address>", self._masked(line))
        return _PHONE.sub("<number>", line)[:_LONGEST_MESSAGE]


def seconds_of(text: str | None) -> timedelta | None:
    """Return a header's whole or broken seconds; None where it says none, or a date."""
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return timedelta(seconds=seconds) if 0 <= seconds < 10**8 else None


def _is_long(wait: timedelta | None) -> bool:
    """Return whether a platform wants to be left alone for longer than a run waits."""
    return wait is not None and wait > LONGEST_WAIT


def _read(content: bytes) -> tuple[Json, bool]:
    if not content.strip():
        return None, True
    try:
        return json.loads(content), True
    except (ValueError, RecursionError):
        return None, False


def _kind_of(status: int) -> type[PlatformError]:
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return RateLimited
    if status in _REFUSED:
        return AccessRefused
    if status in _LACKING:
        return RightMissing
    if status in _UNAVAILABLE or status >= _SERVER:
        return PlatformUnavailable
    return RejectedByPlatform if status in _CLIENT else UnexpectedAnswer
