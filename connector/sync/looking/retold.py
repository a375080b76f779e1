"""An explanation that another process gave, put together again from what it told machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.domain.instants import parse_instant
from connector.domain.ledger import HistoryEntry, Override
from connector.domain.records import Person
from connector.sync.deciding.versions import Edit, ModelVersion
from connector.sync.looking.explaining import Contribution, Explanation
from connector.sync.looking.forecast import Turn
from connector.sync.looking.ranking import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def retold(told: Mapping[str, Any]) -> Explanation:
    """Return the explanation of which `told` is the JSON; instants among traits stay texts."""
    contact = told["contact"]
    return Explanation(
        person=Person(contact=NOBODY, key=contact["id"], email=contact["email"]),
        platforms=contact["platforms"],
        at=parse_instant(told["at"]),
        model=told["model"],
        is_excluded=told["excluded"],
        scores=told["scores"],
        rounded=told["rounded"],
        stages=told["stages"],
        grades=told["grades"],
        dimensions=told["dimensions"],
        traits=told["traits"],
        lists=told["lists"],
        contributions=[_contribution(each) for each in told["contributions"]],
        next_change_at=_instant(told["next_change_at"]),
        turn=_turn(told["next_stage"]) if told["next_stage"] else None,
        overrides=[_override(each) for each in told["overrides"]],
        version=_version(told["version"]),
        decided_by=_version(told["decided_by"]),
        edits=[_edit(each) for each in told["edits"]],
    )


def _contribution(told: Mapping[str, Any]) -> Contribution:
    instants = {name: _instant(told[name]) for name in ("first_at", "last_at")}
    return Contribution(**{**told, **instants})


def _turn(told: Mapping[str, Any]) -> Turn:
    return Turn(
        score=told["score"],
        at=parse_instant(told["at"]),
        before=told["from"],
        after=told["to"],
        is_fall=told["is_fall"],
    )


def _override(told: Mapping[str, Any]) -> Override:
    return Override(
        contact=NOBODY,
        score=told["score"],
        value=told["value"],
        reason=told["reason"],
        made_at=parse_instant(told["made_at"]),
    )


def _version(told: Mapping[str, Any] | None) -> ModelVersion | None:
    if told is None:
        return None
    since = parse_instant(told["since"])
    return ModelVersion(number=told["number"], digest=told["digest"], since=since, source="")


def _edit(told: Mapping[str, Any]) -> Edit:
    at = parse_instant(told["at"])
    before, after = (
        HistoryEntry(name=told["name"], at=at, value=None, model="", **told[side])
        for side in ("before", "after")
    )
    version = ModelVersion(number=told["version"], digest="", since=at, source="")
    return Edit(name=told["name"], before=before, after=after, version=version)


def _instant(told: str | None) -> datetime | None:
    return None if told is None else parse_instant(told)
