"""A request, as an entry writes it down."""

from __future__ import annotations

import re
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
from pydantic_core.core_schema import no_info_after_validator_function

from adapters.mapped.mappings import listed
from adapters.rest.templates import check_template, names_in, without_slots
from connector.domain.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

_LONGEST_PATH = 1_000
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")


class OfForm:
    """Lets texts of a pattern pass, and says something else than the pattern of all others."""

    def __init__(self, pattern: str, otherwise: str) -> None:
        self._form = re.compile(pattern)
        self._otherwise = otherwise

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the schema of texts that are looked at here."""
        return no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return what editors look at."""
        return {**handler(schema), "pattern": f"^{self._form.pattern}$"}

    def _checked(self, text: str) -> str:
        if self._form.fullmatch(text) is None:
            raise ValueError(self._otherwise)
        return text


def is_path(text: str) -> str:
    """Return `text`; raises ValueError unless it is a path below an address, as `/contacts`."""
    written = without_slots(text, "x")
    wrong = {
        "is a whole address: write what stands behind `url`, as `/contacts`": "://" in written,
        "begins with no `/`: it stands behind `url`, as `/contacts`": not text.startswith("/"),
        "begins with more than one `/`": text.startswith("//"),
        "has a `?`: what stands behind it belongs to `params`": "?" in written,
        "has a `#`: what stands behind it is never sent": "#" in written,
        "has a blank: write `%20`": _BLANK.search(written) is not None,
        "leads elsewhere by `.` or `..`": not {".", ".."}.isdisjoint(written.split("/")),
    }
    for what, is_so in wrong.items():
        if is_so:
            raise ValueError(what)
    return text


def is_duration(text: str) -> str:
    """Return `text`; raises ValueError unless it is a duration, as `5m`."""
    parse_duration(text)
    return text


Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Statuses: TypeAlias = Annotated[
    tuple[Annotated[int, Field(ge=300, le=499)], ...], BeforeValidator(listed)
]
LimitName: TypeAlias = Annotated[
    str,
    OfForm(r"[a-z][a-z0-9_]{0,49}", "is no name: a small letter, then small letters, digits, `_`"),
]
HeaderName: TypeAlias = Annotated[
    str, OfForm(r"[A-Za-z0-9_.-]{1,100}", "is no name of a header: letters, digits, `-`, `_`, `.`")
]
PathBelowUrl: TypeAlias = Annotated[
    str,
    Field(max_length=_LONGEST_PATH, json_schema_extra={"pattern": "^/"}),
    AfterValidator(is_path),
]
"""What stands behind `url`; texts in it may take in values."""

EVERYWHERE = frozenset({"now", "settings"})
"""The names that every request may take in."""
GONE = (404, 410)
"""The statuses that say that there is no such contact, unless an entry says otherwise."""


Duration: TypeAlias = Annotated[str, AfterValidator(is_duration)]


class Words(BaseModel):
    """What all parts of an entry have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RequestConfig(Words):
    """A request; its texts may take in values, as `{{ contact.id }}`."""

    names: ClassVar[frozenset[str]] = frozenset()
    """What its texts may take in, beside what is known everywhere."""

    method: Method = Field(default="GET", description="The method.")
    path: PathBelowUrl = Field(description="The path below `url`, as `/contacts/{{ contact.id }}`.")
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
