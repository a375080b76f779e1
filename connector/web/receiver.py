"""Webhooks: a call is proved, stored on disk, answered as its platform wants it, then processed.

It stands before routing, since a flood of calls comes in by this way and nothing on it needs more
than bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from connector.domain.ledger import Inbound
from connector.errors import ConnectorError, TooLarge, TooOld, WebhookRefused
from connector.ports.webhook import DATED, WebhookRequest
from connector.web.addresses import Proxies, neighbourhood
from connector.web.answers import refusal
from connector.web.attempts import Attempts
from connector.web.complaints import Complaints
from connector.web.failures import told
from connector.web.intake import NotStored
from connector.web.reading import GoneAway, NoRoom, Reader, too_large

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fastapi.responses import JSONResponse
    from starlette.types import ASGIApp, Receive, Scope, Send

    from connector.ports.webhook import Telling, WebhookParser
    from connector.web.desk import Desk
    from connector.web.intake import Intake
    from connector.web.pulse import Pulse

PREFIX = "/webhooks/"
ALLOWED = 60
"""Calls in a minute without a proof before an address is not listened to."""
ALLOWED_IF_PROVED = 600
AT_ONCE = 2**16
"""Bytes; what a longer call tells is looked for in a thread, so that others are answered."""

_PROBES = frozenset({"GET", "HEAD"})
"""By which platforms ask whether we are here."""
_ALLOW = {"allow": "POST, GET, HEAD"}
_TOO_LARGE = "its body is too large"
_EMPTY = [(b"content-length", b"0")]
_MOST_HEADERS = 32
_LONGEST_HEADER = 256
_NOT_KEPT = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "connection", "content-length"),
        *("expect", "forwarded", "host", "keep-alive", "te", "trailer", "transfer-encoding"),
        *("upgrade", "user-agent", "via", "x-real-ip", "traceparent", "tracestate"),
    }
)
_SECRETS = ("auth", "cookie", "key", "password", "secret", "signature", "token", "x-forwarded")
"""Parts of names of headers that may hold a secret, or from where somebody calls."""


_log = structlog.get_logger("heatsync.web")


class _Answered(Exception):
    """A call that is not stored, and what it is told."""

    def __init__(self, outcome: str, reason: str, answer: JSONResponse) -> None:
        """Take what is counted, what is logged, and what is answered."""
        super().__init__(outcome)
        self.outcome = outcome
        self.reason = reason
        self.answer = answer


class Receiver:
    """Answers what is below `PREFIX`, and passes on everything else."""

    def __init__(self, app: ASGIApp, desk: Desk, intake: Intake, pulse: Pulse) -> None:
        """Take what it stands before, where calls are stored, and where they are counted."""
        self._app = app
        self._desk = desk
        self._intake = intake
        self._pulse = pulse
        self._reader = Reader()
        self._proxies = Proxies.read(desk.settings.trusted_proxies)
        self._attempts = Attempts(allowed=ALLOWED, allowed_if_proved=ALLOWED_IF_PROVED)
        self._complaints = Complaints()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        name = scope["path"][len(PREFIX) :]
        parser = self._parser(name)
        try:
            await self._take(name, parser, scope, receive)
        except _Answered as refused:
            platform = name if parser else ""
            self._pulse.count(platform, refused.outcome)
            self._complaints.tell(platform, refused.reason, self._desk.clock.now())
            await refused.answer(scope, receive, send)
        except GoneAway:
            self._pulse.count(name, "slow")
            self._complaints.tell(name, "it broke off, or came too slowly", self._desk.clock.now())
        else:
            await send({"type": "http.response.start", "status": 200, "headers": _EMPTY})
            await send({"type": "http.response.body", "body": b""})

    async def _take(
        self, name: str, parser: WebhookParser | None, scope: Scope, receive: Receive
    ) -> None:
        """Return once a call is stored, or was only a question whether we are here."""
        now = self._desk.clock.now()
        address = neighbourhood(self._proxies.caller(scope))
        wait = self._attempts.wait(address, now)
        if wait is not None:
            headers = {"retry-after": str(math.ceil(wait.total_seconds()))}
            text = "too many calls without a proof"
            answer = refusal(HTTPStatus.TOO_MANY_REQUESTS, text, (), headers)
            raise _Answered("limited", text, answer)
        try:
            call = await self._proved(name, parser, scope, receive, now=now)
        except _Answered as refused:
            if refused.outcome != "unavailable":
                self._attempts.failed(address, now)
            raise
        except GoneAway:
            self._attempts.failed(address, now)
            raise
        if parser is not None and call is not None:
            self._attempts.proved(address, now)
            await self._store(call, parser)

    async def _proved(
        self,
        platform: str,
        parser: WebhookParser | None,
        scope: Scope,
        receive: Receive,
        *,
        now: datetime,
    ) -> Inbound | None:
        """Return the call to be stored, once it is proved; None: it only asks for an answer."""
        if parser is None:
            reason = "its address ends with no platform that takes webhooks"
            raise _Answered("unknown", reason, refusal(HTTPStatus.NOT_FOUND, "not found"))
        if scope["method"] in _PROBES:
            return None
        if scope["method"] != "POST":
            answer = refusal(HTTPStatus.METHOD_NOT_ALLOWED, "method not allowed", (), _ALLOW)
            raise _Answered("refused", "it is no POST", answer)
        request = WebhookRequest(
            method="POST",
            url=self._url(scope),
            headers={
                key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
            },
            body=await self._body(parser, scope, receive),
            received_at=now,
        )
        _verify(parser, request)
        if len(request.body) <= AT_ONCE:
            return call_of(platform, parser, request)
        return await asyncio.to_thread(call_of, platform, parser, request)

    async def _body(self, parser: WebhookParser, scope: Scope, receive: Receive) -> bytes:
        try:
            return await self._reader.read(scope, receive, parser.most_bytes)
        except TooLarge:
            raise _Answered("too_large", _TOO_LARGE, too_large()) from None
        except NoRoom:
            raise _unavailable(parser) from None

    async def _store(self, call: Inbound, parser: WebhookParser) -> None:
        try:
            await self._intake.store(call)
        except NotStored:
            raise _unavailable(parser) from None
        self._pulse.count(call.platform, "stored")

    def _parser(self, name: str) -> WebhookParser | None:
        platform = self._desk.workspace().platforms.get(name)
        return platform.webhook_parser if platform is not None else None

    def _url(self, scope: Scope) -> str:
        """Return the address as the platform called it: what it signs is the public one."""
        path: str = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            path = f"{path}?{scope['query_string'].decode('latin-1')}"
        public = self._desk.settings.public_url
        if public is not None:
            return public + path
        host = next((each for key, each in scope["headers"] if key == b"host"), b"localhost")
        return f"{self._proxies.scheme(scope)}://{host.decode('latin-1')}{path}"


def _unavailable(parser: WebhookParser) -> _Answered:
    headers = {"retry-after": "30"}
    answer = refusal(parser.unavailable_status, "try again later", (), headers)
    return _Answered("unavailable", "it cannot be stored now", answer)


def _verify(parser: WebhookParser, request: WebhookRequest) -> None:
    """Return when a call is proved."""
    try:
        parser.verify(request)
    except TooLarge:
        raise _Answered("too_large", _TOO_LARGE, too_large()) from None
    except TooOld:
        reason = "its proof is of another time: too long ago, or ahead of our clock"
    except WebhookRefused:
        reason = "its proof is missing, or wrong"
    except Exception as error:  # noqa: BLE001 - whatever strangers send is answered
        _log.error("webhook not verified", **told(error))
        reason = "its proof could not be looked at"
    else:
        return
    text = "the call does not prove where it comes from"
    raise _Answered("refused", reason, refusal(HTTPStatus.UNAUTHORIZED, text))


def call_of(platform: str, parser: WebhookParser, request: WebhookRequest) -> Inbound:
    """Return a call as it is stored, once it is proved."""
    key, telling = _id_of(parser, request), _telling(parser, request)
    at = request.received_at
    return Inbound(
        platform=platform,
        # What is said anew is another call, though all of it is the same.
        id=key if telling.is_dated else _digest(f"{key}\0{at.isoformat()}".encode()),
        body=request.body,
        headers=_kept(request.headers),
        received_at=at,
        about=telling.about,
        content=None if telling.is_dated else key,
    )


def _telling(parser: WebhookParser, request: WebhookRequest) -> Telling:
    try:
        return parser.telling(request)
    except Exception as error:  # noqa: BLE001 - it is proved, and must not be lost
        _log.error("webhook not read", **told(error))
        return DATED


def _id_of(parser: WebhookParser, request: WebhookRequest) -> str:
    """Return the key under which a call is stored once, in whichever order its items stand.

    A call that is proved but cannot be read is stored as well, and told where it is processed.
    """
    try:
        ids = sorted(parser.delivery_ids(request))
    except ConnectorError:
        ids = []
    except Exception as error:  # noqa: BLE001 - it is proved, and must not be lost
        _log.error("webhook not read", **told(error))
        ids = []
    content = "\0".join(ids).encode(errors="surrogatepass") if ids else request.body
    return _digest(content)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _kept(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers that may say something about the body, and no secret."""
    found = {
        name: value
        for name, value in headers.items()
        if _is_kept(name) and len(value) <= _LONGEST_HEADER
    }
    return found if len(found) <= _MOST_HEADERS else {}


@lru_cache(maxsize=512)
def _is_kept(name: str) -> bool:
    return name not in _NOT_KEPT and not any(part in name for part in _SECRETS)
