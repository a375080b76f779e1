"""What writing rows comes to, and who takes note of it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.domain.outbound import Outbound, Settlement
    from connector.errors import PlatformError, RightMissing


class Ledger(Protocol):
    """Takes note of what the platform was seen to do, as soon as it did."""

    def began(self, lists: Collection[str]) -> None:
        """Take note that these lists are written now."""
        ...

    async def settled(self, settlements: Sequence[Settlement]) -> None:
        """Record rows with which this run is done."""
        ...

    async def overtaken(self, rows: Sequence[Outbound]) -> Collection[int]:
        """Return of whom nothing is written any more as these `rows` were leased.

        They were erased lately, or decided anew since, or somebody else has them in hand.
        """
        ...

    async def progressed(self, settlements: Sequence[Settlement]) -> None:
        """Record what is confirmed of rows that are still being written."""
        ...


@dataclass(slots=True, kw_only=True)
class Work:
    """What writing some rows came to."""

    calls: int = 0
    error: PlatformError | None = None
    """What made us stop writing to this platform."""
    refused: Sequence[RightMissing] = ()
    """What kept single parts from being written."""
    gone: Sequence[str] = ()
    """Records that the platform says it does not have."""
    remarks: Mapping[str, int] = field(default_factory=dict)
    """What else was done on the platform, and for how many."""
