"""The webhooks journal: subscriptions, and the files of what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.call import required
from adapters.hubspot.simulator.refusals import Refusal, invalid, not_found
from adapters.hubspot.simulator.times import iso
from adapters.simulation.messages import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.simulator.call import Call
    from adapters.hubspot.simulator.journal import File

TYPES = ("OBJECT", "ASSOCIATION", "LIST_MEMBERSHIP", "GDPR_PRIVACY_DELETION", "APP_LIFECYCLE_EVENT")
MOST_IN_BATCH = 100
_LINK_LIVES = 300_000
"""Milliseconds."""


def subscribe(call: Call) -> Reply:
    """Begin to keep what is asked for."""
    body = call.body()
    required(body, "subscriptionType")
    if body["subscriptionType"] not in TYPES:
        raise invalid(f"Unknown subscription type: {body['subscriptionType']}")
    return json_reply(call.account.journal.subscribe(body), 201)


def list_subscriptions(call: Call) -> Reply:
    """Answer what is kept."""
    rows = list(call.account.journal.subscriptions.values())
    return json_reply({"results": rows}, size=len(rows))


def unsubscribe(call: Call) -> Reply:
    """No longer keep something."""
    call.account.journal.subscriptions.pop(call.names["subscriptionId"], None)
    return Reply(status=204)


def read_earliest(call: Call) -> Reply:
    """Answer where the first file is."""
    return _reply(call, call.account.journal.files()[:1])


def read_latest(call: Call) -> Reply:
    """Answer where the newest file is."""
    return _reply(call, call.account.journal.files()[-1:])


def read_next(call: Call) -> Reply:
    """Answer where the file behind an offset is."""
    return _reply(call, _after(call, 1))


def read_batch(call: Call) -> Reply:
    """Answer where the files behind an offset are."""
    count = call.names["count"]
    if not count.isdecimal() or not 0 < int(count) <= MOST_IN_BATCH:
        raise invalid(f"count must be between 1 and {MOST_IN_BATCH}")
    files = _after(call, int(count))
    if not files:
        return Reply(status=204)
    return json_reply({"results": [_link(call, each) for each in files]}, size=len(files))


def read_file(call: Call) -> Reply:
    """Answer a file itself, to whoever knows its address, for some minutes."""
    wanted = call.names["offset"]
    if int(call.whole("expires", 0)) < call.account.now_ms():
        raise Refusal(403, "FORBIDDEN", "Request has expired")
    for each in call.account.journal.files():
        if each.offset == wanted:
            return json_reply(each.as_json(), size=len(each.events))
    raise not_found()


def _after(call: Call, count: int) -> Sequence[File]:
    files = call.account.journal.after(call.names["offset"], count)
    if files is None:
        raise not_found("The offset is unknown, or older than what is kept")
    return files


def _link(call: Call, file: File) -> Mapping[str, Any]:
    expires = call.account.now_ms() + _LINK_LIVES
    return {
        "url": f"{call.base_url}/journal-files/{file.offset}?expires={expires}",
        "expiresAt": iso(expires),
        "currentOffset": file.offset,
    }


def _reply(call: Call, files: Sequence[File]) -> Reply:
    return json_reply(_link(call, files[0])) if files else Reply(status=204)
