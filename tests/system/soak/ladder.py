"""What each person's score and stage must be at an instant, told without the engine.

Points only cool between two events, so a stage only falls, and the instant at which it does is
found by halving: the score there is a sum of a handful of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

RUNGS = ("cold", "warm", "hot")
FROM = (0, 12, 25)
LEAVE_BELOW = (0, 10, 25)
KINDS = ("email.opened", "page.viewed", "order.placed", "form.submitted")

_MODEL = """
model:
  decay: {{half_life: {half_life}h}}
  rules:
    opened: {{event: email.opened, points: 5}}
    viewed: {{event: page.viewed, points: 13}}
    bought: {{event: order.placed, points: 31, decay: {{linear: {linear}h}}}}
    asked: {{event: form.submitted, points: 26, decay: {{expires: {expires}h}}}}
  scores:
    lead:
      stages:
        - {{name: cold, from: 0}}
        - {{name: warm, from: 12, leave_below: 10}}
        - {{name: hot, from: 25}}
"""


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """Something a person did."""

    at: int
    """In microseconds, as all instants here."""
    known_at: int
    """From when on it may be asked for."""
    kind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooling:
    """How fast what people did loses its points."""

    day: timedelta
    """What the rules take for a day: less, where days shall pass within hours."""
    keep: timedelta
    """Deeds of this age do not exist."""

    @property
    def model(self) -> str:
        """The rules, as a mapping file has them."""
        hours = self.day // timedelta(hours=1)
        return _MODEL.format(half_life=4 * hours, linear=8 * hours, expires=3 * hours)

    def score(self, deeds: Sequence[Deed], at: int) -> int:
        """Return the rounded score of who did this, at an instant."""
        ages = [(each.kind, at - each.at) for each in deeds]
        kept = [(kind, age) for kind, age in ages if 0 <= age < micros(self.keep)]
        points = math.fsum(self._points(kind, age / micros(self.day)) for kind, age in kept)
        whole = Decimal(repr(round(points, 9))).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return int(whole)

    @staticmethod
    def _points(kind: int, days: float) -> float:
        match KINDS[kind]:
            case "email.opened":
                return 5 * math.pow(2.0, -days / 4)
            case "page.viewed":
                return 13 * math.pow(2.0, -days / 4)
            case "order.placed":
                return 31 * max(0.0, 1 - days / 8)
            case _:
                return 26.0 if days < 3 else 0.0


def rung(points: int, held: int) -> int:
    """Return the stage of such a score for who stands on the rung `held`."""
    earned = max(each for each, least in enumerate(FROM) if points >= least)
    stays = [each for each in range(held + 1) if points >= LEAVE_BELOW[each]]
    return max(earned, *stays)


def falls_at(stage_at: Callable[[int], int], held: int, first: int, last: int) -> int | None:
    """Return the first instant from `first` to before `last` at which a stage is below `held`."""
    if stage_at(first) < held:
        return first
    if stage_at(last - 1) >= held:
        return None
    stands, fallen = first, last - 1
    while fallen - stands > 1:
        middle = (stands + fallen) // 2
        if stage_at(middle) >= held:
            stands = middle
        else:
            fallen = middle
    return fallen


def micros(span: timedelta) -> int:
    """Return a span in microseconds."""
    return span // timedelta(microseconds=1)
