"""What every part of the adapter needs to ask one account something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.clocks import PlatformClock
    from adapters.http import HttpSession
    from adapters.hubspot.paths import Paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account: its name here, the way to it, and where things are there."""

    name: str
    session: HttpSession
    paths: Paths
    clock: PlatformClock
    timezone: str | None = None
    """Of the account, when the configuration says it."""
