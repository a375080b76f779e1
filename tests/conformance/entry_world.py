"""An account that an entry of `rest` describes, and a simulator plays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sized
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import httpx
from pydantic import SecretStr

from adapters.rest.adapter import CAPABILITIES, RestPlatform, connect
from adapters.rest.config import RestConfig
from adapters.simulation.faults import Faults
from connector.ports.adapter import PlatformContext
from tests.conformance.simulated import Playing
from tests.conformance.world import AT, Fault, Unhurried, World
from tests.fakes import FakeClock


class Simulated(Protocol):
    """A simulated platform."""

    @property
    def app(self) -> Any: ...  # noqa: ANN401 - an application of ASGI
    @property
    def faults(self) -> Faults: ...
    @property
    def trace(self) -> Sized: ...


Simulator = TypeVar("Simulator", bound=Simulated)


class EntryWorld(World, Generic[Simulator]):
    """One account, whose key is the first of its `secrets`."""

    played: Playing
    """What the simulator plays for a fault, and on which requests."""

    def __init__(
        self,
        entry: Mapping[str, object],
        simulated: Callable[[Callable[[], datetime]], Simulator],
    ) -> None:
        self.config = RestConfig.model_validate_json(json.dumps(entry), strict=True)
        self.capabilities = self.config.able(CAPABILITIES)
        self.clock = FakeClock(AT)
        self.simulator = simulated(self.clock.now)

    def connect(self) -> RestPlatform:
        context = PlatformContext(
            name="acme",
            config=self.config,
            folder=Path(),
            clock=self.clock,
            budget=Unhurried(),
            secrets={"api_key": SecretStr(self.secrets[0])},
        )
        return connect(context, transport=httpx.ASGITransport(self.simulator.app))

    def close(self) -> None:
        """Let the account refuse the key from now on."""
        raise NotImplementedError

    def play(self, fault: Fault) -> None:
        if fault is Fault.ACCESS_REFUSED:
            self.close()
            return
        played, on = self.played[fault]
        self.simulator.faults.play(played, on=on)

    def requests(self) -> int:
        return len(self.simulator.trace)
