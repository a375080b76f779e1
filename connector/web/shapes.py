"""What the API gives: the shapes of its answers, as its OpenAPI tells them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Name(BaseModel):
    """Who a contact is."""

    id: str = Field(description="Our id; it never changes.")
    email: str | None = Field(description="The address of the first record that has one.")


class Found(BaseModel):
    """Contacts that were looked for."""

    contacts: list[Name]


class ScoreNow(BaseModel):
    """One score as last decided."""

    value: float | None = Field(description="Exact; null outside the population.")
    rounded: float | None
    stage: str | None


class Known(Name):
    """What is known of a contact."""

    created_at: str | None
    attributes: dict[str, str | float | bool | None]
    platforms: dict[str, list[str]] = Field(description="Ids of the records, per platform.")
    scores: dict[str, ScoreNow]
    grades: dict[str, str | None]


class Explained(BaseModel):
    """Everything that makes up a contact's scores; the shape of `heatsync explain --json`."""

    model_config = ConfigDict(extra="allow")

    contact: dict[str, Any]
    at: str
    scores: dict[str, float | None]
    stages: dict[str, str | None]
    grades: dict[str, str | None]
    dimensions: dict[str, float | None]
    traits: dict[str, Any]
    lists: dict[str, list[str]]
    contributions: list[dict[str, Any]]
    next_change_at: str | None


class Lead(Name):
    """A contact in a ranking."""

    score: float
    rounded: float
    stage: str | None


class Ranked(BaseModel):
    """The hottest leads by a score."""

    score: str
    leads: list[Lead]


class Standing(BaseModel):
    """How everything stands; the shape of `heatsync status --json`."""

    model_config = ConfigDict(extra="allow")

    contacts: int
    events: int
    waiting: int = Field(description="Contacts to be scored now.")


class Stored(BaseModel):
    """What became of events that were handed over."""

    received: int
    stored: int = Field(description="Those that were new, or told anew what was known of them.")
    unknown: int = Field(description="Those of contacts nobody knows yet; they wait for them.")
