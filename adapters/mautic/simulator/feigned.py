"""Answers of writes that succeed and do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.mautic.simulator.php import entries, whole
from adapters.mautic.simulator.rendering import contact_told
from adapters.simulation.messages import json_reply

if TYPE_CHECKING:
    from adapters.mautic.simulator.call import Call
    from adapters.simulation.messages import Reply
    from adapters.simulation.routes import Match

_MADE = 201


def feigned(call: Call, match: Match) -> Reply:
    """Return the reply with which an endpoint says that it did something."""
    path = match.route.path
    known = call.account.contacts.by_id
    if "/batch/" in path:
        sent = [dict(entries(each)) for _, each in entries(call.body)]
        found = [known.get(whole(each.get("id"))) for each in sent]
        status = _MADE if path.endswith("/new") else 200
        told = [contact_told(call.account, each) for each in found if each is not None]
        return json_reply({"contacts": told, "statusCodes": [status] * len(sent)}, status, size=0)
    if path.endswith("/contacts/{contact_id}/edit"):
        contact = known.get(whole(match.names["contact_id"]))
        if contact is not None:
            return json_reply({"contact": contact_told(call.account, contact)}, size=0)
    if path.endswith("/contacts/add"):
        ids = [str(each) for _, each in entries(call.sent.get("ids"))]
        details = {each: {"success": True} for each in ids}
        return json_reply({"success": 1, "details": details}, size=0)
    if path.endswith("/new"):
        return json_reply({path.split("/")[-2].removesuffix("s"): {"id": 0}}, _MADE, size=0)
    return json_reply({"success": 1}, size=0)
