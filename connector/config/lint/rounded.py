"""Numbers that platforms show otherwise than they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.lint.subject import Remark
from connector.scoring.model import RESULT_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.config.lint.subject import Subject


def numbers_rounded(subject: Subject) -> Iterator[Remark]:
    """Find numbers that are rounded when they are written, as their field keeps fewer decimals."""
    scores = subject.model.scores
    for platform, target in subject.model.targets.items():
        for each in target.attributes:
            own = scores[each.source].digits if each.source in scores else RESULT_DIGITS
            if each.digits is None or own <= each.digits:
                continue
            kept = f"at most {each.digits} decimals" if each.digits else "whole numbers"
            path = ("targets", platform, "attributes", each.field)
            message = f"`{each.field}` takes {kept}: `{each.source}` is rounded when it is written"
            yield Remark(path=path, message=message)
