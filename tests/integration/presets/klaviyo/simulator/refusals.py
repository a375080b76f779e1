"""How Klaviyo says no: errors as JSON:API has them."""

from __future__ import annotations

from adapters.simulation.messages import Reply, compact_json

KIND = "application/vnd.api+json"
_CODES = {
    400: ("invalid", "Invalid input."),
    401: ("authentication_failed", "Incorrect authentication credentials."),
    404: ("not_found", "Not found."),
    405: ("method_not_allowed", "Method not allowed."),
    410: ("gone", "Gone."),
    413: ("payload_too_large", "Payload too large."),
    415: ("unsupported_media_type", "Unsupported media type."),
    429: ("throttled", "Request was throttled."),
}


class Refused(Exception):
    """A request that is not done."""

    def __init__(self, detail: str, status: int = 400, pointer: str = "/data/") -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.pointer = pointer

    def reply(self) -> Reply:
        """Return the answer."""
        code, title = _CODES.get(self.status, ("error", "A server error occurred."))
        error = {
            "id": "5a1c4b3c-9f2e-4a21-8d5c-1e2f3a4b5c6d",
            "status": self.status,
            "code": code,
            "title": title,
            "detail": self.detail,
            "source": {"pointer": self.pointer},
            "links": {},
            "meta": {},
        }
        return reply({"errors": [error]}, self.status)


def reply(content: object, status: int = 200, *, size: int = 1) -> Reply:
    """Return an answer of JSON:API."""
    return Reply(
        status=status, body=compact_json(content), headers={"content-type": KIND}, size=size
    )
