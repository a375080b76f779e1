"""Calls of the platforms in memory, stored as the receiver of webhooks stores them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from connector.domain.ledger import Inbound
from connector.sync.receiving.taking_in import TakenIn, take_in
from tests.unit.sync.world import World


class Calls:
    """What platforms tell of themselves to an installation in memory."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made = 0

    async def make(
        self, *items: dict[str, Any], platform: str = "crm", at: datetime | None = None
    ) -> str:
        """Store a call that tells of `items`; return its id."""
        keyed = [{"key": str(self.made), **item} for item in items]
        return await self.raw(json.dumps({"items": keyed}).encode(), platform=platform, at=at)

    async def raw(self, body: bytes, *, platform: str = "crm", at: datetime | None = None) -> str:
        self.made += 1
        call = Inbound(
            platform=platform,
            id=f"call {self.made:06}",
            body=body,
            received_at=at or self.world.clock.now(),
        )
        async with self.world.state.write() as tx:
            await tx.inbound.add([call])
        return call.id

    async def take_in(self, platform: str = "crm", limit: int = 500) -> TakenIn:
        return await take_in(self.world.workspace, platform, limit=limit)

    async def waiting(self) -> list[Inbound]:
        async with self.world.state.read() as tx:
            return list(await tx.inbound.list(is_dead=False))

    async def dead(self) -> list[Inbound]:
        async with self.world.state.read() as tx:
            return list(await tx.inbound.list(is_dead=True))


def opened(number: str, contact: str, at: datetime, **more: object) -> dict[str, Any]:
    """Return the item that tells of an opened message."""
    event = {"id": number, "contact": contact, "type": "email.opened", "at": at.isoformat()}
    return {"event": {**event, **more}}


def changed(contact: str, **more: str) -> dict[str, Any]:
    return {"changed": {"contact": contact, **more}}


def removed(contact: str, *, erased: bool = False) -> dict[str, Any]:
    return {"removed": {"contact": contact, "erased": erased}}


def member(contact: str, list_name: str, *, is_member: bool = True) -> dict[str, Any]:
    return {"member": {"contact": contact, "list": list_name, "is_member": is_member}}
