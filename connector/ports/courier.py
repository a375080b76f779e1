"""Those who do what triggers want done elsewhere than on a platform: they tell people, or call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.ledger import lane_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from connector.ports.writing import Actions

RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
"""How long after each failed attempt the next is made: for more than a day."""


async def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """One receiver of deeds that are meant for no platform."""

    kind: str
    """The deed: ``notify`` or ``webhook``."""
    name: str
    """As the deed names it, such as ``SALES``."""
    actions: Actions
    retries: tuple[timedelta, ...] = RETRIES
    knows_keys: bool = True
    """Whether the receiver can tell by its key that a deed was done already.

    Otherwise a deed of which nobody saw whether it was done is left to a person.
    """
    close: Callable[[], Awaitable[None]] = _nothing

    @property
    def lane(self) -> str:
        """Return the name of its lane, such as ``notify SALES``: no platform has such a one."""
        return lane_of(self.kind, self.name)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.close()
