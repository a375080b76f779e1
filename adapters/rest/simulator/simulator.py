"""The simulated platform behind its door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.rest.simulator.account import Account
from adapters.rest.simulator.reading import PREFIX, Reading
from adapters.rest.simulator.refusals import Refused
from adapters.rest.simulator.writing import Writing
from adapters.simulation.front import Front
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.simulation.windows import Standing, Windows

KEY = "sk-of-the-example"
"""The key that it takes, in the header `X-Api-Key`."""
_TOO_MANY = 429
_NOTHING = Refused("there is nothing here", 404)


class RestSimulator:
    """One account, spoken to over HTTP below `/v1`.

    `app` is the ASGI application, `account` what is in it, `trace` every request it saw, and
    `faults` the trouble it makes.
    """

    def __init__(self, *, now: Callable[[], datetime], windows: Windows | None = None) -> None:
        """Without `windows` it takes any number of requests."""
        self.account = Account(now)
        self.app = Front(_Vendor(self.account), now=now, windows=windows)
        self.trace = self.app.trace
        self.faults = self.app.faults


class _Vendor:
    """Answers the requests to one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        calls = (Reading(account), Writing(account))
        self._routes = Routes([route for each in calls for route in each.routes()], PREFIX)

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a wrong key."""
        if self._account.is_closed or request.headers.get("x-api-key") != KEY:
            return json_reply({"error": {"message": "this key is not known"}}, 401)
        return None

    def buckets(self, request: Request) -> tuple[str, ...]:  # noqa: ARG002 - all count in one
        """Return the one limit."""
        return ("requests",)

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        found = self._routes.find(request.method, request.path)
        try:
            return found.route.handler(request, **found.names) if found else _NOTHING.reply()
        except Refused as refusal:
            return refusal.reply()

    def feign(self, request: Request) -> Reply | None:
        """Return the reply of a write that is done, though nothing is."""
        if request.method == "GET":
            return None
        if request.path.endswith("/contacts/update"):
            rows = request.json["contacts"]
            results = [{"id": each["id"], "status": "ok", "fields": {}} for each in rows]
            return json_reply({"results": results})
        return json_reply({"status": "ok"})

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how it says that it cannot."""
        after = max((each.resets_after.total_seconds() for each in standings), default=1)
        headers = {"retry-after": str(int(after) or 1)} if status == _TOO_MANY else {}
        reply = json_reply({"error": {"message": "try again later"}}, status)
        return Reply(status=status, body=reply.body, headers={**reply.headers, **headers})

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:  # noqa: ARG002
        """Return nothing: only refusals say when to come back."""
        return {}
