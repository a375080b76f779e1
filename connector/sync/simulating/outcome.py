"""What a simulation found: the draft beside the present model."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from connector.domain.durations import format_duration
from connector.domain.instants import iso
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.records import Person
    from connector.errors import Problem
    from connector.sync.deciding.versions import ModelChange
    from connector.sync.simulating.question import Question

Status: TypeAlias = Literal["both", "new", "gone"]
"""Whether something is in both models, only in the draft, or only in the present one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How the rounded scores of those who have one lie."""

    contacts: int
    mean: float | None
    least: float | None
    p10: float | None
    p25: float | None
    median: float | None
    p75: float | None
    p90: float | None
    most: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMove:
    """How many go from one stage to another, or stay; None is outside the population.

    Where one model has no stages of the score everybody is outside there.
    """

    before: str | None
    after: str | None
    contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChange:
    """What becomes of one score."""

    name: str
    status: Status
    before: Distribution | None
    after: Distribution | None
    rungs_before: Sequence[str] = ()
    """Stages of the present model, lowest first; empty when it has none."""
    rungs_after: Sequence[str] = ()
    moves: Sequence[StageMove] = ()
    """Empty when neither model has stages."""

    @property
    def moved(self) -> int:
        """Return how many contacts change stage."""
        return sum(each.contacts for each in self.moves if each.before != each.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChange:
    """Who comes into a list or gets a tag, and who leaves it."""

    platform: str
    kind: Literal["list", "tag"]
    name: str
    status: Status
    before: int
    after: int
    gained: int
    lost: int
    examples_gained: Sequence[int] = ()
    """Numbers of persons."""
    examples_lost: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekOfAlerts:
    """How often a trigger fires in one ISO week, the first and the last perhaps cut."""

    week: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChange:
    """How often one trigger fires."""

    trigger: str
    status: Status
    weeks: Sequence[WeekOfAlerts]

    @property
    def before(self) -> int:
        """Return how often it fires under the present model."""
        return sum(each.before for each in self.weeks)

    @property
    def after(self) -> int:
        """Return how often it fires under the draft."""
        return sum(each.after for each in self.weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one rule gives a contact under each model."""

    rule: str
    dimension: str | None
    before: float
    after: float
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A contact whose score becomes another; None is outside the population."""

    contact: int
    before: float | None
    after: float | None
    stage_before: str | None
    stage_after: str | None
    reasons: Sequence[Reason] = ()
    """What differs, the most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The answer to a question about a draft."""

    question: Question
    present: str
    """Digest of the present model."""
    draft: str
    contacts: int
    edits: Sequence[ModelChange]
    """Every place in which the draft differs."""
    scores: Sequence[ScoreChange]
    memberships: Sequence[MembershipChange]
    alerts: Sequence[AlertChange]
    movers: Mapping[str, Sequence[Mover]]
    """Per score of both models, who moves most."""
    persons: Mapping[int, Person]
    """Everybody who is named in it."""
    notes: Sequence[Problem] = ()
    """What cannot be told, or may surprise."""

    @property
    def start(self) -> datetime:
        """Return where the replay began."""
        return self.question.start

    def to_json(self) -> dict[str, object]:
        """Return the shape that `simulate --json` prints."""
        return {
            "at": iso(self.question.at),
            "since": iso(self.start),
            "step": format_duration(self.question.step),
            "present": self.present,
            "draft": self.draft,
            "contacts": self.contacts,
            "edits": [asdict(each) for each in self.edits],
            "scores": {each.name: _score_json(each) for each in self.scores},
            "memberships": [self._membership_json(each) for each in self.memberships],
            "alerts": {
                each.trigger: {
                    "status": each.status,
                    "before": each.before,
                    "after": each.after,
                    "weeks": [asdict(week) for week in each.weeks],
                }
                for each in self.alerts
            },
            "movers": {
                name: [self._mover_json(each) for each in movers]
                for name, movers in self.movers.items()
            },
            "notes": [problem_json(each) for each in self.notes],
        }

    def _membership_json(self, change: MembershipChange) -> dict[str, object]:
        return asdict(change) | {
            "examples_gained": [self._who(each) for each in change.examples_gained],
            "examples_lost": [self._who(each) for each in change.examples_lost],
        }

    def _mover_json(self, mover: Mover) -> dict[str, object]:
        return asdict(mover) | {"contact": self._who(mover.contact)}

    def _who(self, number: int) -> dict[str, object]:
        person = self.persons[number]
        return {"id": person.key, "email": person.email}


def _score_json(change: ScoreChange) -> dict[str, object]:
    return {
        "status": change.status,
        "before": asdict(change.before) if change.before else None,
        "after": asdict(change.after) if change.after else None,
        "moves": [asdict(each) for each in change.moves],
    }
