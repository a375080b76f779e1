"""What HubSpot's error bodies say, of a whole request or of one input; no field of them is sure.

Its sentences repeat values of contacts, so that only what names things is passed on: categories,
codes, properties, scopes, and the sentence itself without what it quotes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from connector.errors import (
    ContactGone,
    NotSetUp,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.http import Answer
    from adapters.hubspot.account import Account

TRACE = "objectWriteTraceId"

_DEFINITION = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE", "PROPERTY_NOT_FOUND"})
_VALUE = frozenset(
    {"INVALID_OPTION", "INVALID_INTEGER", "INVALID_LONG", "INVALID_BOOLEAN", "INVALID_DATE"}
)
"""Of a property that takes other values than the ones we write."""
_FOR_GOOD = re.compile(r"VALIDATION|INVALID_(?!AUTH)|VALUE|PROPERT|OPTION|FIELD")
"""What a category or a code speaks of that refuses an input for what it says."""
_NAMES = ("propertyName", "name", "propertyNames")
_RULE = "REQUIRED"
_SCOPES = ("requiredGranularScopes", "requiredScopes", "missingScopes")
_VALUES = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)|\S*@\S*|[\[{].*", re.DOTALL)
"""What a sentence may have taken from a contact."""
_LONGEST = 300
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}", re.ASCII)
_EXISTING = re.compile(r"Existing ID:\s*([0-9]+)", re.ASCII)


class AlreadyThere(RejectedByPlatform):
    """Another contact has the address."""

    existing: str | None = None
    """The id of its record, where it was said."""


class PropertyAmiss(NotSetUp):
    """A property is not there, or is not as the mappings say."""

    properties: tuple[str, ...] = ()
    is_certain: bool = False
    """Whether no value at all can be written to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What an error says."""

    category: str = ""
    codes: tuple[str, ...] = ()
    """Such as ``INVALID_OPTION``."""
    properties: tuple[str, ...] = ()
    """The properties that it is about."""
    scopes: tuple[str, ...] = ()
    """The rights that the token lacks; one of them is enough."""
    trace_ids: tuple[str, ...] = ()
    """The inputs that it is about, as we numbered them."""
    ids: tuple[str, ...] = ()
    """The records that it is about."""
    existing: str | None = None
    """The record that has the address already."""
    sentence: str = ""

    @property
    def is_about_definitions(self) -> bool:
        """Return whether it is the account's properties that are amiss, and no value."""
        return bool(self.properties) and not _DEFINITION.isdisjoint(self.codes)

    @property
    def may_be_about_definitions(self) -> bool:
        """Return whether it may be: the properties themselves tell."""
        return bool(self.properties) and not (_DEFINITION | _VALUE).isdisjoint(self.codes)

    @property
    def is_for_good(self) -> bool:
        """Return whether it is what was to be written that is refused."""
        return bool(self.properties) or any(
            _FOR_GOOD.search(each) for each in (self.category, *self.codes)
        )

    @property
    def words(self) -> str:
        """Return all of it for people, in one line."""
        head = ", ".join(dict.fromkeys([self.category, *self.codes])).strip(", ")
        about = f"property {', '.join(self.properties)}" if self.properties else ""
        lacks = f"needs the scope {' or '.join(self.scopes)}" if self.scopes else ""
        return ": ".join(each for each in (head, about, lacks, self.sentence) if each)


_KINDS: Mapping[str, type[PlatformError]] = {
    "CONFLICT": AlreadyThere,
    "OBJECT_NOT_FOUND": ContactGone,
    "RATE_LIMITS": RateLimited,
    "INTERNAL_ERROR": PlatformUnavailable,
}


def complaint_of(body: object) -> Complaint:
    """Return what an error body, or one entry of `errors` of a 207, says."""
    error = body if isinstance(body, dict) else {}
    parts = [error, *_embedded(error)]
    contexts = [_mapping(part.get("context")) for part in parts]
    message = _text(error.get("message"))
    found = _EXISTING.search(message)
    return Complaint(
        category=_word(error.get("category")),
        codes=_distinct(_word(part.get(key)) for part in parts for key in ("code", "error")),
        properties=_distinct(
            word
            for word in (
                *(each for context in contexts for each in _words(context, _NAMES)),
                *(_word(part.get("name")) for part in parts[1:]),
            )
        ),
        scopes=_distinct(each for context in contexts for each in _words(context, _SCOPES)),
        trace_ids=_distinct(each for context in contexts for each in _listed(context, TRACE)),
        ids=_distinct(
            each for context in contexts for key in ("ids", "id") for each in _listed(context, key)
        ),
        existing=found[1] if found else None,
        sentence=": ".join(
            " ".join(_VALUES.sub("…", each).split())[:_LONGEST]
            for each in (message, *_rules(parts))
        ).strip(": "),
    )


def _rules(parts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what the account's own rules require; other details repeat the value they refuse."""
    for part in parts:
        if _RULE in _word(part.get("code")):
            yield _text(part.get("message"))


def complaints_of(body: object) -> Sequence[Complaint]:
    """Return what the `errors` of a 207 say, one by one."""
    errors = _mapping(body).get("errors")
    return [complaint_of(each) for each in errors] if isinstance(errors, list) else []


def refusal(account: Account, operation: str, answer: Answer) -> PlatformError:
    """Return the error of an answer that was read and refuses what was asked for."""
    complaint = complaint_of(answer.body)
    return error_of(account, operation, complaint, answer.status)


def error_of(account: Account, operation: str, complaint: Complaint, status: int) -> PlatformError:
    """Return what a complaint about records means for what was asked for."""
    words = account.session.clean(complaint.words)
    error = _kind_of(complaint, status)(
        f"{account.name}: {operation}: {words or 'refused without a word'}",
        platform=account.name,
        operation=operation,
        status=status,
    )
    if isinstance(error, AlreadyThere):
        error.existing = complaint.existing
    if isinstance(error, PropertyAmiss):
        error.properties = complaint.properties
        error.is_certain = complaint.is_about_definitions
    return error


def _kind_of(complaint: Complaint, status: int) -> type[PlatformError]:
    if complaint.may_be_about_definitions:
        return PropertyAmiss
    if complaint.existing:
        return AlreadyThere
    return _KINDS.get(complaint.category) or _kind_by(complaint, status)


def _kind_by(complaint: Complaint, status: int) -> type[PlatformError]:
    """Return what a complaint means whose category says nothing to us."""
    if status == httpx.codes.NOT_FOUND:
        return ContactGone
    # The status of a whole request refuses it; that of a 207 says nothing of one input.
    if status == httpx.codes.MULTI_STATUS and not complaint.is_for_good:
        return PlatformUnavailable
    return RejectedByPlatform


def _embedded(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the details of an error, some of which are JSON inside its sentence."""
    details = error.get("errors")
    yield from (each for each in details or () if isinstance(each, dict))
    message = _text(error.get("message"))
    start = message.find("[{")
    if start < 0:
        return
    try:
        told = json.loads(message[start : message.rfind("]") + 1])
    except (ValueError, RecursionError):
        return
    yield from (each for each in told if isinstance(each, dict))


def _words(context: Mapping[str, Any], keys: Sequence[str]) -> Iterator[str]:
    for key in keys:
        yield from (word for each in _listed(context, key) if (word := _word(each)))


def _listed(context: Mapping[str, Any], key: str) -> Iterator[str]:
    value = context.get(key)
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, (str, int)):
            yield str(each)


def _distinct(words: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _word(value: object) -> str:
    """Return a name as vendors give them; anything else might be somebody's value."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
