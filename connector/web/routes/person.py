"""What happened to one contact: what platforms were told of them, and what was done for them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from connector.sync.looking.telling import telling
from connector.web.answers import MISSING
from connector.web.desk import TheDesk
from connector.web.shapes import Name

router = APIRouter(tags=["contacts"])

_LONGEST = 500
WhoIs = Annotated[
    str,
    Path(
        min_length=1,
        max_length=_LONGEST,
        description="An e-mail address, our id, or `<platform>:<id>`.",
    ),
]


class OneRecord(BaseModel):
    """A contact as one platform has it."""

    id: str
    emails: list[str]
    created_at: str | None
    removed_at: str | None = Field(description="When it was seen to be gone; null: it is there.")
    opted_out: bool


class OneThingTold(BaseModel):
    """One thing that a platform is to show, and what it is known to show."""

    name: str
    desired: str | float | bool | None = Field(description="null: nothing of ours.")
    confirmed: str | float | bool | None = Field(description="null: nothing was confirmed.")
    drift: bool = Field(description="Whether it was changed there since, and that may stand.")


class StageTold(BaseModel):
    """The platform's own stage of the contact, where a model sets it."""

    desired: str | None
    confirmed: str | None


class PlatformTold(BaseModel):
    """A platform, who the contact is there, and what it was told."""

    platform: str
    records: list[OneRecord]
    state: str | None = Field(
        description="`clean`, `pending`, `in_flight` or `dead`; null: nothing was to be told."
    )
    decided_at: str | None
    confirmed_at: str | None = Field(description="When it was last seen to show what is told.")
    attributes: list[OneThingTold]
    lists: list[OneThingTold]
    tags: list[OneThingTold]
    stage: StageTold
    left: list[str] = Field(description="What is still to be told, in words.")
    delivery: str | None = Field(description="The id under which that is among deliveries.")
    attempts: int
    next_try_at: str | None
    cause: str | None = Field(description="Why it was not told yet.")


class OneAction(BaseModel):
    """One thing that is done because a trigger fired."""

    trigger: str
    kind: str
    to: str
    state: str = Field(
        description="`waiting`, `pending`, `in_flight`, `done`, `dropped` or `dead`."
    )
    at: str = Field(description="When the trigger fired; while it waits, since when it holds.")
    attempts: int
    next_try_at: str | None
    cause: str | None


class EverythingTold(BaseModel):
    """What platforms were told of a contact, and what was done for them."""

    contact: Name
    platforms: list[PlatformTold]
    actions: list[OneAction] = Field(description="Latest first.")


@router.get("/told/{contact:path}", response_model=EverythingTold, responses=MISSING)
async def told(desk: TheDesk, contact: WhoIs) -> dict[str, Any]:
    """Tell what each platform was told of a contact and when, and what was done for them."""
    return (await telling(desk.workspace(), contact)).to_json()
