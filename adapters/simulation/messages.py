"""A request as a simulator sees it, and its reply."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Json

# Made once: `json.dumps` with separators of one's own makes one at each call.
_ENCODER = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a caller sent, whole."""

    method: str
    path: str
    """Percent-encoded, as it came; without the query."""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""

    @cached_property
    def params(self) -> Sequence[tuple[str, str]]:
        """The query, decoded and in order."""
        return parse_qsl(self.query, keep_blank_values=True)

    def param(self, name: str, default: str = "") -> str:
        """Return the first value of a parameter."""
        return next((value for key, value in self.params if key == name), default)

    def every(self, *names: str) -> Sequence[str]:
        """Return all values of a parameter, whatever of these names it goes by."""
        return [value for key, value in self.params if key in names]

    @cached_property
    def json(self) -> Json:
        """The body; raises ValueError when it is no JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    size: int = 1
    """How many rows it gives, or tells of as written."""


def compact_json(content: object) -> bytes:
    """Return JSON without spaces."""
    return _ENCODER.encode(content).encode()


def json_reply(content: object, status: int = 200, *, size: int = 1) -> Reply:
    """Return a reply of JSON."""
    return raw_json_reply(compact_json(content), status, size=size)


def raw_json_reply(body: bytes, status: int = 200, *, size: int = 1) -> Reply:
    """Return a reply whose JSON is written already."""
    headers = {"content-type": "application/json"}
    return Reply(status=status, body=body, headers=headers, size=size)
