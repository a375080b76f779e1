"""An entry of a mapping file keeps every promise, spoken to over HTTP as its simulator plays it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from adapters.rest.simulator import KEY, RestSimulator
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import FieldType, Value, Written, read_value
from tests.conformance.entry_world import EntryWorld
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.simulated import plain, playing
from tests.conformance.world import AT, Fault, World

ENTRY = YAML(typ="safe").load(Path(__file__).with_name("rest.yaml"))["platforms"]["acme"]
ONE_BY_ONE = {
    **ENTRY,
    "lookup": {"path": "/contacts/{{ contact.id }}", "items": "data"},
    "writes": {
        **ENTRY["writes"],
        "attributes": {
            "method": "PATCH",
            "path": "/contacts/{{ contact.id }}",
            "body": {"fields": "{{ values }}"},
        },
    },
}
"""The same, where each contact is written by itself and read back."""


class RestWorld(EntryWorld[RestSimulator]):
    """An account of the simulated platform, seeded and inspected behind its API."""

    page_items = 3
    played = playing("POST")
    faults = frozenset({*played, Fault.ACCESS_REFUSED})
    secrets = (KEY,)
    fields = {kind: f"a_{kind.value}" for kind in FieldType}  # noqa: RUF012 - of the suite
    params: Mapping[str, Mapping[str, Written]] = {"note": {"text": "Call Ann"}}

    entry: Mapping[str, object] = ENTRY

    def __init__(self) -> None:
        super().__init__(self.entry, lambda now: RestSimulator(now=now))
        self.account = self.simulator.account

    def close(self) -> None:
        self.account.is_closed = True

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        return self.account.create(email, plain(values or {})).id

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        self.account.write(self.account.people[remote_id], plain(values))

    def remove_contact(self, remote_id: str) -> None:
        self.account.remove(remote_id)

    def merge_contacts(self, loser: str, winner: str) -> None:
        self.account.remove(loser, into=winner)

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        self.account.record(remote_id, kind, at, plain(values or {}))

    def add_list(self, name: str) -> None:
        self.account.group(name)

    def set_member(self, name: str, remote_id: str, *, is_member: bool) -> None:
        members = self.account.group(name).members
        if is_member:
            members.setdefault(remote_id)
        else:
            members.pop(remote_id)

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        return read_value(self.account.people[remote_id].fields.get(name), kind)

    def members(self, name: str) -> set[str]:
        return {*self.account.group(name).members}

    def tags(self, remote_id: str) -> set[str]:
        return self.account.people[remote_id].tags

    def done(self) -> Sequence[str]:
        return list(self.account.notes)

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="c_0"), values={"a_number": None})


class TestRest(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return RestWorld()


class OneByOneWorld(RestWorld):
    """An account whose contacts are written and looked up one by one."""

    entry = ONE_BY_ONE
    played = playing("PATCH")

    def most_requests(self, items: int) -> int:
        """Each is written, and read back."""
        return 2 * items


class TestRestOneByOne(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return OneByOneWorld()
