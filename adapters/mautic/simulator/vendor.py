"""Mautic behind the door: who may come in, and what answers where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.mautic.simulator.activity_calls import ActivityCalls
from adapters.mautic.simulator.batch_calls import BatchCalls
from adapters.mautic.simulator.call import Call
from adapters.mautic.simulator.contact_calls import ContactCalls
from adapters.mautic.simulator.feigned import feigned
from adapters.mautic.simulator.kinds import KINDS
from adapters.mautic.simulator.limits import buckets_of, limit_headers, limit_of
from adapters.mautic.simulator.membership_calls import MembershipCalls
from adapters.mautic.simulator.oauth_calls import PATH, TokenCalls
from adapters.mautic.simulator.refusals import DatabaseError, Refusal, Uncaught, encountered
from adapters.mautic.simulator.stats_calls import StatsCalls
from adapters.mautic.simulator.user_calls import UserCalls
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.users import User
    from adapters.simulation.windows import Standing

PREFIX = "/api"
_DISABLED = (
    "API disabled. You need to enable the API in the API settings of Mautic's Configuration."
)
_NO_BASIC = (
    "Basic Auth disabled. You need to enable HTTP basic auth in the API settings of Mautic's "
    "Configuration."
)
_LONGEST = 8_000
"""How many letters of a query the usual web servers take, about."""
_LONG = 414
_TOO_MANY = 429
_INTERNAL = 500


class MauticVendor:
    """Answers the requests to one instance."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._tokens = TokenCalls(account)
        calls = (
            # What is named stands before what is not: "batch" is no id of a contact.
            BatchCalls(account),
            MembershipCalls(account),
            ActivityCalls(account),
            *(kind(account) for kind in KINDS),
            ContactCalls(account),
            StatsCalls(account),
            UserCalls(account),
        )
        self.routes = Routes([route for each in calls for route in each.routes()], PREFIX)

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a caller who is not known, or is not let in that way.

        The web server before Mautic refuses an address that is too long.
        """
        if len(request.query) >= _LONGEST:
            return Reply(status=_LONG, body=b"<html><body>Request-URI Too Long</body></html>")
        if request.path == PATH:
            return None
        try:
            self._user(request)
        except Refusal as refusal:
            # The firewall speaks before Mautic does: its answers name no version.
            return _firewalled(refusal)
        return None

    def buckets(self, request: Request) -> tuple[str, ...]:
        """Return the limit that a request counts in."""
        return buckets_of(request)

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        if request.path == PATH:
            try:
                return self._tokens.give(request)
            except Refusal as refusal:
                return _firewalled(refusal)
        found = self.routes.find(request.method, request.path.rstrip("/"))
        try:
            if found is None:
                raise self._unknown(request)
            call = Call(account=self._account, request=request, user=self._user(request))
            return self._versioned(found.route.handler(call, **found.names))
        except Refusal as refusal:
            reply = refusal.reply()
            return reply if isinstance(refusal, Uncaught) else self._versioned(reply)
        except DatabaseError:
            # What was done before stays done.
            return encountered().reply()

    def feign(self, request: Request) -> Reply | None:
        """Return the reply of a write that is done, though nothing is."""
        found = self.routes.find(request.method, request.path)
        if found is None or request.method == "GET":
            return None
        call = Call(account=self._account, request=request, user=self._user(request))
        return self._versioned(feigned(call, found))

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how Mautic, or what stands before it, says that it cannot."""
        if status == _TOO_MANY:
            message = f"You exceeded the rate limit of {limit_of(standings)} API calls per hour."
            error = {"code": _TOO_MANY, "message": message, "details": []}
            reply = json_reply({"errors": [error]}, _TOO_MANY, size=0)
            return replace(reply, headers={**reply.headers, **self.limit_headers(standings)})
        if status == _INTERNAL:
            return encountered().reply()
        return Reply(status=status, body=b"<html><body>Service Unavailable</body></html>")

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        """Return what an answer says of the limit."""
        return limit_headers(standings, self._account.now())

    def _user(self, request: Request) -> User:
        """Return who asks; raises Refusal."""
        if not self._account.is_api_enabled:
            raise Refusal(403, _DISABLED, kind="api_disabled")
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            return self._user_by_password(request)
        if kind.lower() != "bearer":
            raise Refusal(401, "API authorization denied.", kind="access_denied")
        known = self._account.keys.tokens.get(token)
        if known is None:
            raise Refusal(401, "The access token provided is invalid.", kind="invalid_grant")
        if known.expires_at <= self._account.now():
            raise Refusal(401, "The access token provided has expired.", kind="invalid_grant")
        return known.user

    def _user_by_password(self, request: Request) -> User:
        if not self._account.is_basic_enabled:
            raise Refusal(403, _NO_BASIC, kind="access_denied")
        user = self._account.keys.by_password(request)
        if user is None:
            message = "Authorization denied, invalid credentials."
            raise Refusal(401, message, kind="access_denied")
        return user

    def _unknown(self, request: Request) -> Uncaught:
        if self.routes.methods(request.path.rstrip("/")):
            return Uncaught(405, "Method Not Allowed")
        return Uncaught(404, f"Requested URL not found: {request.path}")

    def _versioned(self, reply: Reply) -> Reply:
        version = {"mautic-version": self._account.release.name}
        return replace(reply, headers={**reply.headers, **version})


def _firewalled(refusal: Refusal) -> Reply:
    error = {"message": refusal.message, "code": refusal.status, "type": refusal.kind}
    return json_reply({"errors": [error]}, refusal.status, size=0)
