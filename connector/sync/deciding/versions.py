"""Versions of the model: what each digest stands for, and what changed from one to the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from connector.domain.instants import iso
from connector.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.config.configuration import Configuration
    from connector.domain.ledger import HistoryEntry
    from connector.ports.store import Transaction

_SHORT = 8

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | bool | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """A model that decided something, by the number under which people speak of it."""

    number: int
    """Counts models by their first use, from 1 on."""
    digest: str
    since: datetime
    """When it was used first."""
    source: str
    """All that scores and decisions depended on, as canonical JSON."""

    @property
    def short(self) -> str:
        """Return the beginning of the digest, which is enough to tell versions apart."""
        return self.digest[:_SHORT]

    def to_json(self) -> dict[str, object]:
        """Return the version without its source, as machines read it."""
        return {"number": self.number, "digest": self.digest, "since": iso(self.since)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """One place in which two versions differ."""

    path: str
    """The place, as ``rules.opened.points``."""
    before: Json
    """None where it was not there."""
    after: Json
    """None where it is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """That a person's score, stage or grade was another when a version came into use."""

    name: str
    before: HistoryEntry
    after: HistoryEntry
    version: ModelVersion


async def remember_version(tx: Transaction, configuration: Configuration, at: datetime) -> None:
    """Remember what the digest of `configuration` stands for, used at `at`."""
    await tx.scores.save_model(configuration.digest, configuration.source, at)


async def versions(tx: Transaction) -> Sequence[ModelVersion]:
    """Return every version that decided something, oldest first."""
    models = await tx.scores.models()
    ordered = sorted(models.items(), key=lambda each: each[1][0])
    return [
        ModelVersion(number=number, digest=digest, since=since, source=source)
        for number, (digest, (since, source)) in enumerate(ordered, start=1)
    ]


async def version_called(tx: Transaction, text: str) -> ModelVersion:
    """Return the version with this number, or whose digest begins so; raises NotFound."""
    known = await versions(tx)
    for version in known:
        if text == str(version.number):
            return version
    alike = [each for each in known if len(text) >= _SHORT and each.digest.startswith(text)]
    if len(alike) == 1:
        return alike[0]
    msg = f"no version of the model is called {text} (heatsync models lists them)"
    raise NotFound(msg)


def version_at(
    known: Sequence[ModelVersion], history: Sequence[HistoryEntry], at: datetime
) -> ModelVersion | None:
    """Return the version that made what a person's `history` says of `at`; None: nothing yet."""
    models = [entry.model for entry in history if entry.at <= at]
    return next((each for each in known if models and each.digest == models[-1]), None)


def edits(
    known: Sequence[ModelVersion], history: Sequence[HistoryEntry], at: datetime
) -> Sequence[Edit]:
    """Return what became another, not after `at`, at the very first use of a version."""
    by_digest = {each.digest: each for each in known}
    latest: dict[str, HistoryEntry] = {}
    found: list[Edit] = []
    for entry in history:
        before, version = latest.get(entry.name), by_digest.get(entry.model)
        latest[entry.name] = entry
        if before is None or version is None or before.model == entry.model or entry.at > at:
            continue
        if entry.at <= version.since:
            found.append(Edit(name=entry.name, before=before, after=entry, version=version))
    return found


def changes_between(before: str, after: str) -> Sequence[ModelChange]:
    """Return every place in which two sources differ, with the old and the new value."""
    return list(_changes("", json.loads(before), json.loads(after)))


def _changes(path: str, before: Json, after: Json) -> Iterator[ModelChange]:
    old, new = _parts(before), _parts(after)
    if old is None or new is None:
        if before != after:
            yield ModelChange(path=path, before=before, after=after)
        return
    for name in [*old, *(name for name in new if name not in old)]:
        below = f"{path}.{name}" if path else name
        yield from _changes(below, old.get(name), new.get(name))


def _parts(value: Json) -> Mapping[str, Json] | None:
    """Return what a value is made of by name, None when it is one thing."""
    if isinstance(value, list):
        named = {
            str(each["name"]): each for each in value if isinstance(each, dict) and "name" in each
        }
        return named if value and len(named) == len(value) else None
    return value if isinstance(value, dict) else None
