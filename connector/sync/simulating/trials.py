"""Trials: simulations that somebody asked of a process that serves, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from connector.domain.durations import format_duration
from connector.domain.instants import iso
from connector.errors import ConfigError, NotFound, Problem
from connector.sync.summary import placed_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.config.configuration import Configuration
    from connector.sync.simulating.question import Question


class TrialState(StrEnum):
    """How a trial stands."""

    WAITING = "waiting"
    """Another one is under way."""
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    """The draft has problems."""
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Return whether nothing more comes of it."""
        return self not in {TrialState.WAITING, TrialState.RUNNING}


class TooManyWait(ConfigError):
    """So many trials wait already that no other one is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A draft that somebody wants to know the effect of."""

    id: str
    asked_at: datetime
    question: Question
    files: Mapping[str, str]
    """The text of each file of the draft, by its name."""
    state: TrialState = TrialState.WAITING
    share: float = 0.0
    """How much of it is done, from 0 to 1."""
    ended_at: datetime | None = None
    result: Mapping[str, Any] | None = None
    """What came of it, in the shape of `simulate --json`."""
    problems: Sequence[Problem] = ()
    """What is wrong with the draft, by file and line."""
    error: str | None = None
    """Why it failed."""

    def to_json(self) -> dict[str, object]:
        """Return the trial as machines read it, without its result."""
        return {
            "id": self.id,
            "state": self.state.value,
            "share": round(self.share, 3),
            "asked_at": iso(self.asked_at),
            "ended_at": iso(self.ended_at) if self.ended_at else None,
            "at": iso(self.question.at),
            "weeks": self.question.weeks,
            "step": format_duration(self.question.step),
            "top": self.question.top,
        }

    def to_full_json(self) -> dict[str, object]:
        """Return the trial with all that came of it."""
        problems = [placed_json(each) for each in self.problems]
        told = {"result": self.result, "problems": problems, "error": self.error}
        return {**self.to_json(), **told}


class Trials(Protocol):
    """Simulates one draft after the other beside the work of the process, and writes nothing."""

    def ask(self, present: Configuration, files: Mapping[str, str], question: Question) -> Trial:
        """Begin a trial of a draft, or have it wait for those before it.

        `files` are all of the draft, by name. Raises TooManyWait.
        """
        ...

    def find(self, trial_id: str) -> Trial:
        """Return a trial as it stands; raises NotFound for one that is not kept."""
        ...

    def latest(self) -> Sequence[Trial]:
        """Return the trials that are kept, latest first."""
        ...

    async def cancel(self, trial_id: str) -> Trial:
        """End a trial that is not over, and return it; raises NotFound."""
        ...

    def let_go(self) -> None:
        """Let go of whatever names people: one of them was erased."""
        ...


class NoTrials:
    """Tries nothing."""

    def ask(self, present: Configuration, files: Mapping[str, str], question: Question) -> Trial:  # noqa: ARG002 - nothing is tried
        """Raise ConfigError."""
        raise ConfigError([Problem(message="this process simulates nothing")])

    def find(self, trial_id: str) -> Trial:  # noqa: ARG002 - none is known
        """Raise NotFound."""
        raise NotFound("there is no such simulation")

    def latest(self) -> Sequence[Trial]:
        """Return none."""
        return ()

    async def cancel(self, trial_id: str) -> Trial:
        """Raise NotFound."""
        return self.find(trial_id)

    def let_go(self) -> None:
        """Hold nothing, as before."""
