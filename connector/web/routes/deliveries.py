"""What is on its way or was given up, and what a person does about it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from connector.errors import ConfigError, Problem
from connector.sync import replaying
from connector.sync.looking.deliveries import State, deliveries, delivery
from connector.web.answers import MISSING
from connector.web.desk import Desk, TheDesk

router = APIRouter(tags=["deliveries"])

_LONGEST = 500
_Id = Annotated[str, Field(min_length=1, max_length=_LONGEST)]
_Ids = Annotated[
    list[_Id], Field(max_length=1_000, description="Ids as they are listed: `write:crm:12`.")
]
To = Annotated[
    str | None,
    Query(max_length=_LONGEST, description="Only to this platform or courier."),
]


class OneDelivery(BaseModel):
    """One thing to be delivered."""

    id: str = Field(description="By which it is replayed or dropped.")
    kind: str = Field(description="`write`, `action` of a trigger, or webhook `call`.")
    to: str = Field(description="The platform or courier; of a call, where it came from.")
    state: str
    contact: str | None
    what: list[str] = Field(description="What is to be done, in words.")
    attempts: int
    next_try_at: str | None
    cause: str | None = Field(description="Why it was not done yet.")
    since: str | None


class Listed(BaseModel):
    """Deliveries, what is dead first."""

    counts: dict[str, dict[str, int]] = Field(description="Per receiver and state.")
    deliveries: list[OneDelivery]


class Replaying(BaseModel):
    """Which deliveries are to be tried again."""

    model_config = ConfigDict(extra="forbid")

    ids: _Ids = Field(default_factory=list)
    all: bool = Field(default=False, description="All that are dead, in place of `ids`.")
    to: str | None = Field(
        default=None, max_length=_LONGEST, description="With `all`: only to this receiver."
    )


class Dropping(BaseModel):
    """Which deliveries are to be given up."""

    model_config = ConfigDict(extra="forbid")

    ids: _Ids


class Skipped(BaseModel):
    """A delivery that was left alone."""

    id: str
    reason: str


class Handled(BaseModel):
    """What became of deliveries."""

    done: int
    skipped: list[Skipped]


@router.get("/deliveries", response_model=Listed)
async def listed(
    desk: TheDesk,
    to: To = None,
    state: Annotated[State | None, Query(description="Only in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 50,
) -> dict[str, Any]:
    """List what is on its way or was given up."""
    return (await deliveries(desk.workspace(), to=to, state=state, limit=limit)).to_json()


@router.get("/deliveries/{delivery_id:path}", response_model=OneDelivery, responses=MISSING)
async def shown(
    desk: TheDesk, delivery_id: Annotated[str, Path(min_length=1, max_length=_LONGEST)]
) -> dict[str, Any]:
    """Show one delivery."""
    return (await delivery(desk.workspace(), delivery_id)).to_json()


@router.post("/deliveries/replay", response_model=Handled, responses=MISSING)
async def replay(desk: TheDesk, asked: Replaying) -> dict[str, Any]:
    """Have deliveries tried again, as they are desired now."""
    if asked.all == bool(asked.ids):
        raise ConfigError([Problem(message="name ids, or say `all`", path="body")])
    if asked.all:
        done = await replaying.replay_all(desk.workspace(), asked.to)
    else:
        done = await replaying.replay(desk.workspace(), asked.ids)
    await _begin(desk, done)
    return done.to_json()


@router.post("/deliveries/drop", response_model=Handled, responses=MISSING)
async def drop(desk: TheDesk, asked: Dropping) -> dict[str, Any]:
    """Give deliveries up."""
    return (await replaying.drop(desk.workspace(), asked.ids)).to_json()


async def _begin(desk: Desk, done: replaying.Handled) -> None:
    for job in sorted(done.jobs):
        await desk.soon(job)
