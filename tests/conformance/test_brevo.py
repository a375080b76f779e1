"""Brevo keeps every promise, spoken to over HTTP as its simulator plays it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.brevo.adapter import CAPABILITIES, BrevoPlatform, connect
from adapters.brevo.config import BrevoConfig
from adapters.brevo.marks import OWN_EVENT
from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.simulator.people import Person
from adapters.brevo.simulator.records import CustomEvent
from adapters.brevo.writing.attributes import BrevoAttributeWriter
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import FieldType, Value, read_value
from connector.ports.adapter import PlatformContext
from tests.conformance.platform_beside import BesideConformance
from tests.conformance.platform_suite import Connected, PlatformConformance
from tests.conformance.simulated import plain, playing
from tests.conformance.world import AT, Fault, Unhurried, World
from tests.fakes import FakeClock
from tests.openapi.transport import ValidatingTransport

TOKEN = "s3cret-of-the-webhooks"
_TYPES: Mapping[FieldType, str] = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "float",
    FieldType.BOOLEAN: "boolean",
    FieldType.EMAIL: "text",
}
_PLAYED = playing("PUT", cut="GET")


class BrevoWorld(World):
    """An account of Brevo, seeded and inspected behind its API. Its dates have no time of day."""

    capabilities = CAPABILITIES
    page_items = 3
    faults = frozenset({*_PLAYED, Fault.ACCESS_REFUSED})
    new_field = "HEAT_SCORE"

    def __init__(self) -> None:
        self.clock = FakeClock(AT)
        self.simulator = BrevoSimulator(now=self.clock.now, limits=False)
        self.account = self.simulator.account
        self.secrets = (self.account.key, TOKEN)
        self.fields = {kind: f"A_{kind.value.upper()}" for kind in _TYPES}
        for kind, name in self.fields.items():
            self.account.define(
                Attribute(name=name, type=_TYPES[kind])  # type: ignore[arg-type]
            )

    def connect(self) -> BrevoPlatform:
        context = PlatformContext(
            name="mail",
            config=BrevoConfig(adapter="brevo"),
            folder=Path(),
            clock=self.clock,
            budget=Unhurried(),
            secrets={"api_key": SecretStr(self.account.key), "webhook_token": SecretStr(TOKEN)},
        )
        return connect(
            context, transport=ValidatingTransport(self.simulator), page_rows=self.page_items
        )

    def play(self, fault: Fault) -> None:
        if fault is Fault.ACCESS_REFUSED:
            self.account.is_address_blocked = True
            return
        played, on = _PLAYED[fault]
        self.simulator.faults.play(played, on=on)

    def requests(self) -> int:
        return len(self.simulator.trace)

    def most_requests(self, items: int) -> int:
        """Each is written by itself; attributes, and twenty contacts, are read by one request."""
        return 2 + items + -(-items // 20)

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        # Brevo has no address that is none; whoever has none goes by a telephone number.
        address = email if "@" in email else None
        return str(self.account.create(address, **plain(values or {})).id)

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        self.account.write(self._person(remote_id), plain(values))

    def remove_contact(self, remote_id: str) -> None:
        self.account.remove(self._person(remote_id))

    def merge_contacts(self, loser: str, winner: str) -> None:
        self.account.touch(self._person(winner))
        self.account.merge(self._person(loser), self._person(winner))

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        self.account.records.events.append(
            CustomEvent(
                contact_id=int(remote_id),
                name=kind.replace(".", "_"),
                at=at,
                properties=plain(values or {}),
            )
        )

    def add_list(self, name: str) -> None:
        self.account.lists.add(name)

    def set_member(self, name: str, remote_id: str, *, is_member: bool) -> None:
        lists = self.account.lists
        (found,) = [each for each in lists.by_id.values() if each.name == name]
        move = lists.put_in if is_member else lists.take_out
        move(found, [self._person(remote_id)])
        # What is read again because clocks may differ is not read twice then.
        self.clock.advance(timedelta(hours=1))

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        return read_value(self._person(remote_id).values.get(name), kind)

    def members(self, name: str) -> set[str]:
        lists = self.account.lists.by_id.values()
        return {str(member) for each in lists if each.name == name for member in each.members}

    def done(self) -> Sequence[str]:
        return [str(each.properties[OWN_EVENT]) for each in self.account.records.events]

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="0"), values={"A_NUMBER": None})

    def _person(self, remote_id: str) -> Person:
        return self.account.people.by_id[int(remote_id)]


class TestBrevo(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return BrevoWorld()


class ImportingWorld(BrevoWorld):
    """An account where two changes are enough for an import."""

    def connect(self) -> BrevoPlatform:
        platform = super().connect()
        platform.attribute_writer = BrevoAttributeWriter(
            platform._account, platform.fields, platform.lists, bulk_from=2
        )
        return platform


class TestBrevoByImport(Connected, BesideConformance):
    @pytest.fixture
    def world(self) -> World:
        return ImportingWorld()
