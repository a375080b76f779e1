"""The desired state on each platform, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from connector.mapping.base import (
    BY_SHAPE,
    MAPPING,
    TEXT,
    Condition,
    Language,
    NothingIsEmpty,
    Number,
    Text,
)


class MappedSource(Language):
    """A result of ours, written in other words."""

    from_: Text = Field(
        alias="from", description="A score, `<score>_stage`, a grade, a dimension or a trait."
    )
    map: dict[str, Text] | None = Field(
        default=None,
        description="What is written for each value; other values are not written.",
    )


TargetSource: TypeAlias = Annotated[
    Annotated[Text, TEXT] | Annotated[MappedSource, MAPPING], BY_SHAPE
]


class TargetListEntry(Language):
    """A list that holds those for whom a condition is true."""

    when: Condition = Field(description="Who belongs in the list, in SQL.")
    create: bool = Field(default=False, description="Make the list when it is absent.")
    keep: bool = Field(default=False, description="Whoever is in it is never removed by us.")
    own: bool = Field(
        default=False, description="Also remove members that somebody else has added."
    )


class WriteWhenEntry(Language):
    """Which changes are worth a write."""

    change_of: Annotated[Number, Field(ge=0)] = Field(
        description="The smallest move of a number that is written."
    )


class TargetEntry(Language):
    """What is kept true on one platform."""

    attributes: dict[str, TargetSource] = Field(
        default_factory=dict, description="The platform's field, and the result of ours it shows."
    )
    on_drift: Literal["repair", "keep"] = Field(
        default="repair",
        description="What becomes of a value of ours that somebody changed by hand.",
    )
    lists: dict[str, TargetListEntry] = Field(
        default_factory=dict, description="Lists by name, and who belongs in them."
    )
    tags: dict[str, Condition] = Field(
        default_factory=dict, description="Tags by name, and who carries them, in SQL."
    )
    stage: Text | None = Field(
        default=None, description="A `<score>_stage` that becomes the platform's own stage."
    )
    write_when: WriteWhenEntry | None = Field(
        default=None, description="Which changes are worth a write; default: all."
    )


TargetChoice: TypeAlias = Annotated[TargetEntry, NothingIsEmpty]
