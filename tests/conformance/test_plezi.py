"""What Plezi's entry reads and makes keeps every promise, as far as Plezi is known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from adapters.rest.adapter import CAPABILITIES, RestPlatform, connect
from adapters.rest.config import RestConfig
from adapters.simulation.faults import Fault as Played
from connector.domain.values import FieldType, Value
from connector.ports.adapter import PlatformContext
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.world import AT, Fault, Unhurried, World
from tests.fakes import FakeClock
from tests.integration.presets.accounts import KEY
from tests.integration.presets.plezi.simulator import CONTENT, FORM, TENANT, PleziSimulator

ENTRY = {
    "adapter": "rest",
    "preset": "plezi",
    "settings": {"tenant": TENANT, "form": FORM, "content": CONTENT},
    "contacts": {"params": {"limit": 3}},
}
_PLAYED: Mapping[Fault, Played] = {
    Fault.UNAVAILABLE: Played.UNAVAILABLE,
    Fault.TIMEOUT: Played.TIMED_OUT,
    Fault.CUT_ANSWER: Played.CUT_BODY,
    Fault.HTML_ANSWER: Played.HTML_PAGE,
}


class PleziWorld(World):
    """An account of the simulated platform, seeded and inspected behind its API."""

    page_items = 3
    faults = frozenset({*_PLAYED, Fault.ACCESS_REFUSED})
    secrets = (KEY,)
    fields = {FieldType.TEXT: "first_name"}  # noqa: RUF012 - of the suite

    def __init__(self) -> None:
        self.config = RestConfig.model_validate_json(json.dumps(ENTRY), strict=True)
        self.capabilities = self.config.able(CAPABILITIES)
        self.clock = FakeClock(AT)
        self.simulator = PleziSimulator(now=self.clock.now)

    def connect(self) -> RestPlatform:
        context = PlatformContext(
            name="plezi",
            config=self.config,
            folder=Path(),
            clock=self.clock,
            budget=Unhurried(),
            secrets={"api_key": SecretStr(KEY)},
        )
        return connect(context, transport=httpx.ASGITransport(self.simulator.app))

    def play(self, fault: Fault) -> None:
        if fault is Fault.ACCESS_REFUSED:
            self.simulator.key = "another"
            return
        self.simulator.faults.play(_PLAYED[fault])

    def requests(self) -> int:
        return len(self.simulator.trace)

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        return self.simulator.create(email, **_plain(values or {})).id

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        for name, value in _plain(values).items():
            setattr(self.simulator.people[remote_id], name, value)

    def remove_contact(self, remote_id: str) -> None:
        del self.simulator.people[remote_id]

    def done(self) -> Sequence[str]:
        return []


def _plain(values: Mapping[str, Value]) -> Mapping[str, str]:
    return {name: str(value) for name, value in values.items()}


class TestPlezi(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return PleziWorld()
