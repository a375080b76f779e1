"""A mappings folder on disk, whatever lies in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from connector.config.folder import MAX_BYTES, MAX_FILES
from connector.config.loader import load
from connector.errors import MappingError, Problem
from tests.unit.config.fake_adapters import ADAPTERS, HEAD, no_settings

if TYPE_CHECKING:
    from pathlib import Path


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(MappingError) as caught:
        load(folder, ADAPTERS, no_settings())
    return caught.value.problems


def test_all_yaml_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("content: [{match: is_machine, kind: b}]\n")
    (tmp_path / "a.yaml").write_text(HEAD + "content: [{match: is_machine, kind: a}]\n")
    configuration = load(tmp_path, ADAPTERS, no_settings())
    assert [tag.kind for tag in configuration.model.content] == ["a", "b"]
    assert configuration.platform("past").folder == tmp_path


def test_subfolders_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD)
    (tmp_path / ".a.yaml").write_text("- no mapping\n")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.yaml").write_text("- no mapping\n")
    assert load(tmp_path, ADAPTERS, no_settings()).platforms


def test_a_file_with_another_ending_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD)
    (tmp_path / "b.yml").write_text(HEAD)
    (warning,) = load(tmp_path, ADAPTERS, no_settings()).warnings
    assert warning.file == (tmp_path / "b.yml").as_posix()


def test_a_folder_that_is_not_there_is_told_with_the_command_that_makes_one(
    tmp_path: Path,
) -> None:
    (problem,) = problems_of(tmp_path / "nowhere")
    assert problem.message == "there is no such mappings folder"
    assert "heatsync init" in (problem.hint or "")


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "mappings").write_text(HEAD)
    (problem,) = problems_of(tmp_path / "mappings")
    assert problem.message == "the mappings folder is not a folder"


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path)
    assert problem.message == "the mappings folder holds no `*.yaml`"


@pytest.mark.parametrize("kind", ["dangling link", "circle", "folder", "pipe"])
def test_what_is_no_file_is_told_and_never_waited_for(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.yaml").write_text(HEAD)
    odd = tmp_path / "b.yaml"
    if kind == "dangling link":
        odd.symlink_to(tmp_path / "gone")
    elif kind == "circle":
        odd.symlink_to(odd)
    elif kind == "folder":
        odd.mkdir()
    else:
        os.mkfifo(odd)
    (problem,) = problems_of(tmp_path)
    assert (problem.file, problem.message) == (odd.as_posix(), "is no file that can be read")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD)
    (tmp_path / "a.yaml").chmod(0)
    (problem,) = problems_of(tmp_path)
    assert problem.message.startswith("cannot be read")


def test_a_huge_file_is_told_unread(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    (problem,) = problems_of(tmp_path)
    assert problem.message == f"is larger than {MAX_BYTES} bytes"


def test_too_many_files_are_told(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number:03}.yaml").write_text("version: 1\n")
    (problem,) = problems_of(tmp_path)
    assert "more than" in problem.message
