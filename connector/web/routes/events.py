"""Events that somebody hands over, such as those of a trade show."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import WithJsonSchema

from connector.sync.records.offline import take_over
from connector.sync.tasks import SCORE_JOB
from connector.web.desk import TheDesk
from connector.web.shapes import Stored

MOST = 1000
"""Events in one call."""
"""What scores whose inputs changed."""

router = APIRouter(tags=["events"])

_WORD = {"type": "string", "minLength": 1}
_SCHEMA: dict[str, Any] = {
    "title": "OfflineEvent",
    "type": "object",
    "required": ["contact", "type", "occurred_at"],
    "properties": {
        "contact": _WORD | {"description": "An e-mail address, our id, or `<platform>:<id>`."},
        "type": _WORD
        | {"description": "As `event.attended`; one that is not canonical is `custom.<type>`."},
        "occurred_at": {
            "description": "ISO 8601 (UTC where no offset is given), or epoch seconds.",
            "oneOf": [{"type": "string"}, {"type": "number"}],
        },
        "id": {
            "description": "Unique among events that are handed over: the same one again changes "
            "nothing, or corrects it. Default: made of all the rest.",
            "type": "string",
        },
    },
    "additionalProperties": {
        "description": "Any further properties, as `title` or `amount`; they may also stand "
        "together in an object `properties`."
    },
    "examples": [
        {
            "contact": "ada@example.com",
            "type": "event.attended",
            "occurred_at": "2026-03-12T14:30:00+01:00",
            "title": "Global Industrie",
        }
    ],
}
OfflineEvent = Annotated[dict[str, Any], WithJsonSchema(_SCHEMA)]


@router.post("/events", response_model=Stored)
async def take_events(
    desk: TheDesk,
    events: Annotated[list[OfflineEvent], Body(min_length=1, max_length=MOST)],
) -> dict[str, Any]:
    """Store events that happened elsewhere, all or none, and have their contacts scored at once.

    When anything is wrong with any of them, the answer says what for each, and none is stored.
    """
    done = await take_over(desk.workspace(), events)
    await desk.soon(SCORE_JOB)
    return asdict(done)
