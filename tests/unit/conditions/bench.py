"""Reads and evaluates conditions over a few columns."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from connector.conditions.compiler import DTYPES, compile_expression
from connector.conditions.expression import ConditionError, Expression, Kind
from connector.conditions.parser import parse

COLUMNS = {
    **dict.fromkeys(("title", "url", "type", "kind"), Kind.TEXT),
    **dict.fromkeys(("amount", "quantity", "date", "interval", "length"), Kind.NUMBER),
    "is_machine": Kind.BOOLEAN,
    "seen": Kind.INSTANT,
}


def read(
    text: str, kind: Kind = Kind.BOOLEAN, *, timezone: str = "Europe/Paris", lists: bool = False
) -> Expression:
    return parse(text, COLUMNS, expect=kind, timezone=ZoneInfo(timezone), lists=lists)


def refused(text: str, kind: Kind = Kind.BOOLEAN) -> ConditionError:
    try:
        read(text, kind)
    except ConditionError as error:
        return error
    raise AssertionError(f"{text} was read")


def value(text: str, kind: Kind = Kind.NUMBER, **row: object) -> Any:  # noqa: ANN401
    return value_of(read(text, kind), **row)


def value_of(expression: Expression, **row: object) -> Any:  # noqa: ANN401 - a value of any kind
    schema = {name: DTYPES[each] for name, each in COLUMNS.items()}
    frame = pl.DataFrame([dict.fromkeys(COLUMNS) | row], schema=schema)
    return frame.with_columns(outcome=compile_expression(expression))["outcome"][0]


def holds(text: str, **row: object) -> bool | None:
    outcome: bool | None = value(text, Kind.BOOLEAN, **row)
    return outcome
