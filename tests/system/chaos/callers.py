"""Who calls the daemon besides platforms: a shop, and the office that has people erased.

Whoever is not answered asks again, and sometimes whoever was.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from tests.system.chaos.company import PUBLIC_URL, SHOP_SECRET
from tests.system.chaos.people import Someone

_IS_HEARD = 0.9
"""How many of the answers reach those who asked."""


@dataclass
class Shop:
    """Tells of each visit until it is answered, and sometimes once more."""

    client: httpx.AsyncClient
    chance: random.Random
    answered: threading.Event
    untold: dict[str, dict[str, str]] = field(default_factory=dict)

    def tell(self, visit: str, email: str, at: str) -> None:
        """Have a visit told."""
        self.untold[visit] = {"id": visit, "email": email, "at": at}

    async def call(self) -> None:
        """Tell what was not answered yet."""
        for visit, told in list(self.untold.items()):
            try:
                answer = await self.client.post(
                    f"{PUBLIC_URL}/webhooks/shop",
                    json=told,
                    headers={"authorization": f"Bearer {SHOP_SECRET}"},
                )
            except httpx.HTTPError:
                continue
            if answer.is_success:
                self.answered.set()
                if self.chance.random() < _IS_HEARD:
                    del self.untold[visit]


@dataclass
class Office:
    """Has people erased, and asks until that is done."""

    client: httpx.AsyncClient
    chance: random.Random
    asking: list[Someone] = field(default_factory=list)
    done: list[Someone] = field(default_factory=list)
    """Those whose erasure was answered."""

    async def call(self) -> None:
        """Ask for those who are not erased yet."""
        for person in list(self.asking):
            try:
                answer = await self.client.post(
                    "http://localhost/api/v1/contacts/forget", json={"contact": person.email}
                )
            except httpx.HTTPError:
                continue
            if answer.is_success and self.chance.random() < _IS_HEARD:
                self.asking.remove(person)
                self.done.append(person)


class Balanced(httpx.AsyncHTTPTransport):
    """Brings calls to any of the daemons, whether it listens or not."""

    def __init__(self, ports: Sequence[int], chance: random.Random) -> None:
        """Take where they listen."""
        super().__init__()
        self._ports, self._chance = ports, chance

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer of one of them."""
        port = self._chance.choice(self._ports)
        # The address that was called stays in the header Host, as behind any proxy.
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
        return await super().handle_async_request(request)
