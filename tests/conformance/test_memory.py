"""The platform in memory keeps every promise, whole and in part."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from pydantic import SecretStr

from adapters.memory import faults
from adapters.memory.account import Account
from adapters.memory.adapter import CAPABILITIES, MemoryPlatform
from adapters.memory.webhooks import SIGNATURE, TIMESTAMP, MemoryWebhookParser, sign
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import FieldType, Value, read_value
from connector.ports.platform import Capabilities, Part, Platform, RemoteField
from connector.ports.webhook import WebhookRequest
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.webhook_suite import WebhookConformance, WebhookWorld
from tests.conformance.world import AT, Fault, World

SECRET = "s3cret-of-this-account"


class MemoryWorld(World):
    """An account in memory, reached without its adapter."""

    page_items = 3
    faults = frozenset(Fault) & {Fault[each.name] for each in faults.Fault}
    secrets = (SECRET,)
    stages = ("cold", "warm")

    def __init__(self, capabilities: Capabilities = CAPABILITIES) -> None:
        self.capabilities = capabilities
        self.fields = {kind: f"a_{kind.value}" for kind in FieldType}
        self.account = Account("mail")
        self.account.stages = self.stages
        for kind, name in self.fields.items():
            self.account.fields[name] = RemoteField(name=name, type=kind)

    def connect(self) -> Platform:
        return MemoryPlatform(
            self.account,
            parts=self.capabilities.parts,
            page_size=self.page_items,
            secrets=(SecretStr(SECRET),),
        )

    def play(self, fault: Fault) -> None:
        self.account.faults.append(faults.Fault[fault.name])

    def requests(self) -> int:
        return self.account.requests

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        return self.account.create(email, **(values or {})).id

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        person = self.account.people[remote_id]
        person.values.update(values)
        self.account.touch(person)

    def remove_contact(self, remote_id: str) -> None:
        self.account.remove(self.account.people[remote_id])

    def merge_contacts(self, loser: str, winner: str) -> None:
        self.account.merge(self.account.people[loser], self.account.people[winner])

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        payload = {"contact": remote_id, "type": kind, "at": at.isoformat(), **(values or {})}
        self.account.events.append(payload)

    def add_list(self, name: str) -> None:
        self.account.lists[name] = set()

    def set_member(self, name: str, remote_id: str, *, is_member: bool) -> None:
        move = self.account.put_in if is_member else self.account.take_out
        move(name, self.account.people[remote_id])

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        return read_value(self.account.people[remote_id].values.get(name), kind)

    def members(self, name: str) -> set[str]:
        return self.account.lists[name]

    def tags(self, remote_id: str) -> set[str]:
        return self.account.people[remote_id].tags

    def stage(self, remote_id: str) -> str | None:
        return self.account.people[remote_id].stage

    def done(self) -> Sequence[str]:
        return list(self.account.done)

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="nobody"), values={})


class TestMemory(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return MemoryWorld()


class TestMemoryThatOnlyReads(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        parts = frozenset({Part.CONTACTS, Part.EVENTS})
        return MemoryWorld(Capabilities(parts=parts, event_types=None))


class TestMemoryThatOnlyWrites(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        parts = frozenset({Part.ATTRIBUTE_WRITER, Part.LIST_WRITER})
        able = replace(CAPABILITIES, parts=parts, action_kinds=frozenset())
        return MemoryWorld(able)


class MemoryCalls:
    """Calls as an account in memory makes them."""

    is_dated = True
    is_signed = True

    def parser(self, *secrets: str) -> MemoryWebhookParser:
        return MemoryWebhookParser("mail", tuple(map(SecretStr, secrets)))

    def call(self, body: bytes, secret: str, at: datetime) -> WebhookRequest:
        timestamp = str(int(at.timestamp()))
        proof = sign(secret, timestamp, body).decode()
        return WebhookRequest(
            method="POST",
            url="https://heat.example.com/webhooks/mail",
            headers={TIMESTAMP: timestamp, SIGNATURE: proof},
            body=body,
            received_at=at,
        )

    def event_body(self, kind: str, at: datetime) -> bytes:
        event = {"id": "e1", "contact": "m1", "type": kind, "at": at.isoformat()}
        return json.dumps({"items": [{"key": "call-1", "event": event}]}).encode()


class TestMemoryWebhooks(WebhookConformance):
    @pytest.fixture
    def webhooks(self) -> WebhookWorld:
        return MemoryCalls()

    def test_items_of_other_kinds_are_read(self) -> None:
        items = [
            {"key": "1", "changed": {"contact": "m1"}},
            {"key": "2", "removed": {"contact": "m2"}},
            {"key": "3", "member": {"contact": "m3", "list": "News", "is_member": False}},
            {"key": "4", "weather": {"sky": "blue"}},
        ]
        request = MemoryCalls().call(json.dumps({"items": items}).encode(), SECRET, AT)

        told = MemoryCalls().parser(SECRET).parse(request)

        assert told.reread == ("m1",)
        assert [each.remote_id for each in told.removals] == ["m2"]
        assert [(each.remote_id, each.is_member) for each in told.memberships] == [("m3", False)]
