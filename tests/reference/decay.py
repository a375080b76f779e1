"""How points cool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from tests.reference.local_time import span

_NONE = "none"


Decay: TypeAlias = Any
"""A mapping with one kind of decay, or the word for none."""


def cooled(points: float, decay: Decay, age: timedelta) -> float:
    """Return what is left of `points` once they are `age` old."""
    match decay:
        case {"half_life": half}:
            return points * float(2.0 ** -(age / span(half)))
        case {"linear": end}:
            return points * max(0.0, 1.0 - age / span(end))
        case {"expires": end}:
            return points if age < span(end) else 0.0
        case {"step": {"every": every, "keep": keep}}:
            return points * float(keep ** (age // span(every)))
        case _:
            return points


def decay_of(
    rule: Mapping[str, Any], dimension: Mapping[str, Any], model: Mapping[str, Any]
) -> Decay:
    """Return the decay of a rule: its own, else its dimension's, else the model's, else none."""
    for place in (rule, dimension, model):
        if "decay" in place:
            return place["decay"]
    return _NONE
