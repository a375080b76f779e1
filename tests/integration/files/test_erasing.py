"""People are taken out of everything that was written of them, and nobody else is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.files.adapter import FilesPlatform
from connector.domain.changes import Action, Addressee, AttributeChange, ListChange, TagChange

ADA = Addressee(remote_id="1", email="ada@mail.example.com")
BOB = Addressee(remote_id="11", email="bob@mail.example.com")
PEOPLE = (ADA, BOB)
T = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.fixture
async def platform(tmp_path: Path) -> FilesPlatform:
    """Return a folder in which something of every kind was written of two people."""
    platform = FilesPlatform("past", tmp_path)
    await platform.attribute_writer.write_attributes(
        [AttributeChange(to=each, values={"heat": "hot"}) for each in PEOPLE]
    )
    for name in ("Hot", "a/b"):
        await platform.list_writer.write_lists(
            [ListChange(to=each, list_name=name, is_member=True) for each in PEOPLE]
        )
    await platform.tag_writer.write_tags(
        [TagChange(to=each, tag="vip", is_set=True) for each in PEOPLE]
    )
    await platform.actions.perform(
        [
            Action(key=f"call:{key}:at:0", trigger="call", kind="notify", to=each, at=T)
            for key, each in (("p_ada", ADA), ("p_bob", BOB))
        ]
    )
    return platform


def _holding(folder: Path, text: str) -> set[str]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return {str(each.relative_to(folder / "out")) for each in files if text in each.read_text()}


def _stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.csv")}


async def test_every_row_and_line_of_somebody_goes(platform: FilesPlatform, tmp_path: Path) -> None:
    held = _holding(tmp_path, "ada@")
    assert held == {"contacts.csv", "lists/Hot.csv", "lists/a_b.csv", "tags.csv", "triggers.jsonl"}

    erased = await platform.eraser.erase([Addressee(remote_id="1"), ADA])

    assert erased == 5
    assert _holding(tmp_path, "ada@") == set()
    assert _holding(tmp_path, "bob@") == held


async def test_an_address_or_our_id_is_enough(platform: FilesPlatform, tmp_path: Path) -> None:
    assert await platform.eraser.erase([Addressee(remote_id="", email=ADA.email)]) == 5
    assert await platform.eraser.erase([Addressee(remote_id="p_bob")]) == 1

    assert _holding(tmp_path, "ada@") == set()
    assert "triggers.jsonl" not in _holding(tmp_path, "bob@")


async def test_where_nobody_is_to_be_found_no_file_is_touched(
    platform: FilesPlatform, tmp_path: Path
) -> None:
    before = _stamps(tmp_path)

    assert await platform.eraser.erase([Addressee(remote_id="9")]) == 0

    assert _stamps(tmp_path) == before


async def test_a_folder_without_anything_written_holds_nobody(tmp_path: Path) -> None:
    assert await FilesPlatform("past", tmp_path).eraser.erase([ADA]) == 0
    assert not (tmp_path / "out").exists()
