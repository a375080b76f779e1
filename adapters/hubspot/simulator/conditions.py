"""The filters of a search."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from adapters.hubspot.simulator.refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.hubspot.simulator.definitions import Comparable, Definition

OPERATORS = (
    "EQ",
    "NEQ",
    "LT",
    "LTE",
    "GT",
    "GTE",
    "BETWEEN",
    "IN",
    "NOT_IN",
    "HAS_PROPERTY",
    "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN",
    "NOT_CONTAINS_TOKEN",
)
_LEAST, _MOST = -(2**62), 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One filter, its values read as its property's type says."""

    definition: Definition
    operator: str
    value: Comparable | None = None
    high: Comparable | None = None
    values: frozenset[Comparable] = frozenset()

    @property
    def name(self) -> str:
        """Return the property it looks at."""
        return self.definition.name

    @classmethod
    def read(cls, given: Mapping[str, Any], definitions: Mapping[str, Definition]) -> Self:
        """Return what a filter says; raises Refusal when it cannot be understood."""
        name, wanted = given.get("propertyName"), given.get("operator")
        definition = definitions.get(str(name))
        if definition is None:
            raise invalid(f"There was a problem with the request: unknown property {name}")
        if wanted not in OPERATORS:
            raise invalid(f"Invalid operator: {wanted}")
        needed = {"IN": "values", "NOT_IN": "values", "HAS_PROPERTY": "", "NOT_HAS_PROPERTY": ""}
        part = needed.get(wanted, "value")
        if part and given.get(part) in (None, "", []):
            raise invalid(f"operator {wanted} requires {part}")
        try:
            return cls(
                definition=definition,
                operator=wanted,
                value=_read(definition, given.get("value")),
                high=_read(definition, given.get("highValue")),
                values=frozenset(definition.comparable(str(v)) for v in given.get("values") or ()),
            )
        except (ValueError, OverflowError):
            raise invalid(f"Invalid value for filter on {name}") from None

    def span(self) -> tuple[int, int] | None:
        """Return the whole numbers between which it holds, where it is such a condition."""
        value = self.value
        if not isinstance(value, int | float):
            return None
        high = self.high if isinstance(self.high, int | float) else value
        spans = {
            "EQ": (_up(value), _down(value)),
            "GT": (_down(value) + 1, _MOST),
            "GTE": (_up(value), _MOST),
            "LT": (_LEAST, _up(value) - 1),
            "LTE": (_LEAST, _down(value)),
            "BETWEEN": (_up(value), _down(high)),
        }
        return spans.get(self.operator)

    def holds(self, text: str | None) -> bool:
        """Return whether it holds for a value, None where there is none."""
        if self.operator in {"HAS_PROPERTY", "NOT_HAS_PROPERTY"}:
            return (text is not None) is (self.operator == "HAS_PROPERTY")
        if text is None:
            return self.operator in {"NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN"}
        found = self.definition.comparable(text)
        if self.operator in {"IN", "NOT_IN"}:
            return (found in self.values) is (self.operator == "IN")
        if self.operator == "BETWEEN":
            return _HOLDS["GTE"](found, self.value) and _HOLDS["LTE"](found, self.high)
        return _HOLDS[self.operator](found, self.value)


def _has_token(found: object, value: object) -> bool:
    return str(value).strip("*") in str(found)


_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQ": operator.eq,
    "NEQ": operator.ne,
    "LT": operator.lt,
    "LTE": operator.le,
    "GT": operator.gt,
    "GTE": operator.ge,
    "CONTAINS_TOKEN": _has_token,
    "NOT_CONTAINS_TOKEN": lambda found, value: not _has_token(found, value),
}


def _read(definition: Definition, value: object) -> Comparable | None:
    return None if value in (None, "") else definition.comparable(str(value))


def _up(value: float) -> int:
    return -int(-value // 1)


def _down(value: float) -> int:
    return int(value // 1)
