"""What is left to do between the desired and the confirmed state of a contact; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.outbound import Desired, Outbound
    from connector.domain.values import Written
    from connector.scoring.model import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What must be written so that a platform shows what is desired."""

    attributes: Mapping[str, Written] = field(default_factory=dict)
    lists: Mapping[str, bool] = field(default_factory=dict)
    tags: Mapping[str, bool] = field(default_factory=dict)
    stage: str | None = None

    def __bool__(self) -> bool:
        """Return whether anything must be written."""
        return bool(self.attributes or self.lists or self.tags or self.stage is not None)


def difference(row: Outbound, target: Target) -> Difference:
    """Return what `row` still needs.

    A number that moved by less than the target's `change_of` is not worth a write. A list that
    the contact was in before us is left only when the list is our own.
    """
    desired, confirmed = row.desired, row.confirmed
    ours = {each.name for each in target.lists if each.own}
    return Difference(
        attributes={
            name: value
            for name, value in desired.attributes.items()
            if _is_worth_writing(value, confirmed, name, target.change_of)
        },
        lists={
            name: wanted
            for name, wanted in desired.lists.items()
            if wanted is not confirmed.lists.get(name, False)
            and (wanted or name not in row.adopted or name in ours)
        },
        tags={
            tag: wanted
            for tag, wanted in desired.tags.items()
            if wanted is not confirmed.tags.get(tag, False)
        },
        stage=desired.stage if desired.stage != confirmed.stage else None,
    )


def without(blocked: frozenset[str], left: Difference) -> Difference:
    """Return `left` but for leaving the lists in `blocked`."""
    lists = {name: wanted for name, wanted in left.lists.items() if wanted or name not in blocked}
    return replace(left, lists=lists)


def _is_worth_writing(
    value: Written, confirmed: Desired, name: str, change_of: float | None
) -> bool:
    if name not in confirmed.attributes:
        return value is not None
    known = confirmed.attributes[name]
    if isinstance(value, Decimal) and isinstance(known, Decimal):
        if value == known:
            return value.as_tuple().exponent != known.as_tuple().exponent
        return change_of is None or abs(value - known) >= Decimal(str(change_of))
    return (type(value), value) != (type(known), known)
