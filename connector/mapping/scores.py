"""Dimensions, groups, scores, stages and grades, as they are written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from connector.mapping.base import Condition, FromList, Language, Number, Text, Whole
from connector.mapping.decay import DecayChoice


class DimensionEntry(Language):
    """One axis of a score: the sum of its rules' points, held between floor and cap."""

    floor: Number | None = Field(default=None, description="It never falls below this.")
    cap: Number | None = Field(default=None, description="It never rises above this.")
    decay: DecayChoice | None = Field(
        default=None, description="How points of its rules cool; default: as the model says."
    )


class GroupEntry(Language):
    """Rules that share a ceiling."""

    cap: Number = Field(description="The most that its rules give together, counted by size.")


class StageEntry(Language):
    """A named band of a score."""

    name: Text = Field(description="The stage's name, as platforms will show it.")
    from_: Number = Field(alias="from", description="The score from which a contact enters it.")
    leave_below: Number | None = Field(
        default=None,
        description="Below this score a contact leaves it again; default: the same as `from`.",
    )


class ScoreEntry(Language):
    """A number over dimensions, and the ladder of stages it climbs."""

    formula: Condition | None = Field(
        default=None, description="SQL over dimensions; default: the sum of all of them."
    )
    range: Annotated[tuple[Number, Number], FromList] | None = Field(
        default=None, description="The lowest and highest value: the score is clamped to it."
    )
    round: Annotated[Whole, Field(ge=0, le=9)] = Field(
        default=0, description="Decimals that platforms and conditions see, 0 to 9."
    )
    population: Condition | None = Field(
        default=None,
        description="Only contacts for whom this is true have the score; over attributes, "
        "traits and dimensions.",
    )
    stages: Annotated[tuple[StageEntry, ...], FromList, Field(min_length=1)] | None = Field(
        default=None, description="The ladder, from the lowest stage to the highest."
    )
    direction: Literal["both", "up_only"] = Field(
        default="both", description="Whether a contact may fall to a lower stage."
    )


class SideEntry(Language):
    """One side of a grade: what is graded, then a threshold for each label."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[
        str, Annotated[Number, Field(description="A label, and the least value that has it.")]
    ]

    of: Text = Field(description="The dimension or score that is graded.")


class GradeEntry(Language):
    """A cell of a matrix: the row's label, then the column's, as `A1`."""

    rows: SideEntry = Field(description="`of`, and the least value for each row label.")
    columns: SideEntry = Field(description="`of`, and the least value for each column label.")
