"""What a file of scenarios may say: strict, so that a slip of the pen never passes for a proof."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

HERE = Path(__file__).parent
CASES = HERE / "cases"
LIST = HERE / "capabilities.txt"

_OFFSET = re.compile(r"[+-]?(?:\d+[smhdw])+")
_PART = re.compile(r"(\d+)([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def span(offset: str) -> timedelta:
    """Return what `-3d`, `0d` or `+30d1s` mean, counted from the start of a case."""
    if not _OFFSET.fullmatch(offset):
        msg = f"{offset!r} is no span such as -3d, 0d or +30d1s"
        raise ValueError(msg)
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(offset))
    return timedelta(seconds=-seconds if offset.startswith("-") else seconds)


def _is_span(offset: str) -> str:
    span(offset)
    return offset


Offset: TypeAlias = Annotated[str, AfterValidator(_is_span)]


class Said(BaseModel):
    """A part of a file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Happening(Said):
    """An event, or several alike; all other keys are its properties, `{n}` in them its number."""

    model_config = ConfigDict(extra="allow")

    at: Offset
    event: str
    times: int = 1
    every: Offset = "1h"
    """From one to the next."""
    arrives: Offset | None = None
    """When it becomes known; default: when it happens."""
    by: Literal["file", "api", "webhook"] = "file"
    """How heatsync is told of it."""

    @property
    def properties(self) -> dict[str, Any]:
        """Return what the event brings beside its type."""
        return dict(self.__pydantic_extra__ or {})


class Contact(Said):
    """Somebody; all other keys are what the contact is: columns of `contacts.csv`."""

    model_config = ConfigDict(extra="allow")

    platform: str | None = None
    """Where the contact is; default: the first platform."""
    created: Offset | None = None
    """Default: with the first event, else at the start."""
    events: list[Happening] = Field(default_factory=list)

    @property
    def columns(self) -> dict[str, Any]:
        """Return what the contact is."""
        return dict(self.__pydantic_extra__ or {})


class Expected(Said):
    """What is to be seen of a contact; other keys are names of results, such as `lead_stage`."""

    model_config = ConfigDict(extra="allow")

    lists: list[str] | None = None
    """All lists the contact is in, on any platform."""
    tags: list[str] | None = None
    written: dict[str, str] | None = None
    """Fields of the platform."""
    platforms: list[str] | None = None
    """The platforms that know the contact."""
    has_scores: bool | None = None
    """Whether any score is known."""
    by_hand: dict[str, str] | None = None
    """Scores that a person has decided, and why."""
    why: dict[str, float] | None = None
    """Points by rule; a rule that gives nothing has 0."""

    @property
    def asks_why(self) -> bool:
        """Return whether more is asked than what was decided and written."""
        asked = (self.why, self.by_hand, self.has_scores, self.platforms)
        return any(each is not None for each in asked)

    @property
    def results(self) -> dict[str, Any]:
        """Return the expected scores, stages, grades, dimensions and traits by name."""
        return dict(self.__pydantic_extra__ or {})


class Decision(Said):
    """What a person decides in place of a computed score; without a value it is taken back."""

    contact: str
    score: str
    value: float | None = None
    reason: str = ""


class Replay(Said):
    """An edit that is not made: what it would do is replayed over the past."""

    change: dict[str, Any]
    moves: dict[str, dict[str, int]]
    """By score, how many contacts would go from one stage to another: `warm to hot`."""


class Step(Said):
    """An instant at which a cycle runs, what was edited before, and what is to be seen then."""

    at: Offset = "0d"
    looking_back_to: Offset | None = None
    """Explain as of this instant, and run no cycle."""
    change: dict[str, Any] = Field(default_factory=dict)
    """Edits of the mapping: a path of keys, and the new value; nothing takes the key away."""
    decide: Decision | None = None
    expect: dict[str, Expected] = Field(default_factory=dict)
    fired: dict[str, list[str]] | None = None
    """Which triggers fire at this step, and for whom; none other does."""
    deeds: dict[str, list[str]] | None = None
    """What is to be done for each contact because triggers fired at this step."""
    handed_over: dict[str, list[str]] = Field(default_factory=dict)
    """Actions that the platform was given for each contact so far."""
    arrived: dict[str, list[str]] = Field(default_factory=dict)
    """What simulated platforms did for each contact so far."""
    filled: dict[str, dict[str, str]] | None = None
    """What fills the parameters of these deeds, by contact."""
    top: dict[str, list[str]] = Field(default_factory=dict)
    """The hottest of each score, in order."""
    table: dict[str, dict[str, str]] | None = None
    """What `export` gives for each contact: score or grade, and its value or label."""
    cohorts: dict[str, dict[str, dict[str, float]]] = Field(default_factory=dict)
    """Of each score, by month of arrival: the average at the end of each month, or now."""
    advice: list[str] | None = None
    """What `check` advises, each in part; nothing else."""
    replay: Replay | None = None
    recorded: dict[str, list[Any]] | None = None
    """Which parts of the model the last edit changed: old and new value."""


class Case(Said):
    """Given contacts and their events, what heatsync makes of them."""

    shows: str
    preset: str | None = None
    variant: str | None = None
    beside: str | None = None
    """A second preset whose files are read in the same folder."""
    mapping: str | None = None
    """A mapping of its own, where no preset shows the capability."""
    change: dict[str, Any] = Field(default_factory=dict)
    """Edits of the preset, as in a step."""
    contacts: dict[str, Contact] = Field(default_factory=dict)
    steps: list[Step] = Field(min_length=1)


class Capability(Said):
    """One sentence that the product has to keep, and the cases that show it."""

    sentence: str
    waits: str | None = None
    """What is not shown yet, and what it waits for; then it does not count as passed."""
    cases: list[Case] = Field(default_factory=list)


def read_capabilities() -> dict[str, Capability]:
    """Return all capabilities by id, in the order of their numbers."""
    found: dict[str, Capability] = {}
    for _, written in read_files():
        found |= written
    return dict(sorted(found.items(), key=lambda entry: int(entry[0][1:])))


@cache
def read_files() -> list[tuple[str, dict[str, Capability]]]:
    """Return the name of each file of cases, and what it holds."""
    yaml = YAML(typ="safe", pure=True)
    return [
        (path.name, {each: Capability.model_validate(said) for each, said in raw.items()})
        for path in sorted(CASES.glob("*.yaml"))
        for raw in [yaml.load(path.read_text(encoding="utf-8"))]
    ]


def read_list() -> dict[str, str]:
    """Return the sentences that are asked for, by id."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)
