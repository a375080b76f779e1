"""HubSpot keeps every promise, in each version of its interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from adapters.hubspot.adapter import CAPABILITIES, connect
from adapters.hubspot.config import HubspotConfig, Version
from adapters.hubspot.simulator.simulator import TOKEN, HubspotSimulator
from adapters.hubspot.simulator.tricks import Trick
from adapters.hubspot.wire import read_instant
from adapters.hubspot.writing.values import text_of
from adapters.simulation import faults
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.instants import to_micros
from connector.domain.values import FieldType, Value, Written, read_value
from connector.ports.adapter import PlatformContext
from connector.ports.platform import Platform
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.world import AT, Fault, Unhurried, World
from tests.fakes import FakeClock

_KINDS = {
    FieldType.TEXT: "string",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "bool",
    FieldType.DATETIME: "datetime",
    FieldType.EMAIL: "string",
}
_FAULTS = {
    Fault.UNAVAILABLE: faults.Fault.UNAVAILABLE,
    Fault.TIMEOUT: faults.Fault.TIMED_OUT,
    Fault.RATE_LIMITED: faults.Fault.RATE_LIMITED,
    Fault.CUT_ANSWER: faults.Fault.CUT_BODY,
    Fault.HTML_ANSWER: faults.Fault.HTML_PAGE,
    Fault.LOST_ANSWER: faults.Fault.LOST_ANSWER,
    Fault.DID_NOTHING: faults.Fault.DID_NOTHING,
}
_MAIL = {"email.opened": "OPEN", "email.clicked": "CLICK", "email.delivered": "DELIVERED"}
_SEEN = {"page.viewed": "e_visited_page"}
_LAG = timedelta(hours=2)
"""After so long every search finds what was changed."""


class HubspotWorld(World):
    """A simulated account, spoken to in process."""

    capabilities = CAPABILITIES
    page_items = 100
    faults = frozenset({*_FAULTS, Fault.ACCESS_REFUSED})
    secrets = (TOKEN,)
    lateness = timedelta(minutes=30)
    params: Mapping[str, Mapping[str, Written]] = {"email": {"template": Decimal(12)}}

    def __init__(self, version: Version) -> None:
        self.version = version
        self.clock = FakeClock(AT)
        self.fields = {kind: f"a_{kind.value}" for kind in FieldType}
        self.simulator = HubspotSimulator(now=self.clock.now, tier="enterprise", limits=False)
        self.account = self.simulator.account
        for kind, name in self.fields.items():
            self.account.define(name, _KINDS[kind])

    def connect(self) -> Platform:
        context = PlatformContext(
            name="crm",
            config=HubspotConfig(adapter="hubspot", version=self.version),
            folder=Path(),
            clock=self.clock,
            budget=Unhurried(),
            secrets={"access_token": SecretStr(TOKEN)},
        )
        return connect(context, transport=httpx.ASGITransport(app=self.simulator.app))

    def play(self, fault: Fault) -> None:
        if fault is Fault.ACCESS_REFUSED:
            self.simulator.tricks.play(Trick.NO_SCOPE)
        else:
            self.simulator.faults.play(_FAULTS[fault])

    def requests(self) -> int:
        return len(self.simulator.trace)

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        remote_id = self.account.add(**_told(values or {}))
        # Some accounts have addresses that HubSpot would not take today.
        self.account.derive(remote_id, email=email)
        self.account.settle()
        return remote_id

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        self.account.set(remote_id, **_told(values))
        self.clock.advance(_LAG)

    def remove_contact(self, remote_id: str) -> None:
        self.account.archive(remote_id)

    def merge_contacts(self, loser: str, winner: str) -> None:
        self.account.merge(winner, loser)
        self.clock.advance(_LAG)

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        self.clock.at = max(self.clock.at, at)
        at_ms = to_micros(at) // 1000
        engagement = self.account.engagement
        if kind in _MAIL:
            recipient = self.account.values(remote_id)["email"]
            engagement.send_mail_event(_MAIL[kind], recipient, at_ms)
            return
        name = _SEEN.get(kind, f"pe{self.account.portal_id}_{kind}")
        told = {name: str(value) for name, value in (values or {}).items()}
        engagement.occur(name, "contact", remote_id, at_ms, told)
        self.account.derive(remote_id, hs_analytics_last_timestamp=str(at_ms))
        self.account.settle()

    def add_list(self, name: str) -> None:
        self.account.add_list(name)

    def set_member(self, name: str, remote_id: str, *, is_member: bool) -> None:
        move = self.account.lists.join if is_member else self.account.lists.leave
        found = self.account.lists.named(name)
        assert found is not None
        move(found, int(remote_id))
        self.clock.advance(_LAG)

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        raw = self.account.values(remote_id).get(name)
        return read_instant(raw) if kind is FieldType.DATETIME else read_value(raw, kind)

    def members(self, name: str) -> set[str]:
        found = self.account.lists.named(name)
        return {str(each) for each in found.members} if found else set()

    def done(self) -> Sequence[str]:
        return list(self.account.engagement.sent_mail)

    def refused_change(self) -> AttributeChange:
        values = {self.fields[FieldType.TEXT]: "x" * 70_000}
        return AttributeChange(to=Addressee(remote_id=self.add_contact("odd@x.org")), values=values)


def _told(values: Mapping[str, Value]) -> dict[str, str]:
    return {
        name: text_of(Decimal(repr(value)) if isinstance(value, float) else value)
        for name, value in values.items()
    }


class TestHubspot(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return HubspotWorld("2026-03")


class TestHubspotInItsOldVersion(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return HubspotWorld("v3")
