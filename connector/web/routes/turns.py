"""Have the daemon do at once what it would do in its time, or what its guards hold back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from connector.sync.turns import pulls_of, pushes_of
from connector.web.answers import MISSING
from connector.web.desk import Desk, TheDesk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ports.control import Job

router = APIRouter(tags=["turns"])


class Asked(BaseModel):
    """What is to be done now."""

    model_config = ConfigDict(extra="forbid")

    platform: str | None = Field(
        default=None, max_length=500, description="The one platform; null: all of them."
    )
    force: bool = Field(
        default=False, description="Accept what the guards against mass removal would stop."
    )


class Begun(BaseModel):
    """What the daemon does next."""

    jobs: list[str] = Field(description="Such as `push crm`; `/api/v1/status` tells how it went.")


@router.post("/pull", responses=MISSING)
async def pull(desk: TheDesk, asked: Asked) -> Begun:
    """Pull from platforms now; what is new is scored and written as always."""
    return await _begun(desk, pulls_of(desk.workspace(), asked.platform, force=asked.force))


@router.post("/push", responses=MISSING)
async def push(desk: TheDesk, asked: Asked) -> Begun:
    """Write what is pending on platforms now."""
    return await _begun(desk, pushes_of(desk.workspace(), asked.platform, force=asked.force))


async def _begun(desk: Desk, jobs: Sequence[Job]) -> Begun:
    for job in jobs:
        await desk.defer(job)
    return Begun(jobs=[str(job) for job in jobs])
