"""How everything stands, and how often platforms call."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from connector.sync.looking.pulse import pulse
from connector.sync.looking.standing import standing
from connector.web.desk import TheDesk
from connector.web.shapes import Standing

router = APIRouter(tags=["operation"])


class CallsOfAPlatform(BaseModel):
    """The webhook calls of one platform within the last hour."""

    platform: str | None = Field(description="null: calls to addresses of none.")
    last_at: str | None = Field(
        description="The minute in which one was last taken, of the last seven days."
    )
    taken: list[int] = Field(description="How many in each minute, the present one last.")
    refused: dict[str, int] = Field(description="How many were not taken, by the reason.")


class Calls(BaseModel):
    """The webhook calls of the last hour, of all processes together."""

    since: str = Field(description="When the first of the minutes began.")
    platforms: list[CallsOfAPlatform] = Field(description="Those that take webhooks.")


@router.get("/status", response_model=Standing)
async def status(desk: TheDesk) -> dict[str, Any]:
    """Tell what is stored, which platforms cannot be asked, what waits, and the last runs."""
    return (await standing(desk.workspace())).to_json()


@router.get("/webhook-calls", response_model=Calls)
async def calls(desk: TheDesk) -> dict[str, Any]:
    """Tell how often platforms called in the last hour; a call is told of some seconds later."""
    return (await pulse(desk.workspace(), desk.clock.now())).to_json()
