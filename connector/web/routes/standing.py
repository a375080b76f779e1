"""How everything stands."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from connector.sync.looking.standing import standing
from connector.web.desk import TheDesk
from connector.web.shapes import Standing

router = APIRouter(tags=["operation"])


@router.get("/status", response_model=Standing)
async def status(desk: TheDesk) -> dict[str, Any]:
    """Tell what is stored, which platforms cannot be asked, what waits, and the last runs."""
    return (await standing(desk.workspace())).to_json()
