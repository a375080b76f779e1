"""Answers of writes that succeed and do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.simulation.messages import Reply, json_reply

if TYPE_CHECKING:
    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.simulation.routes import Route


def feigned(account: BrevoAccount, route: Route) -> Reply | None:
    """Return the reply with which `route` says that it did something; None for a read."""
    if route.method == "GET":
        return None
    if route.method != "POST":
        return Reply(status=204)
    path = route.path.removeprefix("/v3")
    if path == "/contacts/import":
        process = account.processes.begin(account, "IMPORTUSER", work=None)
        return json_reply({"processId": process.id}, 202)
    if path.startswith("/contacts/attributes/"):
        return Reply(status=201)
    status, body = _SAID.get(path, (201, {"id": account.next_id()}))
    return Reply(status=status) if body is None else json_reply(body, status)


_NOBODY: dict[str, object] = {"contacts": {"success": [], "failure": []}}
_SAID: dict[str, tuple[int, dict[str, object] | None]] = {
    "/contacts/lists/{list_id}/contacts/add": (201, _NOBODY),
    "/contacts/lists/{list_id}/contacts/remove": (201, _NOBODY),
    "/events": (204, None),
    "/events/batch": (202, {"message": "accepted", "count": 0}),
    "/orders/status": (204, None),
    "/smtp/email": (201, {"messageId": "<nothing@smtp-relay.brevo.com>"}),
}
