"""One contact: what happened to them, what platforms were told of them, what was done for them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from connector.sync.looking.steps import stairs
from connector.sync.looking.telling import telling
from connector.sync.looking.timeline import happenings
from connector.web.answers import MISSING
from connector.web.desk import TheDesk
from connector.web.routes.contacts import At, WhoIs
from connector.web.shapes import Name

router = APIRouter(tags=["contacts"])

_LONGEST = 500


class OneRecord(BaseModel):
    """A contact as one platform has it."""

    id: str
    emails: list[str]
    created_at: str | None
    removed_at: str | None = Field(description="When it was seen to be gone; null: it is there.")
    opted_out: bool
    link: str | None = Field(description="The address of its page there, where that is known.")


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


class OneGift(BaseModel):
    """What an event gave by one rule."""

    rule: str
    dimension: str
    asked: float = Field(description="What the rule says, before any limit.")
    given: float = Field(description="After `once_per`, `unless` and the cap.")
    left: float = Field(
        description="What is left of it now, cooled, and held by the ceiling of the rule's group."
    )
    since: str | None = Field(description="From when on it counts; null: never.")
    reason: str | None = Field(
        description="Why it gives other points than asked for: `once_per`, `unless`, `waits`, "
        "`cap`, `guard`, `group` or `excluded`."
    )
    why: str | None = Field(description="The same in words.")


class OnePart(BaseModel):
    """A rule that looks at several events, and what it gives for all of them."""

    rule: str
    points: float


class OneEvent(BaseModel):
    """An event, as the model sees it."""

    platform: str
    id: str
    type: str
    at: str
    fields: dict[str, str | float | bool | None]
    unseen: str | None = Field(
        description="Why no rule sees it: `to_come`, `too_old` or `ignored`; null: rules do."
    )
    gave: list[OneGift]
    part_of: list[OnePart]


class Events(BaseModel):
    """Events of all platforms, newest first."""

    contact: Name
    events: list[OneEvent]
    total: int = Field(description="How many there are in all.")
    cursor: str | None = Field(description="Give it for those before; null: there are none.")


class OneStep(BaseModel):
    """What one thing adds to a score, or takes from it."""

    kind: str = Field(description="`rule`, `limit`, `formula`, `range` or `by_hand`.")
    rule: str | None = Field(description="Which rule; null for another kind of step.")
    dimension: str | None = Field(description="To which it gives; null behind the dimensions.")
    points: float
    after: float = Field(description="What all steps until this one make together.")


class Steps(BaseModel):
    """How a score comes about; the last step ends at its exact value."""

    contact: Name
    at: str
    score: str
    value: float | None = Field(description="Exact; null: the contact has none.")
    rounded: float | None
    steps: list[OneStep]


@router.get("/steps/{contact:path}", response_model=Steps, responses=MISSING)
async def steps(
    desk: TheDesk,
    contact: WhoIs,
    score: Annotated[
        str | None,
        Query(max_length=_LONGEST, description="Which score; default: the first of the model."),
    ] = None,
    at: At = None,
) -> dict[str, Any]:
    """Tell step by step how a contact's score comes about."""
    return (await stairs(desk.workspace(), contact, score, at or desk.clock.now())).to_json()


@router.get("/timeline/{contact:path}", response_model=Events, responses=MISSING)
async def happened(
    desk: TheDesk,
    contact: WhoIs,
    cursor: Annotated[
        str | None, Query(max_length=8 * _LONGEST, description="Where the page before ended.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="The most events of a page.")] = 50,
) -> dict[str, Any]:
    """Tell what happened to a contact, newest first, and what each event gave by which rule."""
    now = desk.clock.now()
    found = await happenings(desk.workspace(), contact, now, cursor=cursor, limit=limit)
    return found.to_json()


@router.get("/told/{contact:path}", response_model=EverythingTold, responses=MISSING)
async def told(desk: TheDesk, contact: WhoIs) -> dict[str, Any]:
    """Tell what each platform was told of a contact and when, and what was done for them."""
    return (await telling(desk.workspace(), contact)).to_json()
