"""How Mautic says no: the bodies of its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.simulation.messages import json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.simulation.messages import Reply

NOT_FOUND = "Item was not found."
ACCESS_DENIED = "You do not have access to the requested area/action."
ENCOUNTERED = (
    "Looks like I encountered an error (error #500). If I do it again, please report me to the "
    "system administrator!"
)


class Refusal(Exception):
    """A request, or one item of a batch, that is not done."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: Mapping[str, Sequence[str]] | None = None,
        kind: str | None = None,
    ) -> None:
        """`details` say what is wrong with which field, `kind` is the `type` of the error."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details
        self.kind = kind

    def row(self) -> Mapping[str, Any]:
        """Return it as one of `errors`."""
        return {
            "code": self.status,
            "message": self.message,
            "details": {**self.details} if self.details else [],
            "type": self.kind,
        }

    def reply(self) -> Reply:
        """Return the answer that is nothing but this; it names a type where there is one."""
        error = {key: each for key, each in self.row().items() if key != "type" or each is not None}
        return json_reply({"errors": [error]}, self.status, size=0)


class Uncaught(Refusal):
    """What no part of Mautic answers itself: the answer names no version."""

    def reply(self) -> Reply:
        """Return the answer, which has no details."""
        error = {"message": self.message, "code": self.status, "type": None}
        return json_reply({"errors": [error]}, self.status, size=0)


class DatabaseError(Exception):
    """What a database answers to a statement that it cannot run."""


def unknown_column(name: str, clause: str = "where clause") -> DatabaseError:
    """Return the error of a column that a table has not."""
    return DatabaseError(
        "An exception occurred while executing a query: SQLSTATE[42S22]: Column not found: 1054 "
        f"Unknown column '{name}' in '{clause}'"
    )


def not_found() -> Refusal:
    """Return a 404."""
    return Refusal(404, NOT_FOUND)


def denied() -> Refusal:
    """Return a 403 for somebody who lacks a right."""
    return Refusal(403, ACCESS_DENIED)


def invalid(field: str, message: str, status: int = 400) -> Refusal:
    """Return the refusal of a value that a field does not take."""
    return Refusal(status, f"{field}: {message}", details={field: [message]})


def encountered() -> Uncaught:
    """Return a 500."""
    return Uncaught(500, ENCOUNTERED)
