"""HubSpot behind the door: who may come in, and what answers where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from adapters.hubspot.simulator.call import Call
from adapters.hubspot.simulator.feigned import feigned
from adapters.hubspot.simulator.limits import BURST, DAILY, POLICIES, buckets_of, limit_headers
from adapters.hubspot.simulator.refusals import Refusal, missing_scopes
from adapters.hubspot.simulator.table import APART, AREAS, JOURNAL_SCOPE, PREFIXES, Endpoint
from adapters.hubspot.simulator.tricks import Trick, Tricks, refusal_of
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.routes import Route, Routes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.hubspot.simulator.account import Account
    from adapters.simulation.windows import Standing

_OPTIONAL = ("correlationId", "category", "errors", "subCategory", "context")
_MESSAGES = {
    429: "You have reached your limit.",
    500: "internal error",
    503: "The service is not available.",
}
_MIGRATION_TAKES = "3600"
"""Seconds."""
_LONGEST_ADDRESS = 8192
_OPEN = ("/oauth/", "/journal-files/")
"""What is reached without a token."""
_OF_DEVELOPERS = ("/webhooks/", "/app-webhooks/")
"""What the key of a developer opens as well."""
_LOCAL = ("127.0.0.1", "localhost")


class _Place(NamedTuple):
    """An endpoint in one version."""

    endpoint: Endpoint
    version: str


class HubspotVendor:
    """Answers the requests to one account."""

    def __init__(self, account: Account, tricks: Tricks) -> None:
        self._account = account
        self._tricks = tricks
        self._places = dict(_places())
        # The table of routes only finds them; their handlers take a `Call`.
        self._routes = Routes(Route(method, path, _unused) for method, path in self._places)
        self._correlations = 0

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a token that nobody knows, or whose time is over."""
        if request.path.startswith(_OPEN):
            return None
        keys, token = self._account.keys, _token(request)
        is_of_developer = request.path.startswith(_OF_DEVELOPERS) and keys.is_of_developer(
            request.param("hapikey")
        )
        if is_of_developer or keys.knows(token):
            return None
        category = "INVALID_AUTHENTICATION"
        if keys.is_of_app(token):
            category = "EXPIRED_AUTHENTICATION"
        return self._reply(Refusal(401, category, "Authentication credentials not found."))

    def buckets(self, request: Request) -> tuple[str, ...]:
        """Return the limits that a request counts in."""
        return buckets_of(request)

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        trick = self._tricks.due(request)
        if trick is Trick.DAY_IS_SPENT:
            return self._limited(POLICIES[DAILY])
        try:
            if refusal := refusal_of(trick) or _too_long(request):
                raise refusal
            return self._answered(request, trick)
        except Refusal as refusal:
            return self._reply(refusal)

    def feign(self, request: Request) -> Reply | None:
        """Return the reply of a write that is done, though nothing is."""
        place, _ = self._find(request)
        return feigned(self._account, request, place.endpoint) if place else None

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how HubSpot says that it cannot."""
        if status == 429:  # noqa: PLR2004 - everybody knows this one
            reply = self._limited(_policy(standings))
            return replace(reply, headers={**reply.headers, **limit_headers(standings)})
        return self._reply(Refusal(status, "INTERNAL_ERROR", _MESSAGES[status]))

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        """Return what an answer says of limits."""
        return limit_headers(standings)

    def _answered(self, request: Request, trick: Trick | None) -> Reply:
        place, names = self._find(request)
        if place is None:
            raise self._unknown(request)
        self._refuse_without_scope(request, place.endpoint, names)
        host = request.headers.get("host", "api.hubapi.com")
        scheme = "http" if host.startswith(_LOCAL) else "https"
        call = Call(
            account=self._account,
            request=request,
            names=names,
            version=place.version,
            base_url=f"{scheme}://{host}",
            trick=trick,
        )
        return place.endpoint.handler(call)

    def _find(self, request: Request) -> tuple[_Place | None, Mapping[str, str]]:
        # HubSpot's own client ends some paths with a slash.
        found = self._routes.find(request.method, request.path.rstrip("/"))
        if found is None:
            return None, {}
        return self._places[found.route.method, found.route.path], found.names

    def _unknown(self, request: Request) -> Refusal:
        if self._routes.methods(request.path.rstrip("/")):
            return Refusal(405, "METHOD_NOT_ALLOWED", "Method not allowed")
        return Refusal(404, "NOT_FOUND", "No route")

    def _refuse_without_scope(
        self, request: Request, endpoint: Endpoint, names: Mapping[str, str]
    ) -> None:
        token = _token(request)
        if (endpoint.scope == JOURNAL_SCOPE) is not self._account.keys.is_of_app(token):
            if endpoint.scope:
                raise missing_scopes(endpoint.scope)
            return
        scopes = self._account.scopes
        if scopes is None or not endpoint.scope or endpoint.scope == JOURNAL_SCOPE:
            return
        wanted = endpoint.scope.format(objectType=_scoped(names.get("objectType", "")))
        if wanted not in scopes:
            raise missing_scopes(wanted)

    def _reply(self, refusal: Refusal) -> Reply:
        correlation = self._correlation()
        content = dict(refusal.body(correlation))
        if self._account.quirks.errors_are_terse:
            content = {name: each for name, each in content.items() if name not in _OPTIONAL}
        reply = _named(json_reply(content, refusal.status, size=0), correlation)
        if refusal.status == 477:  # noqa: PLR2004 - a status of HubSpot's own
            return replace(reply, headers={**reply.headers, "retry-after": _MIGRATION_TAKES})
        return reply

    def _limited(self, policy: str) -> Reply:
        correlation = self._correlation()
        content = {
            "status": "error",
            "message": _MESSAGES[429],
            "errorType": "RATE_LIMIT",
            "correlationId": correlation,
            "policyName": policy,
            "requestId": correlation,
        }
        return _named(json_reply(content, 429, size=0), correlation)

    def _correlation(self) -> str:
        self._correlations += 1
        return f"00000000-0000-4000-8000-{self._correlations:012}"


def _places() -> Iterator[tuple[tuple[str, str], _Place]]:
    """Yield every endpoint of every version by its method and path."""
    for version, prefixes in PREFIXES.items():
        for area, endpoints in AREAS.items():
            for each in endpoints:
                yield (each.method, prefixes[area] + each.path), _Place(each, version)
    for each in APART:
        yield (each.method, each.path), _Place(each, "apart")


def _named(reply: Reply, correlation: str) -> Reply:
    """Return a reply that tells which one it is in its headers too."""
    return replace(reply, headers={**reply.headers, "x-hubspot-correlation-id": correlation})


def _policy(standings: Sequence[Standing]) -> str:
    """Return which limit was passed; of none it is said of the narrowest."""
    full = [each.bucket for each in standings if each.is_exceeded]
    if DAILY in full:
        return POLICIES[DAILY]
    narrow = full or [each.bucket for each in standings if each.bucket != DAILY] or [BURST]
    return POLICIES[narrow[-1]]


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _too_long(request: Request) -> Refusal | None:
    if len(request.path) + len(request.query) <= _LONGEST_ADDRESS:
        return None
    return Refusal(414, "URI_TOO_LONG", "The request URI is too long")


def _unused() -> Reply:
    raise NotImplementedError


def _scoped(object_type: str) -> str:
    """Return the type whose scopes count for objects: what one does with contacts is theirs."""
    return object_type if object_type in {"deals", "orders", "carts"} else "contacts"
