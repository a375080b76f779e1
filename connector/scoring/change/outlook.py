"""When contacts change next without any event: exactly, or safely too early, never too late.

Between two jumps points only cool, and `days_since` only grows. What every moving dimension may be
over a span of time is enclosed, and from that what everything watched may be. The answer is where
that is no longer surely what it was, or the next jump.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from connector.conditions.enclosure import known
from connector.domain.frames import INSTANT, IS_EXCLUDED, NEXT_CHANGE_AT
from connector.domain.instants import to_micros
from connector.scoring.change.jumps import next_jump
from connector.scoring.change.motion import motion_of
from connector.scoring.change.parts import axes_columns, axes_of
from connector.scoring.change.search import LONGEST, sure_until
from connector.scoring.change.sight import Sight
from connector.scoring.change.watches import Blind, names_in, watches_of
from connector.scoring.past import micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import TypeAlias

    from numpy.typing import NDArray

    from connector.conditions.intervals import Doubles
    from connector.scoring.change.parts import Axes
    from connector.scoring.change.watch import Path, Watch
    from connector.scoring.model import Model
    from connector.scoring.rules.effect import Effect
    from connector.scoring.traits import Reading

    Effects: TypeAlias = Mapping[str, Effect]
    Readings: TypeAlias = Mapping[str, Reading]

_JUMPS_AT = "_jumps_at"
_CHUNK = 131_072
"""Contacts looked at together: enough to be quick, few enough for the memory."""

_NEVER = 2**62
_FOREVER = 2.0**62
"""Microseconds after which nothing is left of what cools."""
_ATTENTION = micros(timedelta(hours=1)) - 1
"""How long nothing is looked at again that may change without anybody being able to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a model's contacts are watched for, and what has to be known of them for that."""

    model: Model
    axes: Axes
    since: tuple[str, ...]
    """Traits of which time alone makes more."""
    watches: tuple[Watch, ...]
    unseen: frozenset[str]
    """What moves in conditions of which nobody can tell when they change."""
    doubles: tuple[str, ...]
    """The columns that dimensions are reckoned from."""
    columns: Mapping[str, pl.Expr]
    """To be computed at the instant of scoring, beside dimensions, with the next jump."""

    def next_changes(self, frame: pl.DataFrame, at: datetime) -> pl.Series:
        """Return when each contact of `frame` changes next after `at`; NULL for never."""
        now = to_micros(at)
        found = [self._next_changes(chunk, now) for chunk in frame.iter_slices(_CHUNK)]
        change = pl.lit(pl.Series(np.concatenate([np.zeros(0, dtype=np.int64), *found])))
        instant = pl.when(change != _NEVER).then(change.cast(INSTANT))
        return pl.select(instant.alias(NEXT_CHANGE_AT)).to_series()

    def _next_changes(self, frame: pl.DataFrame, now: int) -> NDArray[np.int64]:
        """Return the same in microseconds since the epoch, _NEVER for never."""
        jump = frame[_JUMPS_AT].to_numpy()
        horizon = np.where(jump == _NEVER, _FOREVER, (jump - now).astype(np.float64))
        with np.errstate(all="ignore"):
            until = self._sure_until(frame, horizon)
        move = now + 1 + np.minimum(until, LONGEST).astype(np.int64)
        return np.where(until < horizon, np.minimum(move, jump), jump)

    def _sure_until(self, frame: pl.DataFrame, horizon: Doubles) -> Doubles:
        """Return how long each contact surely stays as it is, `horizon` for at least so long."""
        columns = {name: frame[name].to_numpy() for name in self.doubles}
        motion = motion_of(self.model, self.axes, columns)
        since = {name: frame[_since(name)].to_numpy() for name in self.since}
        moves = {name: line.moves for name, line in motion.lines.items()}
        moves |= {name: ~np.isnan(each) for name, each in since.items()}
        is_in = ~frame[IS_EXCLUDED].to_numpy()
        until = horizon.copy()
        for name in self.unseen:
            until = np.where(is_in & moves[name], np.minimum(until, _ATTENTION), until)
        for watch in self.watches:
            watched = watch.of(frame, moves)
            rows = is_in & ~watched.is_fixed
            if np.any(rows):
                constants = {name: known(frame[name]) for name in watch.constants}
                sight = Sight(
                    motion=motion.only(watch.names),
                    since={n: s for n, s in since.items() if n in watch.names},
                    constants=constants,
                    watched=watched,
                )
                until[rows] = sure_until(sight.take(rows), until[rows])
        return until


def outlook_of(model: Model, effects: Effects, traits: Readings) -> Outlook:
    """Return what `model` has to watch, given how its rules and traits are read."""
    axes, watches, blind = _asked(model)
    watched = frozenset(name for watch in watches for name in watch.names)
    unseen = frozenset(name for each in blind for name in each.names)
    axes = axes.only(watched | unseen)
    since = {n: r.since for n, r in traits.items() if r.since is not None and n in watched | unseen}
    motion = axes_columns(axes, effects)
    asked = names_in(model)
    jumps = [effect.next_at for effect in effects.values()]
    jumps += [reading.next_at for name, reading in traits.items() if name in asked]
    jump = next_jump(jumps, model.keep_events)
    columns = {
        _JUMPS_AT: pl.when(~pl.col(IS_EXCLUDED)).then(jump).dt.epoch("us").fill_null(_NEVER),
        **motion,
        **{_since(name): each.cast(pl.Float64) for name, each in since.items()},
    }
    for watch in watches:
        columns |= watch.columns
    return Outlook(
        model=model,
        axes=axes,
        since=tuple(since),
        watches=tuple(watches),
        unseen=unseen,
        doubles=(*axes.of, *motion),
        columns=columns,
    )


def _since(trait: str) -> str:
    return f"_since:{trait}"


def announced_hourly(model: Model) -> list[Path]:
    """Return where conditions and formulas stand whose contacts are looked at every hour.

    They depend on what time alone moves, in a form of which nothing tells when they change.
    """
    _, _, blind = _asked(model)
    return [each.place for each in blind]


def moving(model: Model) -> frozenset[str]:
    """Return the dimensions and traits that are other numbers at every moment, with time alone."""
    return frozenset(axes_of(model).of) | _days(model)


def _asked(model: Model) -> tuple[Axes, list[Watch], list[Blind]]:
    axes = axes_of(model)
    return axes, *watches_of(model, axes.of.keys() | _days(model))


def _days(model: Model) -> set[str]:
    return {name for name, trait in model.traits.items() if trait.measure == "days_since"}
