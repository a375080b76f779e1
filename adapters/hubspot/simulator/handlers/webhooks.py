"""The settings and subscriptions of webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.call import required
from adapters.hubspot.simulator.handlers.replies import batch_reply
from adapters.hubspot.simulator.refusals import Refusal, invalid, not_found
from adapters.hubspot.simulator.times import iso
from adapters.hubspot.simulator.webhooks import MOST_SUBSCRIPTIONS
from adapters.simulation.messages import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.hubspot.simulator.call import Call

_LEAST_AT_ONCE = 5
_ACTIONS = (
    "creation",
    "deletion",
    "merge",
    "restore",
    "propertyChange",
    "associationChange",
    "privacyDeletion",
)
_NEVER_TOLD = ("hs_lastmodifieddate", "lastmodifieddate", "num_unique_conversion_events")


def read_settings(call: Call) -> Reply:
    """Answer where webhooks are sent."""
    if call.account.webhooks.settings is None:
        raise not_found()
    return json_reply(call.account.webhooks.settings)


def change_settings(call: Call) -> Reply:
    """Say where webhooks are sent."""
    body = call.body()
    required(body, "targetUrl", "throttling")
    most_at_once = int(body["throttling"].get("maxConcurrentRequests", 10))
    if not str(body["targetUrl"]).startswith("https://"):
        raise invalid("targetUrl must be https")
    if most_at_once <= _LEAST_AT_ONCE:
        raise invalid(f"maxConcurrentRequests must be greater than {_LEAST_AT_ONCE}")
    return json_reply(call.account.webhooks.set_target(str(body["targetUrl"]), most_at_once))


def clear_settings(call: Call) -> Reply:
    """Send no more webhooks."""
    call.account.webhooks.settings = None
    return Reply(status=204)


def list_subscriptions(call: Call) -> Reply:
    """Answer all subscriptions."""
    rows = list(call.account.webhooks.subscriptions.values())
    return json_reply({"results": rows}, size=len(rows))


def subscribe(call: Call) -> Reply:
    """Make a subscription."""
    body, webhooks = call.body(), call.account.webhooks
    required(body, "eventType")
    kind, _, action = str(body["eventType"]).partition(".")
    name = body.get("propertyName")
    if action not in _ACTIONS:
        raise invalid(f"Unknown event type: {body['eventType']}")
    if action == "propertyChange" and (not name or name in _NEVER_TOLD):
        raise invalid(f"There are no webhooks for the property {name}")
    if len(webhooks.subscriptions) >= MOST_SUBSCRIPTIONS:
        raise invalid(f"An app may have {MOST_SUBSCRIPTIONS} subscriptions")
    same = (body["eventType"], name)
    if same in {(each["eventType"], each.get("propertyName")) for each in _all(call)}:
        raise Refusal(409, "CONFLICT", f"There is a subscription for {kind} like this already")
    made = webhooks.subscribe(str(body["eventType"]), name, active=body.get("active") is True)
    return json_reply(made, 201)


def read_subscription(call: Call) -> Reply:
    """Answer one subscription."""
    return json_reply(_subscription(call, call.names["subscriptionId"]))


def change_subscription(call: Call) -> Reply:
    """Switch a subscription on or off."""
    found = _subscription(call, call.names["subscriptionId"])
    return json_reply(_switch(call, found, call.body()))


def change_subscriptions(call: Call) -> Reply:
    """Switch subscriptions on or off; those that do not exist fail alone."""
    results, errors = [], []
    for each in call.inputs():
        try:
            results.append(_switch(call, _subscription(call, str(each.get("id"))), each))
        except Refusal as refusal:
            errors.append({**refusal.row(()), "context": {"ids": [str(each.get("id"))]}})
    return batch_reply(call, results, errors)


def unsubscribe(call: Call) -> Reply:
    """Remove a subscription."""
    _subscription(call, call.names["subscriptionId"])
    del call.account.webhooks.subscriptions[call.names["subscriptionId"]]
    return Reply(status=204)


def _all(call: Call) -> list[dict[str, Any]]:
    return list(call.account.webhooks.subscriptions.values())


def _subscription(call: Call, subscription_id: str) -> dict[str, Any]:
    found = call.account.webhooks.subscriptions.get(subscription_id)
    if found is None:
        raise not_found(f"There is no subscription {subscription_id}")
    return found


def _switch(call: Call, found: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(body.get("active"), bool):
        raise invalid("active must be true or false")
    found["active"] = body["active"]
    found["updatedAt"] = iso(call.account.now_ms())
    return found
