"""The whole of a mappings folder, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from connector.mapping.base import FromList, Language
from connector.mapping.events import ContentEntry, EventsEntry
from connector.mapping.model import ModelEntry
from connector.mapping.sources import AttributeEntry, ContactsEntry
from connector.mapping.targets import TargetChoice
from connector.mapping.triggers import TriggerEntry


class Document(Language):
    """Everything that the files of a mappings folder say together."""

    version: Literal[1] = Field(description="The version of this language.")
    platforms: dict[str, dict[str, object]] = Field(
        default_factory=dict,
        description="The platforms, each under a name of its own; what an entry may say is its "
        "adapter's matter.",
    )
    contacts: ContactsEntry = Field(
        default=ContactsEntry(), description="Which contacts are left out."
    )
    attributes: dict[str, AttributeEntry] = Field(
        default_factory=dict,
        description="Attributes under our names: type, and what each platform calls them.",
    )
    content: Annotated[tuple[ContentEntry, ...], FromList] = Field(
        default=(), description="The catalogue: the first match tags an event."
    )
    events: EventsEntry = Field(
        default=EventsEntry(), description="How events of platforms are understood."
    )
    model: ModelEntry | None = Field(
        default=None, description="What is scored and how; absent: nothing is scored."
    )
    targets: dict[str, TargetChoice] = Field(
        default_factory=dict, description="The desired state on each platform, kept true."
    )
    triggers: dict[str, TriggerEntry] = Field(
        default_factory=dict, description="What is done once when a condition becomes true."
    )
