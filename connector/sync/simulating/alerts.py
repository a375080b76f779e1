"""How often triggers fire along a walk, by the rules that decide it in a cycle; pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT
from connector.scoring.buckets import bucket_start
from connector.sync.simulating.outcome import AlertChange, WeekOfAlerts
from connector.sync.simulating.scores import names_of, status_of
from connector.sync.triggers.firing import departure, entry, fired, fires, room

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from connector.domain.ledger import TriggerState
    from connector.scoring.model import Model, Trigger
    from connector.sync.simulating.ending import Ending


def queueing(model: Model, turns: pl.DataFrame) -> Sequence[int]:
    """Return who may have to wait for a limit: ties of their waiting go by our ids."""
    limited = [each.name for each in model.triggers.values() if each.limit is not None]
    entering = turns.filter(pl.col("trigger").is_in(limited) & pl.col("holds"))
    return entering[CONTACT].unique().sort().to_list()


def firings(
    model: Model, turns: pl.DataFrame, steps: Sequence[datetime], keys: Mapping[int, str]
) -> Mapping[str, Mapping[datetime, int]]:
    """Return how often each trigger fires at each of `steps`, as `turns` (TURN_SCHEMA) have it.

    The first step is the baseline of everybody who is there and fires nothing. `keys` are the ids
    of those who may wait for a limit.
    """
    return {
        trigger.name: _Replay(trigger, model, keys).over(
            turns.filter(pl.col("trigger") == trigger.name), steps
        )
        for trigger in model.triggers.values()
    }


class _Replay:
    """One trigger and everybody for whom it ever held."""

    def __init__(self, trigger: Trigger, model: Model, keys: Mapping[int, str]) -> None:
        self._trigger = trigger
        self._timezone = model.timezone
        self._keys = keys
        self._states: dict[int, TriggerState] = {}
        self._queue: dict[int, None] = {}
        self._fired: Counter[datetime] = Counter()

    def over(self, turns: pl.DataFrame, steps: Sequence[datetime]) -> Mapping[datetime, int]:
        """Return how often it fires at each step at which it does."""
        by_step = turns.partition_by("at", as_dict=True)
        for at in steps:
            if (at,) in by_step:
                self._turn(by_step[at,], at, is_baseline=at == steps[0])
            self._release(at)
        return self._fired

    def _turn(self, turns: pl.DataFrame, at: datetime, *, is_baseline: bool) -> None:
        rows = turns.select(CONTACT, "holds", "is_first").rows()
        for contact, holds, _ in rows:
            if not holds and contact in self._states:
                self._states[contact] = departure(self._states[contact], at)
                self._queue.pop(contact, None)
        entering = [(contact, is_first) for contact, holds, is_first in rows if holds]
        for contact, is_first in sorted(entering, key=lambda each: self._place(each[0])):
            before = self._states.get(contact)
            self._states[contact] = entry(self._trigger, contact, before, at)
            if not is_baseline and fires(self._trigger, before, at, is_first=is_first):
                self._queue[contact] = None

    def _place(self, contact: int) -> tuple[bytes, int]:
        return self._keys.get(contact, "").encode(), contact

    def _release(self, at: datetime) -> None:
        """Fire for those who wait the longest, as far as there is room."""
        if not self._queue:
            return
        left = room(self._trigger, self._already(at))
        for contact in list(self._queue)[:left]:
            del self._queue[contact]
            self._states[contact] = fired(self._states[contact], at)
            self._fired[at] += 1

    def _already(self, at: datetime) -> int:
        if self._trigger.limit_per is None:
            return 0
        since = bucket_start(self._trigger.limit_per, at, self._timezone)
        return sum(count for when, count in self._fired.items() if since is None or when >= since)


def alert_changes(
    present: Ending, draft: Ending, steps: Sequence[datetime]
) -> Sequence[AlertChange]:
    """Return how often each trigger fires per ISO week of the present model's calendar."""
    timezone, before, after = present.model.timezone, present.firings, draft.firings
    weeks = list(dict.fromkeys(_week(at, timezone) for at in steps))
    changes: list[AlertChange] = []
    for name in names_of(before, after):
        old, new = (_by_week(each.get(name, {}), timezone) for each in (before, after))
        told = [WeekOfAlerts(week=each, before=old[each], after=new[each]) for each in weeks]
        status = status_of(name, before, after)
        changes.append(AlertChange(trigger=name, status=status, weeks=told))
    return changes


def _by_week(fired: Mapping[datetime, int], timezone: ZoneInfo) -> Counter[str]:
    weeks: Counter[str] = Counter()
    for at, count in fired.items():
        weeks[_week(at, timezone)] += count
    return weeks


def _week(at: datetime, timezone: ZoneInfo) -> str:
    year, week, _ = at.astimezone(timezone).isocalendar()
    return f"{year}-W{week:02}"
