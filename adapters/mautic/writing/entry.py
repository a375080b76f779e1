"""One change of attributes, sorted into what is told, what is counted, and what waits; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.mautic.groups import is_group
from adapters.mautic.writing.values import BLANK, Told, Unfit, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.http import Json
    from adapters.mautic.account import Row
    from adapters.mautic.definitions import Definition
    from adapters.mautic.writing.values import Rules
    from connector.domain.changes import AttributeChange
    from connector.domain.values import Written

OVERWRITE = "overwriteWithBlank"
"""What makes blanks empty a field; the fields that a request does not name stay as they are."""

_MOST_POINTS = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is written for one contact."""

    change: AttributeChange
    told: Mapping[str, Told]
    points: Mapping[str, int]
    """By the fields that are groups of points."""
    unready: Mapping[str, str] = field(default_factory=dict)
    """What is left out, each with why."""

    @property
    def body(self) -> Mapping[str, Json]:
        """Return the values as they are sent."""
        values: dict[str, Json] = {name: each.raw for name, each in self.told.items()}
        return {**values, OVERWRITE: True} if BLANK in values.values() else values

    @property
    def rounded(self) -> frozenset[str]:
        """Return the groups whose points are not quite the number that was wanted."""
        return frozenset(
            name for name, each in self.points.items() if self.change.values[name] != each
        )

    def is_shown_by(self, row: Row) -> bool:
        """Return whether a contact shows all that it was told."""
        shown = values_of(row)
        return all(
            name in shown and each.is_shown_by(shown[name]) for name, each in self.told.items()
        )

    def without(self, refused: Mapping[str, str]) -> Entry:
        """Return what is left to tell once Mautic has refused some of it, for these reasons."""
        left = {name: each for name, each in self.told.items() if name not in refused}
        why = {
            name: f"Mautic refuses what is written to `{name}`: {words}"
            for name, words in refused.items()
        }
        return replace(self, told=left, unready={**self.unready, **why})

    def kept(self, row: Row) -> frozenset[str]:
        """Return the fields that go on showing something else, by a rule of Mautic's own."""
        shown = values_of(row)
        return frozenset(
            name
            for name, each in self.told.items()
            if each.is_kept_otherwise(shown.get(name), self.change.values[name])
        )


def entry_of(
    change: AttributeChange,
    definitions: Mapping[str, Definition],
    groups: Mapping[str, int],
    rules: Rules,
) -> Entry:
    """Return a change in Mautic's words."""
    values: dict[str, Told] = {}
    points: dict[str, int] = {}
    unready: dict[str, str] = {}
    for name, value in change.values.items():
        try:
            if is_group(name):
                points[name] = _points(name, value, groups)
            else:
                present = _present(name, definitions)
                values[name] = told(value, present, rules, is_copy=name in change.copied)
        except Unfit as error:
            unready[name] = str(error)
    return Entry(change=change, told=values, points=points, unready=unready)


def values_of(row: Row) -> Mapping[str, Json]:
    """Return the values of a contact by alias; none where it shows none."""
    fields = row.get("fields")
    found = fields.get("all") if isinstance(fields, dict) else None
    return found if isinstance(found, dict) else {}


def _present(name: str, definitions: Mapping[str, Definition]) -> Definition:
    found = definitions.get(name)
    if found is None:
        msg = f"there is no field `{name}`"
        raise Unfit(msg)
    if found.is_unique:
        msg = f"`{name}` says who a contact is: whoever has the same value is merged"
        raise Unfit(msg)
    if not found.is_published:
        msg = f"the field `{name}` is not published"
        raise Unfit(msg)
    return found


def _points(name: str, value: Written, groups: Mapping[str, int]) -> int:
    """Return a number of points: whole ones, halves away from zero; none are 0."""
    if name not in groups:
        msg = f"there is no point group `{name}`; Mautic has them from 5.1 on"
        raise Unfit(msg)
    if not isinstance(value, Decimal | None):
        msg = f"the point group `{name}` takes numbers"
        raise Unfit(msg)
    number = int(_whole(value or Decimal(0)))
    if abs(number) >= _MOST_POINTS:
        msg = f"the point group `{name}` does not take so large a number"
        raise Unfit(msg)
    return number


def _whole(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding="ROUND_HALF_UP")
