"""What every part of the adapter needs to ask one instance something."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.versions import version_of
from adapters.unexpected import Answered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.clocks import PlatformClock
    from adapters.http import Answer
    from adapters.mautic.versions import Version

Row: TypeAlias = "Mapping[str, Any]"
"""One object of an answer."""


class Session(Protocol):
    """The way to an instance, whatever proves who we are."""

    async def send(self, call: Call) -> Answer:
        """Return the answer to `call`; raises PlatformError."""
        ...

    def clean(self, text: str) -> str:
        """Return one line of Mautic's words, without addresses, numbers and secrets."""
        ...

    async def aclose(self) -> None:
        """Let go of all connections."""
        ...


@dataclass(slots=True, kw_only=True)
class Account(Answered):
    """One instance: its name here, the way to it, and the version it lately had."""

    name: str
    session: Session
    clock: PlatformClock
    _version: Version | None = field(default=None, init=False)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def send(self, call: Call) -> Answer:
        """Return the answer to `call`; raises PlatformError."""
        answer = await self.session.send(call)
        # Whoever upgrades an instance does not stop us before.
        self._version = version_of(answer.headers) or self._version
        return answer

    async def version(self) -> Version | None:
        """Return the version, asked for where nothing was yet; None where no answer names it."""
        async with self._asking:
            if self._version is None:
                operation = "ask for the version"
                await self.send(
                    Call(operation=operation, method="GET", path="/api/stats", buckets=(API,))
                )
        return self._version

    def rows(self, operation: str, body: object, name: str) -> Sequence[Row]:
        """Return the objects under `name` of an answer; raises UnexpectedAnswer.

        Mautic writes them as an object by id, or as a list; none at all are a list.
        """
        rows = body.get(name) if isinstance(body, dict) else None
        if isinstance(rows, dict):
            rows = list(rows.values())
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.unexpected(operation, "answered no rows")
        return rows
