"""An installation in memory with the web before it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from adapters.memory.adapter import MemoryPlatform
from adapters.memory.webhooks import SIGNATURE, TIMESTAMP, sign
from connector.config.settings import Settings
from connector.domain.ledger import Inbound
from connector.errors import Problem
from connector.ports.control import Job
from connector.web.app import make_app
from connector.web.desk import Desk
from tests.fakes import FakeTrials
from tests.unit.sync.world import World

SECRET = "open sesame"
PATH = "/webhooks/crm"


class House:
    """Platform `crm` calls with `SECRET`; what the web asks of the process is kept in lists."""

    def __init__(self, world: World | None = None, **settings: Any) -> None:  # noqa: ANN401 - any setting
        self.world = world or World()
        self.jobs: list[Job] = []
        self.counted: Counter[tuple[str, str]] = Counter()
        self.problems: list[Problem] = []
        self.trials = FakeTrials(self.world.clock)
        crm = MemoryPlatform(self.world.crm, secrets=(SecretStr(SECRET),))
        self.world.platforms["crm"] = crm
        settings.setdefault("dashboard", False)
        self.desk = Desk(
            workspace=lambda: self.world.workspace,
            settings=Settings.model_construct(**settings),
            clock=self.world.clock,
            defer=self._defer,
            metrics=self._metrics,
            readiness=lambda: self.problems,
            count=lambda platform, outcome: self.counted.update([(platform, outcome)]),
            trials=self.trials,
        )
        self.app = make_app(self.desk)

    async def _metrics(self) -> tuple[bytes, str]:
        return b"heat 1\n", "text/plain; version=0.0.4"

    async def _defer(self, job: Job) -> None:
        self.jobs.append(job)

    def client(self, address: str = "127.0.0.1", host: str = "localhost") -> httpx.AsyncClient:
        """Return a client that calls from `address` and asks for `host`."""
        transport = httpx.ASGITransport(self.app, client=(address, 50_000))
        return httpx.AsyncClient(transport=transport, base_url=f"http://{host}")

    def call(self, *keys: str, **extra: Any) -> tuple[bytes, Mapping[str, str]]:  # noqa: ANN401 - any item
        """Return the body of a call with an item for each of `keys`, and headers that prove it."""
        body = json.dumps({"items": [{"key": key, **extra} for key in keys]}).encode()
        return body, self.proof(body)

    def proof(self, body: bytes) -> Mapping[str, str]:
        """Return headers that prove a body."""
        timestamp = str(int(self.world.clock.now().timestamp()))
        return {TIMESTAMP: timestamp, SIGNATURE: sign(SECRET, timestamp, body).decode()}

    async def inbound(self) -> list[Inbound]:
        """Return the calls that are stored."""
        async with self.world.state.read() as tx:
            return list(await tx.inbound.list())
