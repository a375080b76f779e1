"""What Omnisense is told keeps every promise; its events are no part of it.

An event that is told again comes again, as Omnisense tells a repeated one by nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from adapters.rest.adapter import CAPABILITIES, RestPlatform, connect
from adapters.rest.config import RestConfig
from adapters.rest.presets import preset
from adapters.simulation.faults import Fault as Played
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import FieldType, Value, read_value
from connector.ports.adapter import PlatformContext
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.world import AT, Fault, Unhurried, World
from tests.fakes import FakeClock
from tests.integration.presets.accounts import KEY
from tests.integration.presets.omnisense.simulator import OmnisenseSimulator

_PLAYED: Mapping[Fault, Played] = {
    Fault.UNAVAILABLE: Played.UNAVAILABLE,
    Fault.TIMEOUT: Played.TIMED_OUT,
    Fault.CUT_ANSWER: Played.CUT_BODY,
    Fault.HTML_ANSWER: Played.HTML_PAGE,
    Fault.LOST_ANSWER: Played.LOST_ANSWER,
}


class OmnisenseWorld(World):
    """An instance of the simulated platform, looked at from behind."""

    faults = frozenset({*_PLAYED, Fault.ACCESS_REFUSED})
    secrets = (KEY,)
    fields = {kind: f"a_{kind.value}" for kind in FieldType}  # noqa: RUF012 - of the suite

    def __init__(self) -> None:
        shipped = preset("omnisense")
        entry = {
            **shipped,
            "url": "https://acme.app.omnisense.io",
            "writes": {"attributes": shipped["writes"]["attributes"]},
        }
        self.config = RestConfig.model_validate_json(json.dumps(entry), strict=True)
        self.capabilities = self.config.able(CAPABILITIES)
        self.clock = FakeClock(AT)
        self.simulator = OmnisenseSimulator(now=self.clock.now)
        self._emails: dict[str, str] = {}

    def connect(self) -> RestPlatform:
        context = PlatformContext(
            name="omni",
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

    def most_requests(self, items: int) -> int:
        return items

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        assert not values
        self._emails[f"p_{len(self._emails)}"] = email
        return f"p_{len(self._emails) - 1}"

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        profile = self.simulator.profiles[self._emails[remote_id]]
        return read_value(profile.metadata.get(name), kind)

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="p_no"), values={"a_number": None})


class TestOmnisense(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return OmnisenseWorld()
