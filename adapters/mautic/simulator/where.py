"""Clauses of `where` and `order`, as Mautic turns them into SQL and MariaDB reads them."""

from __future__ import annotations

import html
import re
from csv import reader
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from adapters.mautic.simulator.php import encoded, entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Cell: TypeAlias = object
"""What a column holds: None, a text, a number, a bool or a datetime."""
Test: TypeAlias = "Callable[[Any], bool]"
"""Whether a row passes."""

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?", re.ASCII)
_NAME = re.compile(r"[^A-Za-z0-9_.]", re.ASCII)
_DAY = 10
_STATES: dict[str, Callable[[Cell], bool]] = {
    "isNull": lambda cell: cell is None,
    "isNotNull": lambda cell: cell is not None,
    "isEmpty": lambda cell: cell in (None, ""),
    "isNotEmpty": lambda cell: cell not in (None, ""),
}
_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "eq": lambda order: order == 0,
    "neq": lambda order: order != 0,
    "lt": lambda order: order < 0,
    "lte": lambda order: order <= 0,
    "gt": lambda order: order > 0,
    "gte": lambda order: order >= 0,
}


class BadClause(Exception):
    """A clause that lacks something."""


class Columns(Protocol):
    """The columns of a table."""

    def getter(self, name: str) -> Callable[[Any], Cell]:
        """Return what reads a column of a row; raises DatabaseError for none of that name."""
        ...


def filters_of(clauses: object, columns: Columns, inner: Columns | None = None) -> list[Test]:
    """Return what rows have to pass, all of it; raises BadClause or DatabaseError.

    Clauses in clauses are read with `inner`.
    """
    found = []
    for _, clause in entries(clauses):
        if not isinstance(clause, dict) or "internal" in clause:
            continue
        test = _test_of(clause, columns, inner or columns)
        if test is not None:
            found.append(test)
    return found


def _test_of(clause: dict[str, Any], columns: Columns, inner: Columns) -> Test | None:
    expression = str(clause.get("expr") or "")
    if expression in {"andX", "orX"}:
        below = filters_of(clause.get("val"), inner)
        if expression == "andX":
            return lambda row: all(test(row) for test in below)
        return lambda row: any(test(row) for test in below)
    column = clause.get("column") or clause.get("col")
    for name, given in (("expr", expression), ("col", column)):
        if not given:
            raise BadClause(f'"{name}" is missing in the where clause array.')
    get = columns.getter(name_of(str(column)))
    value = clause.get("value", clause.get("val", ""))
    return _leaf(expression, get, value)


def _leaf(expression: str, get: Callable[[Any], Cell], value: object) -> Test | None:
    """Return the test of one clause; None for an expression that there is not."""
    if expression in _STATES:
        has = _STATES[expression]
        return lambda row: has(get(row))
    match expression:
        case "in" | "notIn":
            return _membership(get, html.unescape(encoded(str(value))), expression == "in")
        case "between" | "notBetween":
            return _range(get, [str(each) for _, each in entries(value)], expression == "between")
        case "like" | "notLike":
            return _pattern(get, encoded(str(value)), expression == "like")
    passes = _COMPARISONS.get(expression)
    if passes is None:
        return None
    wanted = encoded(str(value))
    return lambda row: (cell := get(row)) is not None and passes(compare(cell, wanted))


def _membership(get: Callable[[Any], Cell], text: str, inside: bool) -> Test:  # noqa: FBT001
    wanted = next(reader([text]), [""])
    # A column holds cells of one type or two, and what is wanted is read once for each.
    by_type: dict[type, set[object]] = {}

    def passes(row: object) -> bool:
        cell = get(row)
        if cell is None:
            return False
        if type(cell) not in by_type:
            by_type[type(cell)] = {_beside(cell, each) for each in wanted}
        return (_read(cell) in by_type[type(cell)]) is inside

    return passes


def _range(get: Callable[[Any], Cell], ends: Sequence[str], inside: bool) -> Test | None:  # noqa: FBT001
    if len(ends) != 2:  # noqa: PLR2004 - a range has two ends
        return None
    low, high = (encoded(each) for each in ends)

    def passes(row: object) -> bool:
        cell = get(row)
        if cell is None:
            return False
        return (compare(cell, low) >= 0 and compare(cell, high) <= 0) is inside

    return passes


def _pattern(get: Callable[[Any], Cell], text: str, inside: bool) -> Test:  # noqa: FBT001
    pattern = like(text)

    def passes(row: object) -> bool:
        cell = get(row)
        return cell is not None and (pattern.fullmatch(str(cell)) is not None) is inside

    return passes


def like(text: str) -> re.Pattern[str]:
    """Return the pattern of a LIKE."""
    parts = (".*" if each == "%" else "." if each == "_" else re.escape(each) for each in text)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def compare(cell: Cell, text: str) -> int:
    """Return -1, 0 or 1, as a cell is less than a text, equal to it, or greater."""
    one, other = _read(cell), _beside(cell, text)
    return int(one > other) - int(one < other)


def _read(cell: Cell) -> Any:  # noqa: ANN401 - a text or a number
    """Return a cell as it is compared."""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, bool | int | float):
        return float(cell)
    return str(cell).casefold().rstrip()


def _beside(cell: Cell, text: str) -> Any:  # noqa: ANN401 - a text or a number
    """Return a text as it is compared with such a cell."""
    if isinstance(cell, datetime):
        # What follows the seconds, such as an offset, is cut off with a warning nobody sees.
        return _instant(text)
    if isinstance(cell, bool | int | float):
        number = _NUMBER.match(text)
        return float(number[0]) if number else 0.0
    return text.casefold().rstrip()


def _instant(text: str) -> str:
    found = _INSTANT.match(text.strip())
    if found is None:
        return text
    whole = found[0].replace("T", " ")
    return whole if len(whole) > _DAY else f"{whole} 00:00:00"


def name_of(text: str) -> str:
    """Return the name of a column without what no name has."""
    return _NAME.sub("", text)


def orders_of(clauses: object) -> list[tuple[str, bool]]:
    """Return the columns of `order`, and whether each one descends; raises BadClause."""
    found = []
    for _, clause in entries(clauses):
        if not isinstance(clause, dict) or not clause.get("col"):
            raise BadClause('"col" is missing in the order by clause array.')
        descends = str(clause.get("dir") or "ASC").upper() == "DESC"
        found.append((name_of(str(clause["col"])), descends))
    return found


def ordered(
    rows: Iterable[Any],
    orders: Sequence[tuple[Callable[[Any], Cell], bool]],
    tie: Callable[[Any], int],
) -> list[Any]:
    """Return rows in order; no value comes before any, and `tie` decides between equals."""
    found = sorted(rows, key=tie)
    for get, descends in reversed(orders):
        found.sort(key=lambda row, get=get: _rank(get(row)), reverse=descends)  # type: ignore[misc]
    return found


def _rank(cell: Cell) -> tuple[bool, Any]:
    if cell is None:
        return (False, 0)
    if isinstance(cell, datetime):
        return (True, cell.astimezone(UTC))
    return (True, cell.casefold() if isinstance(cell, str) else cell)
