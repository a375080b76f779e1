"""The one namespace of conditions: who has which name, and which names nobody may have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.conditions.words import IN_LIST, INSTANT_LITERALS, RESERVED
from connector.config.hints import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.config.files import Written
    from connector.config.places import Path, Report

DEFAULT_DIMENSION = "engagement"
DEFAULT_SCORE = "score"

_LABEL = re.compile(r"[^(\s][^\n\r\t]{0,99}")
"""What begins with a parenthesis is ours: explanations name limits and overrides so."""

_FORM = re.compile(r"[a-z][a-z0-9_]{0,62}")
_TAKEN = RESERVED | {IN_LIST.lower()} | {word.lower() for word in INSTANT_LITERALS}


def check_name(path: Path, name: str, report: Report) -> None:
    """Report a name that conditions could not use."""
    if not _FORM.fullmatch(name):
        hint = "a lower-case letter, then at most 62 lower-case letters, digits and underscores"
        report.add(path, f"{shown(name)} cannot be a name", hint)
    elif name in _TAKEN:
        report.add(path, f"{shown(name)} is a keyword of SQL", "choose another name")


def check_names_of_rules(written: Written, report: Report) -> None:
    """Report names of rules, groups and triggers that lists and reports could not show."""
    for section in (("model", "rules"), ("model", "groups"), ("triggers",)):
        for name in written.names(*section):
            if not _LABEL.fullmatch(name):
                hint = "up to 100 characters in one line, not beginning with `(` or a blank"
                report.add((*section, name), f"{shown(name)} cannot be a name", hint)


def check_namespace(written: Written, report: Report) -> None:
    """Report names that are unfit, and names that two things share."""
    owners: dict[str, tuple[str, Path]] = {}
    for name, what, path in _names(written):
        if path[-1] == name:
            check_name(path, name, report)
        first = owners.setdefault(name, (what, path))
        if first != (what, path):
            _report_clash(name, what, path, first, report)


def _report_clash(
    name: str, what: str, path: Path, first: tuple[str, Path], report: Report
) -> None:
    place = report.place(first[1])
    where = f" at {place.file}:{place.line}" if place else ""
    report.add(
        path,
        f"the {what} {shown(name)} clashes with the {first[0]} of that name{where}",
        "attributes, traits, dimensions, scores, stages and grades share one namespace",
    )


def _names(written: Written) -> Iterator[tuple[str, str, Path]]:
    """Yield each name, what has it, and where that stands."""
    for name in written.names("attributes"):
        yield name, "attribute", ("attributes", name)
    if "model" not in written.values:
        return
    for section, what in (("traits", "trait"), ("dimensions", "dimension"), ("scores", "score")):
        for name in written.names("model", section):
            yield name, what, ("model", section, name)
    for name in written.names("model", "grades"):
        yield name, "grade", ("model", "grades", name)
    yield from _implied(written)


def _implied(written: Written) -> Iterator[tuple[str, str, Path]]:
    """Yield the names that exist without standing anywhere as a key."""
    if not written.names("model", "dimensions"):
        yield DEFAULT_DIMENSION, "default dimension", ("model",)
    if not written.names("model", "scores"):
        yield DEFAULT_SCORE, "default score", ("model",)
    for name in written.names("model", "scores"):
        if "stages" in written.names("model", "scores", name):
            yield f"{name}_stage", "stage", ("model", "scores", name, "stages")
