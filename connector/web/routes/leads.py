"""Leads page by page, as a table for other tools, and how one of them stood over time."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema

from connector.domain.durations import parse_duration
from connector.sync.looking.lead_filters import lead_filters
from connector.sync.looking.lead_list import Wanted, lead_page
from connector.sync.looking.lead_table import lead_table
from connector.sync.looking.trend import trend
from connector.web.answers import MISSING
from connector.web.desk import TheDesk
from connector.web.routes.contacts import WhoIs
from connector.web.shapes import Name, ScoreNow

router = APIRouter(tags=["leads"])

_LONGEST = 500
_FORM = {"type": "string", "pattern": "^[0-9]{1,9}[smhdw]$", "examples": ["90d", "8w"]}
_FARTHEST = timedelta(days=10 * 366)
_SPAN = "90d"
"""By default a quarter either way."""


def _checked(raw: str) -> str:
    if parse_duration(raw) > _FARTHEST:
        msg = "nobody looks farther than ten years"
        raise ValueError(msg)
    return raw


_Span = Annotated[str, AfterValidator(_checked), WithJsonSchema(_FORM)]
_Score = Annotated[
    str | None,
    Query(max_length=_LONGEST, description="By which score; default: the first of the model."),
]
_Stage = Annotated[
    str | None, Query(max_length=_LONGEST, description="Only leads in this stage of that score.")
]
_Platform = Annotated[
    str | None, Query(max_length=_LONGEST, description="Only leads with a record there.")
]
_List = Annotated[
    str | None,
    Query(
        alias="list",
        max_length=_LONGEST,
        description="Only leads whom a platform reports in a list: `<platform>:<list>`.",
    ),
]
_Search = Annotated[
    str | None,
    Query(
        max_length=_LONGEST,
        description="Only whom this names: a whole address, our id or `<platform>:<id>`; else who "
        "has words that begin so, in their shown address, `first_name`, `last_name`, `full_name`, "
        "`name` or `company`. Neither case nor accents matter.",
    ),
]
_Lowest = Annotated[bool, Query(description="Whether the lowest score comes first.")]


def _wanted(
    *,
    score: _Score = None,
    stage: _Stage = None,
    platform: _Platform = None,
    in_list: _List = None,
    search: _Search = None,
    lowest_first: _Lowest = False,
) -> Wanted:
    """Return what is asked for."""
    return Wanted(
        score=score,
        stage=stage,
        platform=platform,
        in_list=in_list,
        search=search,
        is_ascending=lowest_first,
    )


_Asked = Annotated[Wanted, Depends(_wanted)]


class LeadNow(Name):
    """A lead as last decided."""

    name: str | None = Field(
        description="What they are called, by `full_name`, `name`, or `first_name` and `last_name`."
    )
    company: str | None
    platforms: list[str] = Field(description="Those that know them now.")
    arrived_at: str | None = Field(description="When the first record of theirs was made.")
    scores: dict[str, ScoreNow]
    grades: dict[str, str | None]


class Leads(BaseModel):
    """A page of leads. It may be short, or empty, and yet be followed by another."""

    score: str = Field(description="By which they are in order.")
    leads: list[LeadNow]
    cursor: str | None = Field(description="Give it for the next page; null: there is no more.")
    before: str | None = Field(
        description="Give it as `cursor` for the page before; null: this is the first."
    )


class StageCount(BaseModel):
    """A stage, and how many stand in it."""

    name: str
    persons: int


class OneList(BaseModel):
    """A list of a platform."""

    platform: str
    name: str


class Filters(BaseModel):
    """What those who have a score can be chosen by."""

    score: str
    persons: int = Field(description="How many have the score.")
    stages: list[StageCount] = Field(description="The lowest first.")
    platforms: list[str]
    lists: list[OneList] = Field(
        description="Those that are configured, or in which a platform reports anybody: of each "
        "platform the first hundred by name."
    )


class PointInTime(BaseModel):
    """How a contact stands at one instant."""

    at: str
    scores: dict[str, float | None] = Field(description="Rounded; null outside the population.")
    stages: dict[str, str | None]
    is_ahead: bool = Field(description="Whether that is to come, if nothing new happens.")


class Trend(BaseModel):
    """How a contact stood and will stand, oldest first."""

    points: list[PointInTime]


@router.get("/leads", response_model=Leads)
async def leads(
    desk: TheDesk,
    wanted: _Asked,
    cursor: Annotated[
        str | None,
        Query(max_length=4 * _LONGEST, description="Of another page that was asked for alike."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="The most leads of a page.")] = 50,
) -> dict[str, Any]:
    """List leads in the order of a score, page by page."""
    return (await lead_page(desk.workspace(), wanted, cursor=cursor, limit=limit)).to_json()


@router.get(
    "/leads/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def exported(desk: TheDesk, wanted: _Asked) -> StreamingResponse:
    """Give all leads that fit as CSV in UTF-8, safe to open in a spreadsheet."""
    lines = await lead_table(desk.workspace(), wanted)
    headers = {"content-disposition": 'attachment; filename="leads.csv"'}
    return StreamingResponse(lines, media_type="text/csv", headers=headers)


@router.get("/leads/filters", response_model=Filters)
async def filters(desk: TheDesk, score: _Score = None) -> dict[str, Any]:
    """Tell what leads can be chosen by, and how many stand in each stage."""
    return (await lead_filters(desk.workspace(), score)).to_json()


@router.get("/trend/{contact:path}", response_model=Trend, responses=MISSING)
async def course(
    desk: TheDesk,
    contact: WhoIs,
    back: Annotated[_Span, Query(description="How far to look back.")] = _SPAN,
    ahead: Annotated[_Span, Query(description="How far to look ahead.")] = _SPAN,
) -> dict[str, Any]:
    """Tell how a contact's scores went, and where they go if nothing new happens."""
    now = desk.clock.now()
    spans = {"back": parse_duration(back), "ahead": parse_duration(ahead)}
    points = await trend(desk.workspace(), contact, now, **spans)
    return {"points": [each.to_json() for each in points]}
