"""Answers of writes that succeed and do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.handlers.lists import create_list
from adapters.hubspot.simulator.times import iso
from adapters.simulation.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from adapters.hubspot.simulator.account import Account
    from adapters.hubspot.simulator.table import Endpoint

_READS = ("/search", "/batch/read", "/idmapping", "/token")


def feigned(account: Account, request: Request, endpoint: Endpoint) -> Reply | None:
    """Return the reply with which an endpoint says that it did something; None for a read."""
    if endpoint.method == "GET" or endpoint.path.endswith(_READS):
        return None
    if endpoint.method == "DELETE" or endpoint.path.endswith(("/archive", "/gdpr-delete")):
        return Reply(status=204)
    now = iso(account.now_ms())
    if "/batch/" in endpoint.path:
        # Seen in practice: complete, and neither results nor errors.
        content = {"status": "COMPLETE", "results": [], "startedAt": now, "completedAt": now}
        return json_reply(content, size=0)
    if endpoint.path.startswith("/{listId}/memberships"):
        names = ("recordsIdsAdded", "recordIdsRemoved", "recordIdsMissing")
        return json_reply({name: [] for name in names}, size=0)
    if endpoint.handler is create_list:
        return json_reply({"list": {"listId": "0", **_echo(request, now)}}, size=0)
    return json_reply(_echo(request, now), 200 if endpoint.method != "POST" else 201, size=0)


def _echo(request: Request, now: str) -> dict[str, Any]:
    """Return what was sent as if it were there now."""
    try:
        body = request.json
    except ValueError:
        body = {}
    echo = body if isinstance(body, dict) else {}
    return {"id": "0", **echo, "createdAt": now, "updatedAt": now, "archived": False}
