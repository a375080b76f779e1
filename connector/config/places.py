"""Where everything stands, and the problems found with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

Path: TypeAlias = tuple[str | int, ...]
"""The keys and list indexes that lead to a value."""

_BARE = re.compile(r"[\w.*/-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands."""

    file: str
    line: int
    text_line: int | None = None
    """Where the text of a literal block begins; None where line breaks were folded."""


@dataclass(slots=True, kw_only=True)
class Report:
    """Collects what is wrong, and what may surprise, each with its place."""

    places: Mapping[Path, Place]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, path: Path, message: str, hint: str | None = None) -> None:
        """Take a problem with what stands at `path`."""
        self.problems.append(self._problem(path, message, hint))

    def warn(self, path: Path, message: str, hint: str | None = None) -> None:
        """Take something surprising about what stands at `path`."""
        self.warnings.append(self._problem(path, message, hint))

    def add_in_text(
        self, path: Path, text: str, position: int | None, message: str, hint: str | None
    ) -> None:
        """Take a problem at a character of the text that stands at `path`."""
        problem = self._problem(path, message, hint)
        place = self.places.get(path)
        if place and place.text_line is not None and position is not None:
            line = place.text_line + text.count("\n", 0, position)
            problem = Problem(
                file=place.file, line=line, path=problem.path, message=message, hint=hint
            )
        self.problems.append(problem)

    def place(self, path: Path) -> Place | None:
        """Return where `path` stands, or the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if place := self.places.get(path[:length]):
                return place
        return None

    def _problem(self, path: Path, message: str, hint: str | None) -> Problem:
        place = self.place(path)
        return Problem(
            file=place.file if place else None,
            line=place.line if place else None,
            path=dotted(path) or None,
            message=message,
            hint=hint,
        )


def dotted(path: Path) -> str:
    """Return `path` as people write it: ``targets.crm.lists."Hot leads".when``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            word = step if _BARE.fullmatch(step) else f'"{step[:80]}"'
            text += f".{word}" if text else word
    return text


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return each problem once, by file and line."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda each: (each.file or "", each.line or 0)))
