"""What all models of the language share: strict, frozen, and silent about nothing."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
)

from connector.domain.durations import parse_duration

TAG_PREFIX = "kind:"
"""Begins the segments that a choice between models adds to the place of an error."""


class Language(BaseModel):
    """A part of the language: unknown keys are refused, and nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)


def _is_duration(text: str) -> str:
    parse_duration(text)
    return text


def _empty_for_nothing(value: object) -> object:
    """Take a key with nothing after it as an empty mapping: all below it is commented out."""
    return {} if value is None else value


Duration: TypeAlias = Annotated[
    str,
    AfterValidator(_is_duration),
    Field(json_schema_extra={"pattern": r"^0*[1-9][0-9]{0,8}[smhdw]$", "examples": ["30d", "12h"]}),
]
"""A span as it is written: ``90s 15m 12h 30d 8w``."""

Number: TypeAlias = Annotated[float, Strict(), Field(allow_inf_nan=False, ge=-1e12, le=1e12)]
"""A finite number, small enough to be added up exactly; an integer is one, a text never is."""

Whole: TypeAlias = Annotated[int, Strict(), Field(ge=-(10**15), le=10**15)]
"""A whole number that every platform and database can hold."""

Text: TypeAlias = Annotated[str, Strict(), Field(min_length=1, max_length=500)]

Condition: TypeAlias = Annotated[str, Strict(), Field(min_length=1, max_length=10_000)]
"""An SQL expression."""

FromList = Strict(strict=False)
"""Lets a tuple be read from a list, which is what every file holds."""

NothingIsEmpty = BeforeValidator(_empty_for_nothing)


def kind_tag(kind: str) -> Tag:
    """Return the tag of one of several models to choose from."""
    return Tag(f"{TAG_PREFIX}{kind}")


def _shape(value: object) -> str:
    if isinstance(value, str):
        return f"{TAG_PREFIX}text"
    if isinstance(value, (dict, BaseModel)):
        return f"{TAG_PREFIX}mapping"
    return f"{TAG_PREFIX}number"


BY_SHAPE = Discriminator(
    _shape, custom_error_type="shape", custom_error_message="is neither of the forms it may have"
)
"""Chooses between a text, a mapping and a number by what was written."""

TEXT = kind_tag("text")
MAPPING = kind_tag("mapping")
NUMBER = kind_tag("number")
