"""What was written, as models; whatever is wrong is reported and left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from connector.config.places import Path, Report
from connector.config.wording import findings
from connector.mapping.base import Language
from connector.mapping.document import Document
from connector.mapping.events import ContentEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.files import Plain, Written

Model = TypeVar("Model", bound=BaseModel)

_UNITS: tuple[Path, ...] = (
    *((name, "*") for name in ("platforms", "attributes", "triggers", "contacts")),
    *(("events", name, "*") for name in ("rename", "properties")),
    *(("model", name, "*") for name in ("dimensions", "groups", "traits", "rules")),
    ("model", "scores", "*", "*"),
    *(("model", name, "*") for name in ("scores", "grades")),
    *(("targets", "*", name, "*") for name in ("attributes", "lists", "tags")),
    ("targets", "*", "*"),
    ("events", "*"),
    ("model", "*"),
)
"""What is left out when something in it is wrong; elsewhere it is the wrong key alone."""

_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What could be read, and what had to be left out."""

    document: Document
    content: Mapping[int, ContentEntry]
    """By their place in the list; the document itself holds none."""
    broken: frozenset[Path]
    """Where the things stand that were left out; their problems are reported."""


def check_document(written: Written, report: Report) -> Checked:
    """Return the document without its wrong parts, each of which is reported."""
    values = _copy(written.values)
    if "version" not in values and not written.problems:
        report.add((), "`version: 1` is missing", "write it at the top of one file")
    elif values.get("version", 1) != 1 or values.get("version") is True:
        report.add(("version",), "this version of the language is not known", "write `version: 1`")
    values["version"] = 1
    content = _check_content(values, report)
    broken: set[Path] = set()
    for _ in range(_MOST_ROUNDS):
        outcome = _read(Document, values, (), report)
        if isinstance(outcome, Document):
            return Checked(document=outcome, content=content, broken=frozenset(broken))
        units = {_unit(path) for path in outcome}
        broken |= units
        for unit in units:
            _remove(values, unit)
    return Checked(document=Document(version=1), content=content, broken=frozenset(broken))


def check_model(model: type[Model], values: Plain, path: Path, report: Report) -> Model | None:
    """Return `values` as a `model`, None when something in it, which is reported, is wrong."""
    outcome = _read(model, values, path, report)
    return outcome if isinstance(outcome, BaseModel) else None


def _read(model: type[Model], values: Plain, path: Path, report: Report) -> Model | list[Path]:
    """Return the model, or where something is wrong; that is reported.

    Reading JSON is what makes strictness useful to adapters: a text may become a path, but never
    a number. Models of the language are strict by themselves.
    """
    is_strict = None if issubclass(model, Language) else True
    try:
        return model.model_validate_json(json.dumps(values), strict=is_strict)
    except ValidationError as error:
        found = findings(error.errors(include_url=False), model)
    for each in found:
        report.add((*path, *each.path), each.message, each.hint)
    return [each.path for each in found]


def _check_content(values: dict[str, Plain], report: Report) -> dict[int, ContentEntry]:
    """Take the catalogue out of `values`, entry by entry, so that each keeps its place."""
    if not isinstance(values.get("content"), list):
        return {}
    entries = values.pop("content")
    checked = {
        index: check_model(ContentEntry, entry, ("content", index), report)
        for index, entry in enumerate(entries if isinstance(entries, list) else ())
    }
    return {index: entry for index, entry in checked.items() if entry}


def _unit(path: Path) -> Path:
    for unit in _UNITS:
        if len(path) >= len(unit) and all(a in ("*", b) for a, b in zip(unit, path, strict=False)):
            return path[: len(unit)]
    return path


def _copy(values: Plain) -> dict[str, Plain]:
    copied = json.loads(json.dumps(values))
    return copied if isinstance(copied, dict) else {}


def _remove(values: Plain, path: Path) -> None:
    """Take out what stands at `path`; what is not there has been left out before."""
    here = values
    for step in path[:-1]:
        here = here.get(str(step)) if isinstance(here, dict) else None
    if isinstance(here, dict) and path:
        here.pop(str(path[-1]), None)
