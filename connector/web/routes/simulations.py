"""Drafts of the model, simulated beside the work of the daemon; nothing of them is put in force."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, field_validator

from connector.domain.durations import parse_duration
from connector.errors import ConfigError, Problem
from connector.sync.simulating.draft import drafted, files_in_force
from connector.sync.simulating.question import LEAST_STEP, MOST_WEEKS, Question
from connector.web.answers import MISSING
from connector.web.desk import TheDesk
from connector.web.routes.pictures import Advice

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from starlette.responses import Response

MOST_NAMED = 100
_YAML = ("text/yaml", "application/yaml", "text/x-yaml", "application/x-yaml")
_IN_THE_ADDRESS = ("weeks", "step", "top")


class YamlRoute(APIRoute):
    """A route whose JSON body may also be a YAML file, with everything else in the address."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def answer_yaml(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind in _YAML:
                asked = _asked(await request.body(), request.query_params)
                request = _AsJson(request, json.dumps(asked).encode())
            return await answer(request)

        return answer_yaml


class _AsJson(Request):
    """A request with another body, which is JSON."""

    def __init__(self, request: Request, body: bytes) -> None:
        head = [pair for pair in request.scope["headers"] if pair[0] != b"content-type"]
        head.append((b"content-type", b"application/json"))
        super().__init__({**request.scope, "headers": head}, request.receive)
        self._text = body

    async def body(self) -> bytes:
        """Return the body."""
        return self._text


def _asked(raw: bytes, query: Mapping[str, str]) -> dict[str, object]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([Problem(message="is not UTF-8", path="body")]) from None
    numbers = {name: query[name] for name in _IN_THE_ADDRESS if name in query}
    return {"files": {query.get("file", ""): text}, **numbers}


router = APIRouter(tags=["simulations"], route_class=YamlRoute)

_Id = Annotated[str, Path(max_length=100, description="Its id, as it was told.")]


class Draft(BaseModel):
    """A draft, and over which time it is compared with the model in force."""

    model_config = ConfigDict(extra="forbid")

    files: dict[str, str | None] = Field(
        description="The text of mapping files by name, each in place of the one in force of that "
        "name, or beside them; null takes one away. An empty name is the only file there is."
    )
    weeks: int = Field(default=12, ge=0, le=MOST_WEEKS, description="How many weeks to replay.")
    step: str = Field(
        default="1d", description=f"How often to score on the way, from {LEAST_STEP}."
    )
    top: int = Field(default=10, ge=0, le=MOST_NAMED, description="How many contacts to name.")

    @field_validator("step")
    @classmethod
    def _is_long_enough(cls, step: str) -> str:
        if parse_duration(step) < parse_duration(LEAST_STEP):
            msg = f"at least {LEAST_STEP}"
            raise ValueError(msg)
        return step


class OneSimulation(BaseModel):
    """A simulation that was asked for."""

    id: str
    state: str = Field(
        description="`waiting`, `running`, `done`, `refused` (the draft has problems), `failed` or "
        "`cancelled`."
    )
    share: float = Field(description="How much of it is done, from 0 to 1.")
    asked_at: str
    ended_at: str | None
    at: str = Field(description="Where the comparison ends.")
    weeks: int
    step: str
    top: int


class WholeSimulation(OneSimulation):
    """A simulation and what came of it."""

    result: dict[str, Any] | None = Field(
        description="What would become of everybody, in the shape of `heatsync simulate --json`."
    )
    problems: list[Advice] = Field(description="What is wrong with the draft, by file and line.")
    error: str | None = Field(description="Why it failed.")


class Simulations(BaseModel):
    """The simulations that this process still knows of."""

    simulations: list[OneSimulation] = Field(description="Latest first.")


@router.post(
    "/simulations",
    response_model=WholeSimulation,
    status_code=HTTPStatus.ACCEPTED,
    openapi_extra={"requestBody": {"content": {"text/yaml": {"schema": {"type": "string"}}}}},
)
async def begin(desk: TheDesk, draft: Draft) -> dict[str, Any]:
    """Simulate a draft beside the work of the daemon; nothing is written, nothing put in force.

    The body may also be one YAML file (`text/yaml`): its name as `file`, and `weeks`, `step` and
    `top`, then stand in the address. One simulation runs at a time, others wait.
    """
    configuration = desk.workspace().configuration
    present = files_in_force(configuration)
    question = Question(
        at=desk.clock.now(), weeks=draft.weeks, step=parse_duration(draft.step), top=draft.top
    )
    files = drafted(present, _named(draft.files, present))
    return desk.trials.ask(configuration, files, question).to_full_json()


@router.get("/simulations", response_model=Simulations)
async def listed(desk: TheDesk) -> dict[str, Any]:
    """List the last few simulations of this process, without what came of them."""
    return {"simulations": [each.to_json() for each in desk.trials.latest()]}


@router.get("/simulations/{simulation_id}", response_model=WholeSimulation, responses=MISSING)
async def shown(desk: TheDesk, simulation_id: _Id) -> dict[str, Any]:
    """Tell how far a simulation is, and what came of it; only the process that has it knows."""
    return desk.trials.find(simulation_id).to_full_json()


@router.delete("/simulations/{simulation_id}", response_model=WholeSimulation, responses=MISSING)
async def cancel(desk: TheDesk, simulation_id: _Id) -> dict[str, Any]:
    """End a simulation that is not over."""
    return (await desk.trials.cancel(simulation_id)).to_full_json()


def _named(files: Mapping[str, str | None], present: Mapping[str, str]) -> Mapping[str, str | None]:
    """Return the files of a draft with the name of the one that has none."""
    if "" not in files:
        return files
    if len(present) != 1:
        hint = f"one of {', '.join(f'`{name}`' for name in present)}, or a new one"
        problem = Problem(message="say the name of the file as `file`", path="files", hint=hint)
        raise ConfigError([problem])
    return {name or next(iter(present)): text for name, text in files.items()}
