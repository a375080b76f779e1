"""`when` rules: points while a condition on attributes and traits holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.scoring.fixed import constant
from connector.scoring.matching import holds
from connector.scoring.rules.effect import Effect

if TYPE_CHECKING:
    from connector.scoring.model import WhenRule
    from connector.scoring.past import Past


def when_effect(rule: WhenRule, past: Past) -> Effect:  # noqa: ARG001 - all kinds are asked alike
    """Return what `rule` gives; time alone moves it through traits only, which tell themselves."""
    points = pl.when(holds(rule.when)).then(constant(rule.points))
    return Effect(points=points, raw_points=points)
