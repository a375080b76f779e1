"""How the simulated platform says no."""

from __future__ import annotations

from adapters.simulation.messages import Reply, json_reply


class Refused(Exception):
    """A request that is not done."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status

    def reply(self) -> Reply:
        """Return the answer."""
        return json_reply({"error": {"message": self.message}}, self.status)
