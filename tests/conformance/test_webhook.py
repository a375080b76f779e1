"""The webhook adapter keeps every promise: the tools it tells, and the calls of others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from adapters.simulation.faults import Fault as Played
from adapters.webhook.adapter import CAPABILITIES, connect
from adapters.webhook.config import WebhookConfig
from adapters.webhook.parser import WebhookToolParser
from adapters.webhook.simulator import SECRET, ReceiverSimulator
from connector.domain.values import FieldType, Value, read_value
from connector.ports.adapter import PlatformContext
from connector.ports.platform import Platform
from connector.ports.webhook import WebhookRequest
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.webhook_suite import AT, WebhookConformance
from tests.conformance.world import Fault, Unhurried, World
from tests.fakes import FakeClock

URL = "https://tool.example.com/hooks/s3cret-path"
_PLAYED: Mapping[Fault, Played] = {
    Fault.UNAVAILABLE: Played.UNAVAILABLE,
    Fault.TIMEOUT: Played.TIMED_OUT,
    Fault.RATE_LIMITED: Played.RATE_LIMITED,
    Fault.LOST_ANSWER: Played.LOST_ANSWER,
}


class ToolWorld(World):
    """A tool that is told by webhook: it knows whom it was told of, by our ids."""

    page_items = 3
    faults = frozenset({*_PLAYED, Fault.ACCESS_REFUSED})
    stages = ("cold", "warm")
    secrets = (SECRET, URL)

    def __init__(self, batch: int) -> None:
        self.fields = {kind: f"a_{kind.value}" for kind in FieldType}
        self.clock = FakeClock(AT)
        self.simulator = ReceiverSimulator(now=self.clock.now)
        self.config = WebhookConfig.model_validate(
            {"adapter": "webhook", "sends": {"url": URL, "batch": batch}}
        )
        self.batch = batch
        self.capabilities = self.config.able(CAPABILITIES)

    def connect(self) -> Platform:
        context = PlatformContext(
            name="tool",
            config=self.config,
            folder=Path(),
            clock=self.clock,
            budget=Unhurried(),
            secrets={"signing_secret": SecretStr(SECRET)},
            allows_private=True,
        )
        return connect(context, transport=httpx.ASGITransport(app=self.simulator.app))

    def play(self, fault: Fault) -> None:
        if fault is Fault.ACCESS_REFUSED:
            self.simulator.trust("whsec_" + "b" * 32)
        else:
            self.simulator.faults.play(_PLAYED[fault])

    def requests(self) -> int:
        return len(self.simulator.trace)

    def most_requests(self, items: int) -> int:
        return -(-items // self.batch)

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        return f"our-{email}"

    def add_list(self, name: str) -> None:
        """Nothing has to be made: whoever is told of a list knows it."""

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        known = self.simulator.records.contacts.get(remote_id)
        return read_value(known.attributes.get(name), kind) if known else None

    def members(self, name: str) -> set[str]:
        people = self.simulator.records.contacts.items()
        return {remote_id for remote_id, known in people if name in known.lists}

    def tags(self, remote_id: str) -> set[str]:
        return self.simulator.records.contacts[remote_id].tags

    def stage(self, remote_id: str) -> str | None:
        return self.simulator.records.contacts[remote_id].stage

    def done(self) -> Sequence[str]:
        return list(self.simulator.records.fired)

    def told_as(self, *keys: str) -> list[str]:
        digests = [hashlib.blake2b(key.encode(), digest_size=16).hexdigest() for key in keys]
        return [f"trg_{each}" for each in digests]


class TestATool(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return ToolWorld(batch=1)


class TestAToolThatTakesManyAtOnce(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return ToolWorld(batch=50)


RECEIVES = {
    "key": "id",
    "events": {"type": "type", "contact": "contact", "occurred_at": "at", "id": "id"},
}


class ToolCalls:
    """Calls as a tool makes and proves them in one of the ways there are."""

    is_dated = False
    is_signed = True
    proof: ClassVar[Mapping[str, object]]

    def parser(self, *secrets: str) -> WebhookToolParser:
        config = WebhookConfig.model_validate(
            {"adapter": "webhook", "receives": RECEIVES, **self.proof}
        )
        assert config.receives is not None
        given = [SecretStr(self.secret(each)) for each in secrets]
        return WebhookToolParser(
            name="shop", config=config, receives=config.receives, secrets=given
        )

    def secret(self, name: str) -> str:
        return name

    def call(self, body: bytes, secret: str, at: datetime) -> WebhookRequest:
        return WebhookRequest(
            method="POST",
            url="https://heat.example.com/webhooks/shop",
            headers=self.headers(body, self.secret(secret), at),
            body=body,
            received_at=at,
        )

    def headers(self, body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
        raise NotImplementedError

    def event_body(self, kind: str, at: datetime) -> bytes:
        event = {"id": "e1", "contact": "ann@x.org", "type": kind, "at": at.isoformat()}
        return json.dumps(event).encode()


class StandardCalls(ToolCalls):
    is_dated = True
    proof: ClassVar[Mapping[str, object]] = {"proof": "standard"}

    def headers(self, body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
        text = body.decode("utf-8", "replace")
        return {
            "webhook-id": "call_1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret.encode()).sign("call_1", at, text),
        }


class DatedHmacCalls(ToolCalls):
    is_dated = True
    proof: ClassVar[Mapping[str, object]] = {
        "proof": "hmac",
        "hmac": {
            "header": "X-Shop-Signature",
            "prefix": "sha256=",
            "timestamp": {"header": "X-Shop-Time", "within": "5m"},
        },
    }

    def headers(self, body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
        stamp = at.isoformat()
        content = stamp.encode() + b"." + body
        signature = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
        return {"x-shop-signature": f"sha256={signature}", "x-shop-time": stamp}


class PlainHmacCalls(ToolCalls):
    proof: ClassVar[Mapping[str, object]] = {
        "proof": "hmac",
        "hmac": {"header": "X-Signature", "algorithm": "sha512", "encoding": "base64"},
    }

    def headers(self, body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
        digest = hmac.new(secret.encode(), body, hashlib.sha512).digest()
        return {"x-signature": base64.b64encode(digest).decode()}


class BearerCalls(ToolCalls):
    is_signed = False
    proof: ClassVar[Mapping[str, object]] = {"proof": "bearer"}

    def headers(self, body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
        return {"authorization": f"Bearer {secret}"}


class BasicCalls(ToolCalls):
    is_signed = False
    proof: ClassVar[Mapping[str, object]] = {"proof": "basic"}

    def secret(self, name: str) -> str:
        return f"shop:{name}"

    def headers(self, body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
        return {"authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


class TestCalls(WebhookConformance):
    @pytest.fixture(
        params=[StandardCalls, DatedHmacCalls, PlainHmacCalls, BearerCalls, BasicCalls],
        ids=lambda calls: calls.__name__,
    )
    def webhooks(self, request: pytest.FixtureRequest) -> ToolCalls:
        calls: ToolCalls = request.param()
        return calls
