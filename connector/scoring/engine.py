"""The engine: contributions of every rule, and the scores that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connector.errors import ConnectorError

if TYPE_CHECKING:
    from datetime import datetime

    from connector.scoring.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the engine says of some contacts at one instant."""

    contacts: pl.DataFrame
    """One row per contact that came in; `connector.domain.frames` names the columns."""
    contributions: pl.DataFrame | None
    """Why, as CONTRIBUTION_SCHEMA; None unless asked for."""


def score(
    model: Model,
    *,
    contacts: pl.LazyFrame,
    events: pl.LazyFrame,
    at: datetime,
    memory: pl.LazyFrame | None = None,
    explain: bool = False,
) -> Scored:
    """Return what `contacts` are worth at `at`, from their `events`.

    `contacts` and `events` have the schemas of `connector.domain.frames`; `memory` has what was
    decided before: ``_contact``, ``_held:<score>``, ``_override:<score>``, the last two optional.
    """
    raise ConnectorError("scoring is not available")
