"""How HubSpot says no: the bodies of its errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """A request that is not done, with the status and the body that say so."""

    def __init__(self, status: int, category: str, message: str, **more: object) -> None:
        """Take further parts of the body, such as `errors` and `subCategory`, in `more`."""
        super().__init__(message)
        self.status = status
        self.category = category
        self.message = message
        self.more = more

    def body(self, correlation_id: str) -> Mapping[str, object]:
        """Return the body of the answer."""
        return {
            "status": "error",
            "message": self.message,
            "correlationId": correlation_id,
            "category": self.category,
            **self.more,
        }

    def row(self, trace_ids: Sequence[str]) -> Mapping[str, Any]:
        """Return it as one of the `errors` of a 207."""
        row: dict[str, Any] = {
            "status": "error",
            "category": self.category,
            "message": self.message,
            "errors": self.more.get("errors", []),
            "context": dict(_mapping(self.more.get("context"))),
            "links": {},
        }
        if trace_ids:
            row["context"]["objectWriteTraceId"] = list(trace_ids)
        return row


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def invalid(message: str, **more: object) -> Refusal:
    """Return a 400 for a request that says something it may not."""
    return Refusal(400, "VALIDATION_ERROR", message, **more)


def bad_property(name: str, code: str, message: str) -> Refusal:
    """Return a 400 for a value that a property does not take."""
    problem = {"isValid": False, "message": message, "error": code, "name": name}
    detail = {"message": message, "code": code, "context": {"propertyName": [name]}}
    return invalid(f"Property values were not valid: {json.dumps([problem])}", errors=[detail])


def not_found(message: str = "resource not found", **more: object) -> Refusal:
    """Return a 404."""
    return Refusal(404, "OBJECT_NOT_FOUND", message, **more)


def conflict(message: str) -> Refusal:
    """Return a 409."""
    return Refusal(409, "CONFLICT", message)


def missing_scopes(*scopes: str) -> Refusal:
    """Return a 403 for a token that lacks all of these."""
    detail = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    message = "This app hasn't been granted all required scopes to make this call."
    return Refusal(403, "MISSING_SCOPES", message, errors=[detail])
