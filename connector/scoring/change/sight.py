"""Some contacts, and whether one thing that is watched of them surely stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from connector.conditions.intervals import NULL, VALUE, Number, between
from connector.scoring.past import micros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.conditions.enclosure import Value
    from connector.conditions.intervals import Bools, Doubles
    from connector.scoring.change.motion import Motion
    from connector.scoring.change.strands import Moment
    from connector.scoring.change.watch import Watched

_DAY = micros(timedelta(hours=24))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What of some contacts moves in one watch."""

    motion: Motion
    since: Mapping[str, Doubles]
    """Microseconds since the newest event of each `days_since`; NaN for none."""
    constants: Mapping[str, Value]
    watched: Watched

    def take(self, rows: Bools) -> Sight:
        """Return the same of some contacts."""
        return Sight(
            motion=self.motion.take(rows),
            since={name: since[rows] for name, since in self.since.items()},
            constants={name: value.take(rows) for name, value in self.constants.items()},
            watched=self.watched.take(rows),
        )

    def slack(self, start: Moment, end: Moment) -> Doubles:
        """Return by how much each contact stays as it was; above zero it surely does."""
        columns = {
            **self.constants,
            **{name: _days(since, start, end) for name, since in self.since.items()},
            **{name: between(*self.motion.between(name, start, end)) for name in self.motion.lines},
        }
        return self.watched.slack(self.watched.watch.value(columns))


def _days(since: Doubles, start: Moment, end: Moment) -> Number:
    """Return the days since an event, by the division that makes the trait."""
    may = np.where(np.isnan(since), NULL, VALUE)
    return Number((since + start.time) / _DAY, (since + end.time) / _DAY, may)
