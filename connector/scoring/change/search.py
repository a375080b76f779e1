"""Finds out for how long something surely stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from connector.scoring.change.strands import Moment

if TYPE_CHECKING:
    from typing import Self

    from connector.conditions.intervals import Bools, Doubles

LONGEST = 2.0**52
"""Microseconds beyond which nobody looks: 142 years."""

_ROUNDS = 6
_WORTHWHILE = 1.0 / 64.0
_STRAIGHT = 24
"""Turns after which the slack is no longer taken for almost straight."""


class Scene(Protocol):
    """Some contacts, of whom can be told whether they surely stay as they were at time zero."""

    def take(self, rows: Bools) -> Self:
        """Return the same of some contacts."""

    def slack(self, start: Moment, end: Moment) -> Doubles:
        """Return by how much each stays so from `start` to `end`: above zero, surely."""


def sure_until(scene: Scene, horizon: Doubles) -> Doubles:
    """Return until when each contact surely stays so: whole microseconds, at most `horizon`.

    Bounds over a long span may be too loose to tell. From where they end the next ones are drawn
    anew, which are tighter, for as long as that gets anywhere.
    """
    until = np.zeros_like(horizon)
    rows = np.arange(horizon.size)
    start = until
    for turn in range(_ROUNDS):
        first = Moment(start)
        is_over = scene.slack(first, Moment(horizon)) > 0.0
        until[rows[is_over]] = horizon[is_over]
        goes_on = ~is_over
        if turn:
            step = np.minimum(start + np.maximum(2.0, start * _WORTHWHILE), horizon)
            goes_on &= scene.slack(first, Moment(step)) > 0.0
        rows, scene = rows[goes_on], scene.take(goes_on)
        horizon, start = horizon[goes_on], start[goes_on]
        if not rows.size:
            break
        start = _last_sure(scene, start, np.minimum(horizon, LONGEST))
        until[rows] = start
    return until


def _last_sure(scene: Scene, start: Doubles, horizon: Doubles) -> Doubles:
    """Return the last whole microsecond that is sure, where `horizon` is not."""
    first = Moment(start)
    bracket = _Bracket(
        low=np.zeros_like(start),
        high=horizon - start,
        low_slack=np.maximum(scene.slack(first, first), 0.0),
        high_slack=np.minimum(scene.slack(first, Moment(horizon)), 0.0),
    )
    found, rows = start.copy(), np.arange(start.size)
    while rows.size:
        middle = bracket.middle()
        bracket.tighten(middle, scene.slack(first, Moment(first.time + middle)))
        is_open = bracket.high - bracket.low > 1.0
        if 2 * np.count_nonzero(is_open) <= rows.size:
            found[rows[~is_open]] += bracket.low[~is_open]
            rows, scene, bracket = rows[is_open], scene.take(is_open), bracket.take(is_open)
            first = Moment(first.time[is_open])
    return found


@dataclass(slots=True, kw_only=True)
class _Bracket:
    """Where a slack goes from above zero at `low` to zero or less at `high`."""

    low: Doubles
    high: Doubles
    low_slack: Doubles
    high_slack: Doubles
    turn: int = 0

    def take(self, rows: Bools) -> _Bracket:
        """Return the same of some contacts."""
        return _Bracket(
            low=self.low[rows],
            high=self.high[rows],
            low_slack=self.low_slack[rows],
            high_slack=self.high_slack[rows],
            turn=self.turn,
        )

    def middle(self) -> Doubles:
        """Return where to look next: a whole number inside, where there is one."""
        width = self.high - self.low
        half = self.low + width / 2.0
        least = np.maximum(self.low, 1.0)
        self.turn += 1
        if self.turn < _STRAIGHT and self.turn % 3:
            slope = self.low_slack - self.high_slack
            straight = self.low + width * (self.low_slack / np.where(slope > 0.0, slope, np.inf))
            straight = np.where(slope > 0.0, straight, half)
            # A little beyond it, so that the bracket closes from both sides.
            beyond = np.maximum(1.0, width * (width / self.high) * 0.2)
            half = straight + np.clip(half - straight, -beyond, beyond)
        # Spans may be seconds or centuries: first their size is sought.
        wanted = np.where(self.high > 4.0 * least, np.sqrt(least * self.high), half)
        return np.clip(np.rint(wanted), self.low + 1.0, np.maximum(self.high - 1.0, self.low + 1.0))

    def tighten(self, middle: Doubles, slack: Doubles) -> None:
        """Take in what the slack is at `middle`; what is closed stays so."""
        is_open = self.high - self.low > 1.0
        rises, falls = is_open & (slack > 0.0), is_open & ~(slack > 0.0)
        self.low = np.where(rises, middle, self.low)
        self.low_slack = np.where(rises, slack, self.low_slack)
        self.high = np.where(falls, middle, self.high)
        self.high_slack = np.where(falls, slack, self.high_slack)
