"""A request, as an entry writes it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
)

from adapters.mapped.mappings import listed
from adapters.rest.templates import check_template, names_in
from connector.domain.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Statuses: TypeAlias = Annotated[
    tuple[Annotated[int, Field(ge=300, le=499)], ...], BeforeValidator(listed)
]
LimitName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
HeaderName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]

EVERYWHERE = frozenset({"now", "settings"})
"""The names that every request may take in."""
GONE = (404, 410)
"""The statuses that say that there is no such contact, unless an entry says otherwise."""


def is_duration(text: str) -> str:
    """Return `text`; raises ValueError unless it is a duration, as `5m`."""
    parse_duration(text)
    return text


Duration: TypeAlias = Annotated[str, AfterValidator(is_duration)]


class Words(BaseModel):
    """What all parts of an entry have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RequestConfig(Words):
    """A request; its texts may take in values, as `{{ contact.id }}`."""

    names: ClassVar[frozenset[str]] = frozenset()
    """What its texts may take in, beside what is known everywhere."""

    method: Method = Field(default="GET", description="The method.")
    path: Annotated[str, Field(pattern=r"^/[^?#]*$", max_length=1_000)] = Field(
        description="The path below `url`, as `/contacts/{{ contact.id }}`."
    )
    params: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="The parameters behind the `?`."
    )
    headers: dict[HeaderName, str] = Field(
        default_factory=dict, description="Headers of this request alone."
    )
    body: JsonValue = Field(default=None, description="The body, which is sent as JSON.")
    limit: LimitName | None = Field(
        default=None,
        description="The `limits` that it counts in, by their `of`, beside those of all requests.",
    )

    @field_validator("path", "params", "headers", "body")
    @classmethod
    def _takes_in_what_is_known(cls, value: JsonValue) -> JsonValue:
        check_template(value, cls.names | EVERYWHERE)
        return value

    @property
    def takes_in(self) -> frozenset[str]:
        """Return the names that its texts take in."""
        return names_in([self.path, self.params, self.headers, self.body])


def requests_in(part: object) -> Iterator[RequestConfig]:
    """Yield the requests that a part of an entry holds, itself among them."""
    if isinstance(part, RequestConfig):
        yield part
    if isinstance(part, BaseModel):
        part = [each for _, each in part]
    if isinstance(part, (list, tuple, dict)):
        for each in part.values() if isinstance(part, dict) else part:
            yield from requests_in(each)
