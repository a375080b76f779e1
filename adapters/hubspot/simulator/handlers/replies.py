"""What all handlers of batches answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.times import iso
from adapters.simulation.messages import json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.simulator.call import Call
    from adapters.simulation.messages import Reply


def batch_reply(
    call: Call,
    results: Sequence[Mapping[str, Any]],
    errors: Sequence[Mapping[str, Any]] = (),
    status: int = 200,
) -> Reply:
    """Return a complete batch: 207 where some of it failed, else `status`."""
    now = iso(call.account.now_ms())
    content: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": now,
        "completedAt": now,
    }
    if errors:
        content |= {"numErrors": len(errors), "errors": errors}
    return json_reply(content, 207 if errors else status, size=len(results))
