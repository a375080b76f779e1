"""When a tick has its turns: at even instants, each moved by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from random import Random

    from connector.ports.control import Tick


@dataclass(slots=True, kw_only=True)
class Turns:
    """The turns of one tick; jitter moves each of them and never adds up."""

    tick: Tick
    start: datetime
    """An instant that all others are whole intervals away from."""
    random: Random

    def first(self) -> datetime:
        """Return the first turn of a tick that begins now, at `start`."""
        return self.start if self.tick.is_eager else self.after(self.start)

    def after(self, instant: datetime) -> datetime:
        """Return the next turn, always later than `instant`, however many were missed until then.

        An instant before `start` has turns too: a clock may be set back.
        """
        begun = (instant - self.start) // self.tick.every
        even = self.start + (begun + 1) * self.tick.every
        return even + self.tick.jitter * self.random.random()

    def move(self, span: timedelta) -> None:
        """Move all turns from now on."""
        self.start += span
