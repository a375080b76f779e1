"""Parquet, read slice by slice."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from adapters.files.errors import BadFile
from adapters.files.rows import Table
from connector.domain.values import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from adapters.files.rows import Row

_SLICE = 10_000
_BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


def parquet_table(path: Path) -> Table:
    """Return the table in the file at `path`; raises BadFile when it is not Parquet."""
    schema = _schema(path)
    return Table(rows=_rows(path), columns={name: _kind(each) for name, each in schema.items()})


def _schema(path: Path) -> Mapping[str, pl.DataType]:
    try:
        return pl.scan_parquet(path, glob=False).collect_schema()
    except _BROKEN as error:
        raise BadFile("is not a Parquet file that can be read") from error


def _rows(path: Path) -> Iterator[Row]:
    start = 0
    while True:
        try:
            frame = pl.scan_parquet(path, glob=False).slice(start, _SLICE).collect()
        except _BROKEN as error:
            raise BadFile(f"its rows from {start + 1} on cannot be read") from error
        for number, row in enumerate(frame.iter_rows(named=True), start=start + 1):
            yield number, {name: _plain(value) for name, value in row.items()}
        start += frame.height
        if frame.height < _SLICE:
            return


def _plain(value: object) -> object:
    """Return `value` as JSON would have it, where cells are read by the same rules."""
    if isinstance(value, (date, time)) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _kind(kind: pl.DataType) -> FieldType:
    if kind.is_numeric():
        return FieldType.NUMBER
    if kind == pl.Boolean():
        return FieldType.BOOLEAN
    return FieldType.DATETIME if isinstance(kind, (pl.Date, pl.Datetime)) else FieldType.TEXT
