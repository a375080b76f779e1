"""What a person decides about somebody: an override, and that they are to be forgotten."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from connector.sync.deciding.overriding import clear_override, set_override
from connector.sync.forgetting.forget import forget
from connector.sync.tasks import SCORE_JOB
from connector.web.answers import MISSING, OneProblem
from connector.web.desk import TheDesk
from connector.web.shapes import Name

router = APIRouter(tags=["people"])

_log = structlog.get_logger("heatsync.web")
_LONGEST = 500
_WhoIs = Annotated[
    str,
    Field(
        min_length=1,
        max_length=_LONGEST,
        description="An e-mail address, our id, or `<platform>:<id>`.",
    ),
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    contact: _WhoIs


class Overriding(_Asked):
    """A number in place of a computed score."""

    score: str = Field(min_length=1, max_length=_LONGEST, description="Which score.")
    value: float = Field(description="The number.", allow_inf_nan=False, strict=True)
    reason: str = Field(
        max_length=10_000, description="Why, which may not be empty; explain shows it."
    )


class Clearing(_Asked):
    """That a score is to be computed again."""

    score: str = Field(min_length=1, max_length=_LONGEST, description="Which score.")


class Forgetting(_Asked):
    """That somebody is to be erased, and never taken in again. There is no way back."""


class Overridden(BaseModel):
    """What is in force now."""

    contact: Name
    score: str
    value: float | None = Field(description="The number in force; null: it is computed.")


class Elsewhere(BaseModel):
    """Where heatsync erases nobody."""

    platform: str
    records: int = Field(description="How many contacts of theirs are there.")
    to_erase: str = Field(description="How a person erases them there.")


class Forgotten(BaseModel):
    """What was erased; it names nobody."""

    erased: dict[str, int] = Field(description="How many rows are gone, by kind.")
    elsewhere: list[Elsewhere]
    problems: list[OneProblem]


@router.post("/contacts/override", response_model=Overridden, responses=MISSING)
async def override(desk: TheDesk, asked: Overriding) -> dict[str, Any]:
    """Put a person's decision in place of a computed score."""
    person = await set_override(
        desk.workspace(), asked.contact, asked.score, asked.value, asked.reason
    )
    await desk.soon(SCORE_JOB)
    contact = {"id": person.key, "email": person.email}
    return {"contact": contact, "score": asked.score, "value": asked.value}


@router.post("/contacts/clear-override", response_model=Overridden, responses=MISSING)
async def clear(desk: TheDesk, asked: Clearing) -> dict[str, Any]:
    """End a person's override: the score is computed again."""
    person = await clear_override(desk.workspace(), asked.contact, asked.score)
    await desk.soon(SCORE_JOB)
    contact = {"id": person.key, "email": person.email}
    return {"contact": contact, "score": asked.score, "value": None}


@router.post("/contacts/forget", response_model=Forgotten, responses=MISSING)
async def forget_somebody(desk: TheDesk, asked: Forgetting) -> dict[str, Any]:
    """Erase a person everywhere in the state, and never take them in again."""
    try:
        done = await forget(desk.workspace(), asked.contact)
    finally:
        # Whatever is left to do of it, they may be erased.
        desk.trials.let_go()
    erased = {kind: count for kind, count in done.erased.items() if count}
    _log.info("somebody was forgotten", was_known=done.was_known, **erased)
    return done.to_json()
