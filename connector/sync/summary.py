"""What a cycle did, as people and machines are told."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.errors import (
    ConnectorError,
    LeftAlone,
    PlatformUnavailable,
    Problem,
    Recovery,
    RejectedByPlatform,
    is_locked_out,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

EXIT_REFUSED = 69
EXIT_TRY_AGAIN = 75
_LOCKED_OUT = "`heatsync check` says what to do"


@dataclass(slots=True, kw_only=True)
class Summary:
    """The outcome of one cycle, or of one part of it."""

    at: datetime
    pulled: dict[str, dict[str, int]] = field(default_factory=dict)
    """Per platform, the contacts and events it handed over."""
    scored: int = 0
    stages: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Per score, how many persons stand in each stage now."""
    deliveries: dict[str, dict[str, int]] = field(default_factory=dict)
    """Per platform: delivered, unchanged, failed, dead, calls."""
    drift: dict[str, dict[str, int]] = field(default_factory=dict)
    """Per platform where somebody changed values of ours: how many were repaired and kept."""
    erased: Counter[str] = field(default_factory=Counter)
    """Per platform, how many persons are erased here, since it erased them for privacy."""
    triggers: dict[str, int] = field(default_factory=dict)
    """For how many contacts each trigger fired."""
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Platforms of which something could not be pulled."""
    unpulled: set[str] = field(default_factory=set)
    """Platforms from which nothing is ever pulled: they call, or are only told."""
    failures: dict[str, list[ConnectorError]] = field(default_factory=dict)
    """What kept each platform from being pulled or written; also told among the problems."""

    def failed(self, platform: str, errors: Sequence[ConnectorError]) -> None:
        """Take note of what went wrong with a platform."""
        for error in errors:
            problem = Problem(
                message=str(error).removeprefix(f"{platform}: "),
                path=platform,
                hint=_LOCKED_OUT if is_locked_out(error) else None,
            )
            # A folder that is gone ends each stream with the same words: once is enough. So it is
            # of a platform that failed until it was left alone.
            is_told = problem in self.problems or (
                isinstance(error, LeftAlone) and self._is_down(platform)
            )
            if not is_told:
                self.problems.append(problem)
            self.failures.setdefault(platform, []).append(error)

    def fired(self, counts: Mapping[str, int]) -> None:
        """Count for how many contacts each trigger fired."""
        for name, count in counts.items():
            self.triggers[name] = self.triggers.get(name, 0) + count

    def _is_down(self, platform: str) -> bool:
        failures = self.failures.get(platform, ())
        return any(isinstance(error, PlatformUnavailable) for error in failures)

    @property
    def errors(self) -> Sequence[ConnectorError]:
        """Return what kept any platform from being pulled or written."""
        return [error for errors in self.failures.values() for error in errors]

    @property
    def refused_by(self) -> frozenset[str]:
        """Return the platforms that refuse the key."""
        return frozenset(
            name for name, errors in self.failures.items() if any(map(is_locked_out, errors))
        )

    @property
    def asked(self) -> frozenset[str]:
        """Return the platforms that were asked for anything."""
        written = {name for name, counts in self.deliveries.items() if counts["calls"]}
        return frozenset(written | self.pulled.keys())

    @property
    def exit_code(self) -> int:
        """Return 0, 69 when a platform refused us, 75 when trying again may help."""
        codes = set(map(_code_of, self.errors))
        if any(counts["failed"] for counts in self.deliveries.values()):
            codes.add(EXIT_TRY_AGAIN)
        if EXIT_REFUSED in codes:
            return EXIT_REFUSED
        return max(codes, default=0)

    def to_json(self) -> dict[str, object]:
        """Return the shape that `sync --json` prints."""
        return {
            "at": iso(self.at),
            **({"refused": sorted(self.refused_by)} if self.refused_by else {}),
            "pulled": self.pulled,
            "scored": self.scored,
            "stages": {score: dict(stages) for score, stages in self.stages.items()},
            "deliveries": self.deliveries,
            **({"drift": self.drift} if self.drift else {}),
            **({"erased": dict(self.erased)} if self.erased else {}),
            "triggers": self.triggers,
            "problems": [problem_json(problem) for problem in self.problems],
        }


def _code_of(error: ConnectorError) -> int:
    if error.recovery is Recovery.RETRY:
        return EXIT_TRY_AGAIN
    # A single item may be turned down; here it was all that was asked for.
    return EXIT_REFUSED if isinstance(error, RejectedByPlatform) else error.exit_code


def problem_json(problem: Problem) -> dict[str, object]:
    """Return a problem with the places that are known."""
    return {name: value for name, value in placed_json(problem).items() if value is not None}


def placed_json(problem: Problem) -> dict[str, object]:
    """Return a problem with all that may be known of its place, None for what is not."""
    told = asdict(problem)
    told.pop("is_advice")
    return told
