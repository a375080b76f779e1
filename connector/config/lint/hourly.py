"""Conditions that time alone changes, nobody can tell when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.lint.subject import Remark
from connector.scoring.change.outlook import announced_hourly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.config.lint.subject import Subject


def looked_at_hourly(subject: Subject) -> Iterator[Remark]:
    """Find conditions and formulas whose contacts are scored every hour, for want of an instant."""
    for path in announced_hourly(subject.model):
        message = (
            "nothing tells when this changes with time alone, so its contacts are scored every hour"
        )
        yield Remark(path=path, message=message, hint="compare the number, not a text made of it")
