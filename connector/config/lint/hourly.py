"""Contacts who are scored again and again for no other reason than that time goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.lint.subject import Remark
from connector.scoring.change.outlook import announced_hourly, moving

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


def shown_while_moving(subject: Subject) -> Iterator[Remark]:
    """Find numbers that cool or grow at every moment and are shown to platforms with decimals."""
    model = subject.model
    moves = moving(model)
    for platform, target in model.targets.items():
        for each in target.attributes:
            if each.source not in moves or not each.digits:
                continue
            message = (
                f"the decimals of `{each.source}` change many times a day with time alone, and its "
                "contacts are scored as often"
            )
            hint = f"write a score instead, `formula: {each.source}`: it has no decimals"
            if each.source in model.traits:
                hint = "write the instant instead: a trait with `last`"
            path = ("targets", platform, "attributes", each.field)
            yield Remark(path=path, message=message, hint=hint)
