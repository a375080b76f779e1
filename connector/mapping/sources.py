"""Attributes and who is left out, as they are written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from connector.domain.written_events import HANDED_OVER
from connector.mapping.base import Condition, FromList, Language, Text

RESERVED = ("type", "prefer", "sync", "create", HANDED_OVER)
"""Names that no platform may have: beside platforms they are keys, or they mean another thing."""


class ContactsEntry(Language):
    """Which contacts take part."""

    exclude: Condition | None = Field(
        default=None,
        description="Contacts that are neither scored nor written: SQL over attributes.",
    )


class AttributeEntry(Language):
    """An attribute under our name: its type, and what each platform calls it."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[
        str, Annotated[Text, Field(description="A platform, and what the field is called there.")]
    ]

    type: Literal["text", "number", "boolean", "datetime", "email"] = Field(
        description="The type its values must fit."
    )
    prefer: Text | None = Field(
        default=None,
        description="The platform whose value wins where it has one; default: the newest value.",
    )
    sync: Annotated[tuple[Text, ...], FromList] = Field(
        default=(), description="Platforms to which the winning value is copied."
    )
