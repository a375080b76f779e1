"""How Brevo turns a request down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.simulation.messages import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping


class Refused(Exception):
    """A request that is turned down: a status, and Brevo's `code` and `message`."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "invalid_parameter",
        status: int = 400,
        metadata: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, object] = {"code": code, "message": message}
        if metadata:
            self.body["metadata"] = metadata

    def reply(self) -> Reply:
        """Return what goes back."""
        return json_reply(self.body, self.status)


def missing(what: str) -> Refused:
    """Return the refusal of a request that lacks something."""
    return Refused(f"{what} is missing", code="missing_parameter")


def not_found(what: str) -> Refused:
    """Return the refusal of a request about something that is not there."""
    return Refused(f"{what} does not exist", code="document_not_found", status=404)
