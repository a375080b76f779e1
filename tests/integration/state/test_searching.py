"""Looking for words in a file by another process."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import StateError
from state.searching import stands_in


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"\0" * 100 + b"xann@example.com" + b"\0")
    return path


def test_a_word_is_found_wherever_it_stands(file: Path) -> None:
    assert stands_in(file, ["bob@example.com", "ann@example.com"])
    assert not stands_in(file, ["bob@example.com", ""])


def test_a_search_that_fails_has_not_found_that_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be looked through"):
        stands_in(tmp_path / "nowhere", ["ann@example.com"])


def test_modules_that_lie_where_it_is_run_are_not_taken_for_its_own(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file.parent / "pathlib.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(file.parent)

    assert stands_in(file, ["ann@example.com"])
