"""A simulated Mautic, spoken to in this process, and by a public client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import httpx
import pytest

from adapters.mautic.simulator import PASSWORD, PLAIN, USERNAME, MauticSimulator, Quirks
from adapters.mautic.simulator.account import Account
from adapters.mautic.simulator.contacts import Contact
from tests.fakes import FakeClock

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


Body: TypeAlias = Any
"""What an answer says."""


@dataclass
class World:
    """One instance, its clock, and a caller."""

    simulator: MauticSimulator
    clock: FakeClock
    http: httpx.AsyncClient

    @property
    def account(self) -> Account:
        return self.simulator.account

    async def get(self, path: str, **params: object) -> Body:
        """Return the body of an answer."""
        told = {name: str(each) for name, each in params.items()}
        return (await self.http.get(path, params=told)).json()

    async def where(self, path: str, *clauses: tuple[str, str, object], **params: object) -> Body:
        """Return the body of an answer to a request with flat clauses."""
        named = {
            f"where[{index}][{name}]": str(each)
            for index, clause in enumerate(clauses)
            for name, each in zip(("col", "expr", "val"), clause, strict=True)
        }
        return await self.get(path, **named, **params)

    async def post(self, path: str, body: object = None) -> httpx.Response:
        return await self.http.post(path, json=body or {})

    async def patch(self, contact: Contact, **values: object) -> httpx.Response:
        return await self.http.patch(f"/api/contacts/{contact.id}/edit", json=values)

    async def shown(self, contact: Contact) -> Body:
        """Return the fields of a contact as they are read."""
        return (await self.get(f"/api/contacts/{contact.id}"))["contact"]["fields"]["all"]

    def caller(self, name: str, rights: Iterable[str]) -> httpx.BasicAuth:
        """Return how a user with some rights proves who it is."""
        self.account.keys.add_user(name, "secret", rights)
        return httpx.BasicAuth(name, "secret")


@pytest.fixture
async def make_world() -> AsyncIterator[Callable[..., Awaitable[World]]]:
    """Return what makes an instance; by default one with all surprises, and no limit."""
    async with AsyncExitStack() as stack:

        async def make(
            quirks: Quirks | None = None, *, version: str = "5.1.0", limits: int | None = None
        ) -> World:
            clock = FakeClock(AT)
            simulator = MauticSimulator(
                now=clock.now, quirks=quirks, version=version, limits=limits
            )
            simulator.account.add_field("score")
            http = await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(app=simulator.app),
                    base_url="https://mautic.example.com",
                    auth=(USERNAME, PASSWORD),
                )
            )
            return World(simulator, clock, http)

        yield make


@pytest.fixture
async def world(make_world: Callable[..., Awaitable[World]]) -> World:
    return await make_world()


@pytest.fixture
async def plain(make_world: Callable[..., Awaitable[World]]) -> World:
    """An instance without surprises."""
    return await make_world(PLAIN)
