"""Tables for other tools: safe in a spreadsheet, whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from connector.cli.tables import csv_of, write_csv
from connector.errors import ConfigError


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "@x", "-a", "'=1"])
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    assert csv_of(pl.DataFrame({"a": [text]})).decode() == f"a\n'{text}\n"


def test_numbers_and_instants_are_left_as_they_are() -> None:
    frame = pl.DataFrame({"a": [-1.5], "b": ["-3"], "c": [datetime(2026, 3, 1, tzinfo=UTC)]})

    assert csv_of(frame).decode().splitlines()[1].startswith("-1.5,-3,2026-03-01T00:00:00")


def test_a_file_that_cannot_be_written_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken.csv").mkdir()

    with pytest.raises(ConfigError, match="taken"):
        write_csv(pl.DataFrame({"a": [1]}), tmp_path / "taken.csv")

    assert [path.name for path in tmp_path.iterdir()] == ["taken.csv"]
