"""Dimensions stay within their bounds while they cool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import exp2

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.scoring.change.motion import motion_of
from connector.scoring.change.parts import Part, axes_of
from connector.scoring.change.strands import Moment
from connector.scoring.model import Decay, EventRule, HalfLife, Linear, Model
from connector.scoring.past import micros
from tests.unit.scoring.lab import DAY, a_dimension, a_model, an_event_rule

GROUPS = {"g": 3.0, "h": -1.5}
_TOLERANCE = 1e-12
"""Of the largest points here, what the reckoning below is off itself."""

Given = Sequence[tuple[float, timedelta]]
"""Points and ages of contributions."""


@dataclass(frozen=True)
class World:
    model: Model
    given: Mapping[str, Given]

    def points(self, rule: EventRule, after: timedelta) -> float:
        return sum(left(points, rule.decay, age + after) for points, age in self.given[rule.name])

    def dimension(self, name: str, after: timedelta) -> float:
        """Return the value as DESIGN has it."""
        rules = [each for each in self.model.rules.values() if isinstance(each, EventRule)]
        total = 0.0
        for rule in rules:
            factor = 1.0
            if rule.group is not None:
                whole = sum(self.points(r, after) for r in rules if r.group == rule.group)
                factor = min(1.0, abs(GROUPS[rule.group]) / abs(whole)) if whole else 1.0
            total += self.points(rule, after) * factor if rule.dimension == name else 0.0
        limits = self.model.dimensions[name]
        total = total if limits.floor is None else max(total, limits.floor)
        return total if limits.cap is None else min(total, limits.cap)

    def columns(self) -> dict[str, np.ndarray]:
        """Return what the engine would have computed for one contact."""
        axes = axes_of(self.model)
        found: dict[str, float] = {}
        for part in axes.parts:
            found |= self._columns(part)
        for axis in axes.of.values():
            rules = [self.model.rules[name] for name in axis.rest]
            found[axis.rest_column] = sum(self._held(each) for each in rules)
            found[axis.remainder_column] = 0.0
            found[axis.dimension] = self.dimension(axis.dimension, timedelta(0))
        return {name: np.array([value]) for name, value in found.items()}

    def _held(self, rule: object) -> float:
        """Return what a rule that does not cool gives after its group, where that stands still."""
        assert isinstance(rule, EventRule)
        if rule.group is None:
            return self.points(rule, timedelta(0))
        only = {
            name: rule if name == rule.name else replace(each, dimension="other")
            for name, each in self.model.rules.items()
        }
        dimensions = {rule.dimension: a_dimension(rule.dimension)}
        model = replace(self.model, rules=only, dimensions=dimensions)
        return World(model, self.given).dimension(rule.dimension, timedelta(0))

    def _columns(self, part: Part) -> dict[str, float]:
        now = timedelta(0)
        rules = [self.model.rules[name] for name in part.rules]
        events = [each for each in rules if isinstance(each, EventRule)]
        pairs = [(rule, points, age) for rule in events for points, age in self.given[rule.name]]
        is_even = any(isinstance(rule.decay, Linear) for rule in events)
        sizes = [p if is_even else left(p, rule.decay, age) for rule, p, age in pairs]
        slopes = [
            p / micros(rule.decay.span) for rule, p, _ in pairs if isinstance(rule.decay, Linear)
        ]
        return {
            part.sum_column: sum(self.points(rule, now) for rule in events),
            part.size_column: sum(map(abs, sizes)),
            part.cut_column: float(len(pairs)),
            part.slope_column: sum(slopes),
        }


def left(points: float, decay: Decay | None, age: timedelta) -> float:
    match decay:
        case HalfLife(span=span):
            return points * exp2(-(age / span))
        case Linear(span=span):
            return points * (1.0 - age / span)
        case _:
            return points


_decays = st.one_of(
    st.none(),
    st.sampled_from([DAY, 2 * DAY, 30 * DAY]).map(lambda span: HalfLife(span=span)),
    st.sampled_from([60 * DAY, 90 * DAY]).map(lambda span: Linear(span=span)),
)
_moments = st.timedeltas(timedelta(0), 30 * DAY) | st.sampled_from([timedelta(0), DAY])
_contributions = st.lists(
    st.tuples(
        st.sampled_from([-20.0, -3.0, -0.5, 0.1, 1.0, 2.5, 10.0, 1 / 3]),
        st.timedeltas(timedelta(0), 30 * DAY),
    ),
    min_size=1,
    max_size=2,
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    rules = [
        an_event_rule(
            name=f"r{place}",
            decay=draw(_decays),
            dimension=draw(st.sampled_from(["engagement", "fit"])),
            group=draw(st.sampled_from([None, "g", "g", "h"])),
        )
        for place in range(draw(st.integers(1, 5)))
    ]
    dimensions = [
        a_dimension(
            name, floor=draw(st.sampled_from([None, -2.0])), cap=draw(st.sampled_from([None, 4.5]))
        )
        for name in ("engagement", "fit")
    ]
    model = a_model(*rules, dimensions=dimensions, groups=GROUPS)
    return World(model, {rule.name: draw(_contributions) for rule in rules})


@settings(max_examples=1000, deadline=None)
@given(world=worlds(), ends=st.tuples(_moments, _moments))
def test_a_dimension_lies_between_its_bounds_at_every_moment(
    world: World, ends: tuple[timedelta, timedelta]
) -> None:
    axes = axes_of(world.model)
    motion = motion_of(world.model, axes, world.columns())
    start, end = (Moment(np.array([float(micros(each))])) for each in sorted(ends))

    for name in axes.of:
        low, high = motion.between(name, start, end)
        for place in range(21):
            value = world.dimension(name, min(ends) + abs(ends[1] - ends[0]) * (place / 20))
            assert low[0] - _TOLERANCE <= value <= high[0] + _TOLERANCE


@given(world=worlds(), moment=_moments)
def test_bounds_of_a_moment_are_close(world: World, moment: timedelta) -> None:
    axes = axes_of(world.model)
    motion = motion_of(world.model, axes, world.columns())
    now = Moment(np.array([float(micros(moment))]))

    for name in axes.of:
        low, high = motion.between(name, now, now)
        assert high[0] - low[0] < 1e-6


def test_a_dimension_may_rise_and_fall_while_all_of_it_cools() -> None:
    held = an_event_rule(name="held", decay=HalfLife(span=DAY), group="g")
    pull = an_event_rule(name="pull", decay=HalfLife(span=DAY))
    given = {"held": [(6.0, timedelta(0))], "pull": [(-1.0, timedelta(0))]}
    world = World(a_model(held, pull, groups=GROUPS), given)
    start, end = (Moment(np.array([float(micros(each))])) for each in (timedelta(0), 1.8 * DAY))

    motion = motion_of(world.model, axes_of(world.model), world.columns())
    low, high = motion.between("engagement", start, end)

    # The group's three points stand for a day, while one point that pulls at them cools to a half.
    assert low[0] <= 6.0 * 2.0**-1.8 - 2.0**-1.8
    assert high[0] >= 3.0 - 0.5
