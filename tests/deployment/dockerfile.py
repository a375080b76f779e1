"""Reads a Dockerfile: its stages, and the steps of each in the words of its author."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One instruction."""

    name: str
    """``RUN``, ``COPY``, ..."""
    text: str
    """What stands behind it, as one line."""

    @property
    def words(self) -> Sequence[str]:
        """Return its words: of the JSON form, or as a shell would take them apart."""
        if self.text.startswith("["):
            words: list[str] = json.loads(self.text)
            return words
        return shlex.split(self.text)

    @property
    def options(self) -> Mapping[str, str]:
        """Return the options that stand before its words, as ``--from=build``."""
        leading = re.match(r"(?:--\S+\s+)*", self.text)
        found = leading.group().split() if leading else []
        return dict(each.removeprefix("--").split("=", 1) for each in found)

    @property
    def rest(self) -> Step:
        """Return the same instruction without its options."""
        return Step(name=self.name, text=re.sub(r"^(?:--\S+\s+)*", "", self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is made from one base."""

    base: str
    name: str | None
    steps: list[Step] = field(default_factory=list)

    def all(self, name: str) -> Sequence[Step]:
        """Return its instructions by that name."""
        return [step for step in self.steps if step.name == name]

    def last(self, name: str) -> Step:
        """Return the instruction by that name that counts; raises IndexError without one."""
        return self.all(name)[-1]

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what ENV sets; its own variables are not filled in."""
        return dict(word.split("=", 1) for step in self.all("ENV") for word in step.words)


def read_stages(path: Path = ROOT / "Dockerfile") -> Sequence[Stage]:
    """Return the stages of a Dockerfile, each ARG before the first with its default."""
    given: dict[str, str] = {}
    stages: list[Stage] = []
    for step in _steps(path.read_text(encoding="utf-8")):
        if step.name == "ARG" and not stages:
            name, _, default = step.text.partition("=")
            given[name] = default
        elif step.name == "FROM":
            base, *named = step.text.split()
            base = re.sub(r"\$\{(\w+)\}", lambda found: given[found[1]], base)
            stages.append(Stage(base=base, name=named[1] if named else None))
        else:
            stages[-1].steps.append(step)
    return stages


def _steps(text: str) -> Iterator[Step]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield Step(name=name.upper(), text=rest.strip())
