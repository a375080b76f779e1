"""How points cool, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from connector.mapping.base import BY_SHAPE, MAPPING, TEXT, Duration, Language, Number


class StepEntry(Language):
    """Points drop at once after each whole span."""

    every: Duration = Field(description="The span after which a share of the points is lost.")
    keep: Annotated[Number, Field(ge=0, le=1)] = Field(
        description="The share that is left after each span, from 0 to 1."
    )


class DecayEntry(Language):
    """How points cool: exactly one of the keys."""

    half_life: Duration | None = Field(
        default=None, description="Half of the points are left after each such span."
    )
    linear: Duration | None = Field(
        default=None, description="Points fade evenly and are gone after this span."
    )
    expires: Duration | None = Field(
        default=None, description="Points stand for this span and are then gone at once."
    )
    step: StepEntry | None = Field(
        default=None, description="Points drop to a share of themselves after each span."
    )


DecayChoice: TypeAlias = Annotated[
    Annotated[Literal["none"], TEXT] | Annotated[DecayEntry, MAPPING], BY_SHAPE
]
"""``none``, or a mapping with one kind of decay."""
