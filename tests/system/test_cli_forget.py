"""The command forget: nothing of a person is left in any file of ours, and they stay out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.shell import heatsync

ADA = "person3@example.com"
LATER = "2026-03-02T00:00:00Z"


def _traces(folder: Path, text: str) -> Iterator[str]:
    """Yield the files of ours, not those that are read, which hold a text in any case."""
    ours = (each for each in folder.rglob("*") if each.is_file())
    for path in ours:
        is_source = path.parent.name in {"crm", "shop"}
        if not is_source and text.encode() in path.read_bytes().lower():
            yield str(path.relative_to(folder))


def test_no_byte_of_them_is_left_in_the_database_or_in_files_that_were_written(
    synced: Path,
) -> None:
    key = heatsync("explain", ADA, "--json").json["contact"]["id"]
    assert {"heatsync.db", "crm/out/contacts.csv"} <= {*_traces(synced, ADA)}

    told = heatsync("forget", ADA, "--yes", "--json").json

    assert [*_traces(synced, ADA)] == []
    assert [*_traces(synced, key.lower())] == []
    assert told["erased"]["persons"] == 1
    assert told["erased"]["rows"] > 0
    assert [each["platform"] for each in told["elsewhere"]] == ["crm", "shop"]
    assert ADA not in str(told)


def test_a_sync_does_not_take_them_in_again_and_goes_on_with_the_others(synced: Path) -> None:
    heatsync("forget", "crm:c3", "--yes")
    for name in ("crm", "shop"):
        # Something is new, so that all of it is read again.
        with (synced / name / "contacts.csv").open("a") as file:
            file.write(f"n1,new@example.com{',' * (3 if name == 'crm' else 1)}\n")

    done = heatsync("sync", "--at", LATER)

    assert done.code == 0
    assert [*_traces(synced, ADA)] == []
    assert heatsync("explain", ADA).code == 1
    assert heatsync("explain", "new@example.com").code == 0
    assert "forgotten" in done.out


def test_it_is_told_what_to_do_elsewhere(synced: Path) -> None:
    done = heatsync("forget", ADA, "--yes")

    assert done.code == 0
    assert "events" in done.out
    assert "1  person" in " ".join(done.out.split("\n"))
    assert "crm still holds 1 contact: take their rows out of the files" in done.out


def test_without_a_terminal_it_has_to_be_said_that_nobody_is_to_be_asked(synced: Path) -> None:
    done = heatsync("forget", ADA)

    assert done.code == 2
    assert "--yes" in done.err
    assert heatsync("explain", ADA).code == 0


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code", "is_known"), [("n\n", 1, True), ("y\n", 0, False)])
def test_at_a_terminal_it_is_asked_whether_they_are_meant(
    synced: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, is_known: bool
) -> None:
    monkeypatch.setattr("sys.stdin", _Terminal(answer))

    done = heatsync("forget", ADA)

    assert done.code == code
    assert f"Erase all that heatsync knows of {ADA}?" in done.err
    assert (heatsync("explain", ADA).code == 0) is is_known


def test_who_is_unknown_is_never_taken_in(company: Path) -> None:
    done = heatsync("forget", ADA, "--yes")

    assert "Nobody was known by that name" in done.out
    assert heatsync("sync", "--at", LATER).code == 0
    assert heatsync("explain", ADA).code == 1


def test_what_names_nobody_is_refused(synced: Path) -> None:
    assert heatsync("forget", "who", "--yes").code == 1


def test_a_key_that_was_changed_is_refused_before_anybody_comes_back(
    synced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heatsync("forget", ADA, "--yes")
    monkeypatch.setenv("HEATSYNC_FORGET_KEY", "another one")
    (synced / "crm" / "contacts.csv").write_text(f"id,email,job,country\nc9,{ADA},,\n")

    done = heatsync("sync", "--at", LATER)

    assert done.code == 78
    assert "HEATSYNC_FORGET_KEY" in done.err
