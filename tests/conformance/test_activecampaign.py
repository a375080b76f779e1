"""An entry that is shipped keeps every promise, with what its page adds to read custom fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from ruamel.yaml import YAML

from connector.domain.changes import Addressee, AttributeChange
from connector.domain.instants import iso
from connector.domain.values import FieldType, Value, read_value
from tests.conformance.entry_world import EntryWorld
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.simulated import playing
from tests.conformance.world import World
from tests.integration.presets.accounts import KEY
from tests.integration.presets.activecampaign.account import SUBSCRIBED, UNSUBSCRIBED
from tests.integration.presets.activecampaign.simulator import ActiveCampaignSimulator

ENTRY = """
preset: activecampaign
url: https://acme.api-us1.com
contacts:
  params: {limit: 3, include: fieldValues}
  related:
    values: {items: fieldValues, id: contact, by: id, many: true}
  record: {fields: "values[].{name: field, value: value}"}
members: {params: {limit: 3}}
"""
_PLAYED = playing("PUT")


class ActiveCampaignWorld(EntryWorld[ActiveCampaignSimulator]):
    """An account of the simulated platform, seeded and inspected behind its API."""

    page_items = 3
    played = _PLAYED
    faults = frozenset(_PLAYED)
    secrets = (KEY,)
    fields = {  # noqa: RUF012 - of the suite
        FieldType.TEXT: "7",
        FieldType.NUMBER: "8",
        FieldType.BOOLEAN: "9",
    }

    def __init__(self) -> None:
        entry = {"adapter": "rest", **YAML(typ="safe").load(ENTRY)}
        super().__init__(entry, lambda now: ActiveCampaignSimulator(now=now))
        self.account = self.simulator.account

    def most_requests(self, items: int) -> int:
        return items

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        person = self.account.create(email)
        self.account.write(person, _plain(values or {}))
        return str(person.id)

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        self.account.write(self.account.people[int(remote_id)], _plain(values))

    def remove_contact(self, remote_id: str) -> None:
        del self.account.people[int(remote_id)]

    def add_list(self, name: str) -> None:
        self.account.list_id(name)

    def set_member(self, name: str, remote_id: str, *, is_member: bool) -> None:
        status = SUBSCRIBED if is_member else UNSUBSCRIBED
        self.account.people[int(remote_id)].lists[self.account.list_id(name)] = status

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        return read_value(self.account.people[int(remote_id)].values.get(name), kind)

    def done(self) -> Sequence[str]:
        return []

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="404"), values={"8": None})


def _plain(values: Mapping[str, Value]) -> dict[str, str]:
    return {
        name: iso(value)
        if isinstance(value, datetime)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
        for name, value in values.items()
    }


class TestActiveCampaign(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return ActiveCampaignWorld()
