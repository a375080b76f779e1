"""The scoring model, as it is written."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from connector.mapping.base import Language, NothingIsEmpty, Text
from connector.mapping.decay import DecayChoice
from connector.mapping.rules import RuleChoice
from connector.mapping.scores import DimensionEntry, GradeEntry, GroupEntry, ScoreEntry
from connector.mapping.traits import TraitEntry


class ModelEntry(Language):
    """What is scored and how."""

    timezone: Text = Field(
        default="UTC", description="Whose calendar counts days, as `Europe/Paris`."
    )
    decay: DecayChoice | None = Field(
        default=None, description="How points cool where neither rule nor dimension says it."
    )
    dimensions: dict[str, Annotated[DimensionEntry, NothingIsEmpty]] = Field(
        default_factory=dict, description="The axes; default: one, called `engagement`."
    )
    groups: dict[str, GroupEntry] = Field(
        default_factory=dict, description="Ceilings that several rules share."
    )
    traits: dict[str, TraitEntry] = Field(
        default_factory=dict, description="Facts about a contact computed from their events."
    )
    rules: dict[str, RuleChoice] = Field(
        default_factory=dict, description="What gives points, each under a name of its own."
    )
    scores: dict[str, Annotated[ScoreEntry, NothingIsEmpty]] = Field(
        default_factory=dict, description="Scores; default: one, `score`, the sum of dimensions."
    )
    grades: dict[str, GradeEntry] = Field(
        default_factory=dict, description="Grades such as `A1` from two dimensions or scores."
    )
