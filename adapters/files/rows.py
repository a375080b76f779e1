"""A file as a table: rows of raw values by column, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.domain.values import FieldType
    from connector.errors import Problem

Row: TypeAlias = "tuple[int, Mapping[str, object]]"
"""The line on which a row begins (in Parquet its number), and its raw values by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An open file, past its header."""

    rows: Iterator[Row | Problem]
    """Good rows as they come; in place of a bad one what is wrong with it."""
    columns: Mapping[str, FieldType] | None = None
    """The columns of every row; None where each row has its own."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the header."""
