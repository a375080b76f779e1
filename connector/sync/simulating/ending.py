"""Where one model leaves everybody at the end of its walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import polars as pl

    from connector.scoring.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A model, and what came of it; both of a comparison are about the same contacts."""

    model: Model
    results: pl.DataFrame
    """What the engine says of everybody."""
    members: pl.DataFrame
    """Whether each contact is in each list and has each tag, by the column of its condition."""
    firings: Mapping[str, Mapping[datetime, int]]
    """Per trigger and instant, for how many contacts it fired."""
