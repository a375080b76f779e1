"""Tables as files for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.spreadsheets import guarded
from connector.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def csv_of(frame: pl.DataFrame) -> bytes:
    """Return `frame` as CSV in UTF-8, safe to open in a spreadsheet; instants are ISO 8601."""
    texts = pl.col(pl.String).map_elements(guarded, return_dtype=pl.String)
    return frame.with_columns(texts).write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%.fZ").encode()


def write_csv(frame: pl.DataFrame, target: Path) -> None:
    """Write what `csv_of` makes of `frame` whole or not at all."""
    write_whole(target, lambda path: path.write_bytes(csv_of(frame)))


def write_whole(target: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file, and put it in place of `target`; raises ConfigError naming it."""
    beside = target.with_name(f".{target.name}.part")
    try:
        write(beside)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        problem = Problem(file=str(target), message=f"cannot be written: {error.strerror or error}")
        raise ConfigError([problem]) from error
