"""Mautic keeps every promise, spoken to over HTTP as its simulator plays it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from adapters.mautic.adapter import CAPABILITIES, MauticPlatform, connect
from adapters.mautic.config import MauticConfig
from adapters.mautic.simulator.contacts import Contact
from adapters.mautic.simulator.simulator import CLIENT_ID, CLIENT_SECRET, URL, MauticSimulator
from adapters.mautic.writing.deeds import mark_of
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import FieldType, Value, Written, read_value
from connector.ports.adapter import PlatformContext
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.simulated import playing
from tests.conformance.world import AT, Fault, Unhurried, World
from tests.fakes import FakeClock

SECRET = "s3cret-of-the-webhooks"
SOMEBODY = "somebody@mail.example.com"
_MARK = re.compile(r"heatsync ([0-9a-f]{16})")
_TYPES: Mapping[FieldType, str] = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATETIME: "datetime",
    FieldType.EMAIL: "email",
}
_PLAYED = playing("PATCH", cut="GET")


class MauticWorld(World):
    """An instance of Mautic, seeded and inspected behind its API."""

    capabilities = CAPABILITIES
    page_items = 3
    stages = ("cold", "warm", "hot")
    deed = "note"
    faults = frozenset({*_PLAYED, Fault.ACCESS_REFUSED})
    secrets = (CLIENT_SECRET, SECRET)

    def __init__(self, version: str, number: tuple[Written, Value]) -> None:
        self.number = number
        self.clock = FakeClock(AT)
        self.simulator = MauticSimulator(now=self.clock.now, version=version)
        self.account = self.simulator.account
        self.fields = {kind: f"a_{kind.value}" for kind in _TYPES}
        for kind, name in self.fields.items():
            more = {"properties": {"scale": 2}} if kind is FieldType.NUMBER else {}
            self.account.add_field(name, _TYPES[kind], **more)
        for weight, name in enumerate(self.stages):
            self.account.add_stage(name, weight)
        self.email = self.account.add_entity("emails", name="Welcome")["id"]

    def connect(self) -> MauticPlatform:
        context = PlatformContext(
            name="auto",
            config=MauticConfig(adapter="mautic", url=URL),
            folder=Path(),
            clock=self.clock,
            budget=Unhurried(),
            secrets={
                "client_id": SecretStr(CLIENT_ID),
                "client_secret": SecretStr(CLIENT_SECRET),
                "webhook_secret": SecretStr(SECRET),
            },
            # A message that is opened was sent as well, which would be a second event.
            event_types=frozenset({"email.opened", "email.clicked", "page.viewed"}),
        )
        transport = httpx.ASGITransport(app=self.simulator.app)
        return connect(context, transport=transport, page_rows=self.page_items)

    def play(self, fault: Fault) -> None:
        if fault is Fault.ACCESS_REFUSED:
            self.account.is_api_enabled = False
            return
        played, on = _PLAYED[fault]
        # What a batch did not do is done alone, where that works.
        times = 2 if fault is Fault.DID_NOTHING else 1
        self.simulator.faults.play(*[played] * times, on=on)

    def requests(self) -> int:
        return len(self.simulator.trace)

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        made = self.account.add_contact(email if "@" in email else SOMEBODY, **_plain(values or {}))
        if "@" not in email:
            # No form takes it, but imports of old did.
            self.account.contacts.put(made, "email", email)
        return str(made.id)

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        self.account.set(self._contact(remote_id), **_plain(values))

    def remove_contact(self, remote_id: str) -> None:
        self.account.delete(self._contact(remote_id))

    def merge_contacts(self, loser: str, winner: str) -> None:
        self.account.merge(self._contact(winner), self._contact(loser))

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        contact, deeds = self._contact(remote_id), self.account.engagement
        if kind == "page.viewed":
            deeds.visit(contact, "https://www.example.com/", at=at)
            return
        stat = deeds.send(contact, self.email, at=at)
        if kind == "email.opened":
            deeds.open(stat, at=at)
        else:
            deeds.click(stat, "https://www.example.com/offer", at=at)

    def add_list(self, name: str) -> None:
        self.account.segments.add(name)

    def set_member(self, name: str, remote_id: str, *, is_member: bool) -> None:
        move = self.account.segments.enter if is_member else self.account.segments.leave
        move(self._segment(name), self._contact(remote_id))

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        return read_value(self.account.value_of(self._contact(remote_id), name), kind)

    def members(self, name: str) -> set[str]:
        return {str(each) for each in self.account.segments.members(self._segment(name))}

    def tags(self, remote_id: str) -> set[str]:
        # Old versions keep a tag as HTML would have it.
        return set(map(unescape, self._contact(remote_id).tags))

    def stage(self, remote_id: str) -> str | None:
        stage = self._contact(remote_id).stage
        return None if stage is None else str(self.account.stages[stage]["name"])

    def done(self) -> Sequence[str]:
        texts = [str(each["text"]) for each in self.account.entities["notes"].values()]
        return [mark for text in texts for mark in _MARK.findall(text)]

    def told_as(self, *keys: str) -> list[str]:
        return [mark_of(key) for key in keys]

    def most_requests(self, items: int) -> int:
        """A token and the fields are asked for before; fifty contacts go first."""
        return 2 + -(-items // 50)

    def refused_change(self) -> AttributeChange:
        values = {self.fields[FieldType.TEXT]: "x" * 70_000}
        return AttributeChange(to=Addressee(remote_id=self.add_contact("odd@x.org")), values=values)

    def _contact(self, remote_id: str) -> Contact:
        return self.account.contacts.by_id[int(remote_id)]

    def _segment(self, name: str) -> int:
        found = [
            number for number, each in self.account.segments.by_id.items() if each["name"] == name
        ]
        return found[0]


def _plain(values: Mapping[str, Value]) -> dict[str, Any]:
    return dict(values)


class TestMautic(PlatformConformance):
    """What is below 1 Mautic does not keep in this version, so it is no number of this suite."""

    @pytest.fixture
    def world(self) -> World:
        return MauticWorld("5.1.0", (Decimal("4.10"), 4.1))


class TestMauticInItsLatestVersion(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return MauticWorld("7.2.0", World.number)
