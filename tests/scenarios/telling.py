"""Tells heatsync of events over HTTP: through its API, and by calls of some other tool."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from connector.config.settings import Settings
from connector.ports.control import Job
from connector.sync.receiving.taking_in import take_in
from connector.web.app import make_app
from connector.web.desk import Desk
from tests.scenarios.timeline import address, events_told, remote_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.config.configuration import PlatformEntry
    from connector.sync.workspace import Workspace
    from tests.scenarios.language import Contact

ADAPTER = "webhook"
_SECRET = "told to the tool alone"


def called_by(entry: PlatformEntry) -> PlatformEntry:
    """Return the entry of a tool that calls us, with the secret that proves its calls."""
    return replace(entry, secrets={"webhook_secret": SecretStr(_SECRET)})


async def tell(workspace: Workspace, contacts: Mapping[str, Contact], until: datetime) -> None:
    """Tell of what is known by `until`; what was told before is told again."""
    handed_over = _by_address(contacts, events_told(contacts, until, by="api"))
    called = _by_address(contacts, events_told(contacts, until, by="webhook"))
    if not handed_over and not called:
        return
    app = make_app(_desk(workspace))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        if handed_over:
            answer = await client.post("/api/v1/events", json=handed_over)
            assert answer.status_code == 200, answer.text
        for event in called:
            (name,) = _tools(workspace)
            proof = {"authorization": f"Bearer {_SECRET}"}
            answer = await client.post(f"/webhooks/{name}", json=event, headers=proof)
            assert answer.status_code == 200, answer.text
    await app.state.intake.aclose()
    for name in _tools(workspace):
        done = await take_in(workspace, name)
        assert not done.dead, done.problems


def _by_address(contacts: Mapping[str, Contact], events: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - rows
    addresses = {remote_id(name): address(name) for name in contacts}
    return [event | {"contact": addresses[event["contact"]]} for event in events]


def _tools(workspace: Workspace) -> Sequence[str]:
    entries = workspace.configuration.platforms
    return [each.name for each in entries if each.adapter.name == ADAPTER]


def _desk(workspace: Workspace) -> Desk:
    async def leave(_job: Job) -> None:
        """Leave it to the cycle that follows."""

    async def no_figures() -> tuple[bytes, str]:
        return b"", ""

    return Desk(
        workspace=lambda: workspace,
        settings=Settings.model_construct(),
        clock=workspace.clock,
        defer=leave,
        metrics=no_figures,
    )
