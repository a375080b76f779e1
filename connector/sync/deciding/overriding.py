"""A person's decision in place of a computed score: recorded, shown, reversible."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from connector.domain.ledger import Override
from connector.errors import ConfigError, NotFound, Problem

if TYPE_CHECKING:
    from connector.domain.records import Person
    from connector.sync.workspace import Workspace


async def set_override(
    workspace: Workspace, text: str, score: str, value: float, reason: str
) -> Person:
    """Put `value` in place of a person's computed `score` from the next scoring on.

    Raises NotFound for an unknown person, ConfigError for an unknown score, a value outside its
    range, or a missing reason.
    """
    _check(workspace, score, value, reason)
    async with workspace.state.write() as tx:
        person = await tx.contacts.find(text)
        if person is None:
            raise _nobody(text)
        await tx.scores.override(
            Override(
                contact=person.contact,
                score=score,
                value=value,
                reason=reason.strip(),
                made_at=workspace.clock.now(),
            )
        )
        await tx.contacts.touch([person.contact])
    return person


async def clear_override(workspace: Workspace, text: str, score: str) -> Person:
    """End a person's override of `score`; raises NotFound when there is none."""
    async with workspace.state.write() as tx:
        person = await tx.contacts.find(text)
        if person is None:
            raise _nobody(text)
        if not await tx.scores.clear_override(person.contact, score, workspace.clock.now()):
            msg = f"{text} has no override of {score}"
            raise NotFound(msg)
        await tx.contacts.touch([person.contact])
    return person


def _check(workspace: Workspace, score: str, value: float, reason: str) -> None:
    scores = workspace.configuration.model.scores
    problems: list[Problem] = []
    if score not in scores:
        known = ", ".join(scores) or "none"
        problems.append(Problem(message=f"there is no score {score}; known: {known}"))
    elif not _is_within(value, scores[score].low, scores[score].high):
        span = _span(scores[score].low, scores[score].high)
        problems.append(Problem(message=f"{value:g} is outside the range of {score}: {span}"))
    if not reason.strip():
        problems.append(Problem(message="give a reason: it is shown by explain"))
    if problems:
        raise ConfigError(problems)


def _is_within(value: float, low: float | None, high: float | None) -> bool:
    return (
        math.isfinite(value) and (low is None or value >= low) and (high is None or value <= high)
    )


def _span(low: float | None, high: float | None) -> str:
    """Return the numbers from `low` to `high` in words."""
    if low is None and high is None:
        return "any finite number"
    if low is None:
        return f"up to {high:g}"
    return f"{low:g} and more" if high is None else f"{low:g} to {high:g}"


def _nobody(text: str) -> NotFound:
    return NotFound(f"nobody is known as {text} (give an e-mail address, our id, or platform:id)")
