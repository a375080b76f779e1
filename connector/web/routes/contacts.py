"""Who is known, why they stand where they stand, and who is hottest."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BeforeValidator, WithJsonSchema

from connector.domain.instants import parse_instant
from connector.errors import NotFound
from connector.sync.looking.acquaintance import acquaintance
from connector.sync.looking.explaining import explain
from connector.sync.looking.ranking import ranking
from connector.web.answers import MISSING
from connector.web.desk import TheDesk
from connector.web.shapes import Explained, Found, Known, Ranked

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
At = Annotated[
    datetime | None,
    BeforeValidator(lambda raw: None if raw is None else parse_instant(raw)),
    WithJsonSchema({"type": "string", "examples": ["2026-01-31", "2026-01-31T12:00:00Z"]}),
    Query(description="The instant; default: now. What is known today, as of that instant."),
]


@router.get("/contacts", response_model=Found)
async def search(
    desk: TheDesk,
    search: Annotated[
        str,
        Query(
            min_length=1,
            max_length=_LONGEST,
            description="An e-mail address, our id, or `<platform>:<id>`.",
        ),
    ],
) -> dict[str, Any]:
    """Look for a contact."""
    try:
        found = await acquaintance(desk.workspace(), search)
    except NotFound:
        return {"contacts": []}
    return {"contacts": [{"id": found.person.key, "email": found.person.email}]}


@router.get("/contacts/{contact:path}", response_model=Known, responses=MISSING)
async def one_contact(desk: TheDesk, contact: WhoIs) -> dict[str, Any]:
    """Tell what is known of a contact."""
    return (await acquaintance(desk.workspace(), contact)).to_json()


@router.get("/explain/{contact:path}", response_model=Explained, responses=MISSING)
async def explanation(desk: TheDesk, contact: WhoIs, at: At = None) -> dict[str, Any]:
    """Tell why a contact has their scores: every rule that gave or took points."""
    found = await explain(desk.workspace(), contact, at or desk.clock.now())
    return found.to_json()


@router.get("/top", response_model=Ranked)
async def top(
    desk: TheDesk,
    score: Annotated[
        str | None, Query(description="Which score; default: the first of the model.")
    ] = None,
    stage: Annotated[str | None, Query(description="Only leads in this stage.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 10,
) -> dict[str, Any]:
    """Tell the hottest leads, as last scored."""
    return (await ranking(desk.workspace(), score, stage=stage, limit=limit)).to_json()
