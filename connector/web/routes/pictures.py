"""Everybody at once: how scores spread, today's moves, cohorts, what rules give, past runs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from connector.sync.looking.modelling import edited, model_at_work
from connector.sync.looking.movers import MOST, movers
from connector.sync.looking.pictures import cohorts, distribution, funnels
from connector.sync.looking.runs import run_page
from connector.web.answers import MISSING
from connector.web.desk import TheDesk

router = APIRouter(tags=["pictures"])

_LONGEST = 500
_LARGEST = 2**63 - 1
_Score = Annotated[
    str | None,
    Query(max_length=_LONGEST, description="Which score; default: the first of the model."),
]


class OneBar(BaseModel):
    """How many contacts have a score within a span of points."""

    from_: int = Field(alias="from", description="The least rounded score that counts here.")
    below: int = Field(description="Those with this score or more count further on.")
    persons: int


class Spread(BaseModel):
    """How a score spreads over everybody who has it."""

    score: str
    persons: int
    highest: int | None = Field(description="The most that anybody has; null: nobody has any.")
    bars: list[OneBar] = Field(description="Rising, of one width, without gaps.")


class OneStage(BaseModel):
    """A stage, or the cell of a grade."""

    name: str
    persons: int
    came: int = Field(description="Who came today, from wherever.")
    left: int = Field(description="Who left today, to wherever.")


class OneMove(BaseModel):
    """How many went from one stage to another today."""

    before: str | None = Field(description="null: no stage.")
    after: str | None = Field(description="null: no stage.")
    persons: int


class OneFunnel(BaseModel):
    """The stages of a score or the cells of a grade."""

    name: str
    stages: list[OneStage] = Field(description="Lowest first; cells of a grade by name.")
    moves: list[OneMove]


class Stages(BaseModel):
    """Where everybody stands, and who moved since midnight."""

    since: str = Field(description="When the day began in the model's timezone.")
    funnels: list[OneFunnel]


class OneMover(BaseModel):
    """A contact whose score is another than as the day began."""

    id: str
    email: str | None
    name: str | None = Field(description="What they are called, where that is known.")
    company: str | None
    before: float = Field(description="The rounded score as the day began.")
    after: float
    stage_before: str | None
    stage: str | None


class MoversOfToday(BaseModel):
    """Who moved most since midnight."""

    score: str
    since: str = Field(description="When the day began in the model's timezone.")
    rules_changed_at: str | None = Field(
        description="When other rules were first used today, which may have moved anybody."
    )
    rose: list[OneMover] = Field(description="The furthest first.")
    fell: list[OneMover] = Field(description="The furthest first.")


class OneMonth(BaseModel):
    """How a cohort stood at the end of a month, or stands in this one."""

    month: str
    persons: int
    average: float


class OneCohort(BaseModel):
    """Those who arrived in one month."""

    month: str
    months: list[OneMonth] = Field(description="From the first month that is known.")


class CohortsOfAScore(BaseModel):
    """How those who arrived in each month stood over time."""

    score: str
    cohorts: list[OneCohort] = Field(description="Oldest first.")


class OneRule(BaseModel):
    """A rule, and what it gives as last decided."""

    name: str
    kind: str = Field(description="`event`, `sequence`, `count`, `inactive` or `when`.")
    dimension: str
    group: str | None
    purpose: str = Field(description="What it looks for, in words.")
    each: float | str = Field(description="The points each time, or the SQL that tells them.")
    limits: list[str] = Field(description="How its points cool, and what bounds them, in words.")
    persons: int = Field(description="To whom it gives or from whom it takes points.")
    points: float
    share: float = Field(
        description="Of all points that the dimension's rules give or take, from 0 to 1."
    )


class Advice(BaseModel):
    """Something in the model that is worth a look."""

    message: str
    file: str | None
    line: int | None
    path: str | None
    hint: str | None


class OneVersion(BaseModel):
    """A model that decided something."""

    number: int
    digest: str
    since: str


class OneVersionAtWork(OneVersion):
    """A model that decided something, and for how many it is the last that did."""

    persons: int


class OneEdit(BaseModel):
    """A place in which two versions differ."""

    path: str = Field(description="Such as `rules.opened.points`.")
    before: Any = Field(description="null: it was not there.")
    after: Any = Field(description="null: it is not there any more.")


class Edits(BaseModel):
    """What became another from one version of the model to another."""

    before: OneVersion
    after: OneVersion
    changes: list[OneEdit]


class ModelInForce(BaseModel):
    """The model in force, and what it does."""

    digest: str
    rules: list[OneRule] = Field(description="As they are declared.")
    advice: list[Advice]
    counted_at: str | None = Field(
        description="When events were last counted for the advice; null: not yet."
    )
    versions: list[OneVersionAtWork] = Field(description="Oldest first.")
    undecided: int = Field(description="How many contacts no model has decided yet.")


class OneRun(BaseModel):
    """What one cycle did."""

    id: int
    command: str
    at: str
    started_at: str
    finished_at: str | None
    seconds: float | None = Field(description="How long it took; null while it goes on.")
    times: int = Field(description="How often in a row it ended like that.")
    error: str | None
    problems: list[dict[str, Any]]
    did: dict[str, Any] = Field(description="What it did, as `sync --json` tells it.")


class Runs(BaseModel):
    """Runs, newest first."""

    runs: list[OneRun]
    before: int | None = Field(description="Give it for those before; null: there are none.")


@router.get("/distribution", response_model=Spread)
async def spread(desk: TheDesk, score: _Score = None) -> dict[str, Any]:
    """Tell how many contacts have which score, as last scored."""
    return (await distribution(desk.workspace(), score)).to_json()


@router.get("/stages", response_model=Stages)
async def stages(desk: TheDesk) -> dict[str, Any]:
    """Tell how many contacts stand in which stage, and who moved since midnight."""
    return (await funnels(desk.workspace(), desk.clock.now())).to_json()


@router.get("/movers", response_model=MoversOfToday)
async def moved(
    desk: TheDesk,
    score: _Score = None,
    limit: Annotated[int, Query(ge=1, le=100, description="The most of each.")] = MOST,
) -> dict[str, Any]:
    """Tell who rose and who fell most since midnight; whoever had no score then is left out."""
    return (await movers(desk.workspace(), desk.clock.now(), score, limit=limit)).to_json()


@router.get("/cohorts", response_model=CohortsOfAScore)
async def arrivals(
    desk: TheDesk,
    score: _Score = None,
    months: Annotated[int, Query(ge=1, le=120, description="How many months of arrival.")] = 12,
) -> dict[str, Any]:
    """Tell the average score over time of those who arrived in each of the last months."""
    found = await cohorts(desk.workspace(), desk.clock.now(), score, months=months)
    return found.to_json()


@router.get("/model", response_model=ModelInForce)
async def model(desk: TheDesk) -> dict[str, Any]:
    """Tell what each rule gives and to how many, what is worth a look, and all versions."""
    return (await model_at_work(desk.workspace())).to_json()


@router.get("/model/changes", response_model=Edits, responses=MISSING)
async def model_changes(
    desk: TheDesk,
    to: Annotated[
        str, Query(max_length=_LONGEST, description="A version: its number, or a digest's begin.")
    ],
    before: Annotated[
        str | None,
        Query(max_length=_LONGEST, alias="from", description="Default: the one before it."),
    ] = None,
) -> dict[str, Any]:
    """Tell what changed from one version of the model to another."""
    return (await edited(desk.workspace(), to, before)).to_json()


@router.get("/runs", response_model=Runs)
async def runs(
    desk: TheDesk,
    before: Annotated[
        int | None, Query(ge=0, le=_LARGEST, description="Only runs before the one of this id.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="The most runs of a page.")] = 50,
) -> dict[str, Any]:
    """Tell what each cycle did and how long it took, newest first."""
    return (await run_page(desk.workspace(), before=before, limit=limit)).to_json()
