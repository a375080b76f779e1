"""The traps of platforms, as they are listed beside this file."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

HERE = Path(__file__).parent
TESTS = HERE.parent


class Trap(BaseModel):
    """What goes wrong elsewhere, what is done about it here, and what shows that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trap: str
    done: str
    shown: Mapping[str, Sequence[str]]
    """Names of tests by file, below tests/."""


def read_traps() -> Sequence[Trap]:
    """Return all traps, in the order in which they are listed."""
    listed = YAML(typ="safe", pure=True).load(HERE / "traps.yaml")
    return [Trap.model_validate(each) for each in listed]


def names_in(file: str) -> Iterator[str]:
    """Yield the names of what a file of tests defines."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
