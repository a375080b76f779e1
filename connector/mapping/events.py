"""Events and the content they are about, as they are written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from connector.mapping.base import Condition, Language, NothingIsEmpty, Text


class ContentEntry(Language):
    """An entry of the catalogue: the first whose condition is true tags an event."""

    match: Condition = Field(description="A condition on the columns of the event, in SQL.")
    phase: Text | None = Field(default=None, description="The phase of the purchase it shows.")
    kind: Text | None = Field(default=None, description="What kind of content it is.")


class EventsEntry(Language):
    """How events of platforms are understood, beyond what their adapters know."""

    rename: dict[str, Annotated[dict[str, Text], NothingIsEmpty]] = Field(
        default_factory=dict,
        description="For each platform: its name of an event, and the canonical type it means.",
    )
    ignore: Condition | None = Field(
        default=None, description="Events that count for nothing, in SQL; usually `is_machine`."
    )
    properties: dict[str, Literal["text", "number", "boolean", "datetime"]] = Field(
        default_factory=dict,
        description="Further columns of events that conditions may name, and their types.",
    )
