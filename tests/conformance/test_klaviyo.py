"""The preset keeps every promise, spoken to over HTTP as its simulator plays it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import FieldType, Value, read_value
from tests.conformance.entry_world import EntryWorld
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.simulated import plain, playing
from tests.conformance.world import AT, Fault, World
from tests.integration.presets.klaviyo.simulator import KEY, KlaviyoSimulator

PAGE = 3
# Pages of a few rows, and a property of events of our own: what users say comes on top.
ENTRY: Mapping[str, Any] = {
    "adapter": "rest",
    "preset": "klaviyo",
    "contacts": {"params": {"page[size]": PAGE}},
    "members": {"params": {"page[size]": PAGE}},
    "events": {
        "params": {"page[size]": PAGE},
        "record": {"fields": {"crater": "attributes.event_properties.crater"}},
    },
}
_PLAYED = playing("PATCH")


class KlaviyoWorld(EntryWorld[KlaviyoSimulator]):
    """An account of Klaviyo, seeded and inspected behind its API."""

    page_items = PAGE
    played = _PLAYED
    faults = frozenset({*_PLAYED, Fault.ACCESS_REFUSED})
    secrets = (KEY,)
    lateness = timedelta(hours=23)
    fields = {kind: f"a_{kind.value}" for kind in FieldType}  # noqa: RUF012 - of the suite

    def __init__(self) -> None:
        super().__init__(ENTRY, lambda now: KlaviyoSimulator(now=now))
        self.account = self.simulator.account

    def close(self) -> None:
        self.account.is_closed = True

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        return self.account.add_profile(email, **plain(values or {})).id

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        self.account.write(self.account.profiles[remote_id], plain(values))

    def remove_contact(self, remote_id: str) -> None:
        self.account.remove(remote_id)

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        told = plain(values or {})
        if "amount" in told:
            told["$value"] = told.pop("amount")
        self.account.record(self.account.profiles[remote_id], kind, at, **told)

    def add_list(self, name: str) -> None:
        self.account.group(name)

    def set_member(self, name: str, remote_id: str, *, is_member: bool) -> None:
        members = self.account.group(name).members
        if is_member:
            members.setdefault(remote_id, self.clock.now())
        else:
            members.pop(remote_id)

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        return read_value(self.account.profiles[remote_id].properties.get(name), kind)

    def members(self, name: str) -> set[str]:
        return {*self.account.group(name).members}

    def done(self) -> Sequence[str]:
        return ()

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="01GNOBODY"), values={"a_number": None})


class TestKlaviyo(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return KlaviyoWorld()
