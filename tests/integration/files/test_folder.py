"""Which files there may be, and what is said when they cannot be read."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from adapters.files.adapter import ADAPTER, FilesPlatform
from adapters.files.config import FilesConfig
from connector.errors import UnexpectedAnswer
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.integration.files.folder import Data

EVENTS = "contact,type,occurred_at\nc,page.viewed,0\n"


async def error_of_contacts(data: Data) -> str:
    with pytest.raises(UnexpectedAnswer) as caught:
        await data.contacts()
    return str(caught.value).removeprefix(f"{data.path}")


async def test_contacts_alone_are_enough(data: Data) -> None:
    data.write("contacts.csv", "id\n1\n")

    assert await data.event_pages() == []


async def test_a_file_of_another_name_is_pointed_at(data: Data) -> None:
    data.write("contacts.csv", "id\n1\n")
    data.write("event.csv", EVENTS)
    data.write("notes.txt", "x")

    (advice,) = await data.connect().check()

    assert advice.is_advice
    assert advice.message.startswith("nobody reads event.csv:")


async def test_events_alone_are_enough(data: Data) -> None:
    data.write("events.csv", EVENTS)

    assert await data.contact_pages() == []
    assert [page async for page in data.connect().ids.ids()] == []
    assert list(await data.connect().check()) == []


async def test_an_empty_folder_is_an_error(data: Data) -> None:
    assert await error_of_contacts(data) == (
        ": the folder has neither contacts nor events (.csv, .jsonl or .parquet)"
    )


async def test_a_missing_folder_is_an_error(data: Data) -> None:
    data = Data(data.path / "no")

    assert await error_of_contacts(data) == ": there is no such folder"


async def test_two_files_of_one_stream_are_an_error(data: Data) -> None:
    data.write("contacts.csv", "id\n1\n")
    data.write("contacts.jsonl", '{"id": 1}\n')
    data.write("events.csv", EVENTS)

    assert await error_of_contacts(data) == (
        ": the folder has contacts.csv and contacts.jsonl; keep one of them"
    )
    assert len(await data.event_pages()) == 1


async def test_a_folder_named_as_a_file_is_an_error(data: Data) -> None:
    (data.path / "contacts.csv").mkdir()

    assert await error_of_contacts(data) == "/contacts.csv: is not a file"


@pytest.mark.timeout(60)
async def test_a_pipe_is_an_error_and_no_wait(data: Data) -> None:
    os.mkfifo(data.path / "contacts.csv")

    assert await error_of_contacts(data) == "/contacts.csv: is not a file"


async def test_a_link_to_nowhere_is_an_error(data: Data) -> None:
    (data.path / "contacts.csv").symlink_to(data.path / "gone.csv")

    assert await error_of_contacts(data) == "/contacts.csv: No such file or directory"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1"])
async def test_broken_parquet_is_an_error(data: Data, content: bytes) -> None:
    data.write("contacts.parquet", content)

    assert await error_of_contacts(data) == (
        "/contacts.parquet: is not a Parquet file that can be read"
    )


async def test_cut_parquet_is_an_error(data: Data) -> None:
    path = data.path / "contacts.parquet"
    pl.DataFrame({"id": list(range(1000))}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-300])

    assert "/contacts.parquet: " in await error_of_contacts(data)


async def test_needed_columns_of_events_are_named(data: Data) -> None:
    data.write("events.csv", "contact,kind\nc,x\n")

    with pytest.raises(UnexpectedAnswer, match="lacks `type` and `occurred_at` among its columns"):
        await data.events()


async def test_needed_columns_of_parquet_are_named(data: Data) -> None:
    pl.DataFrame({"name": ["Ann"]}).write_parquet(data.path / "contacts.parquet")

    assert await error_of_contacts(data) == "/contacts.parquet: needs a column `id` or `email`"


async def test_check_says_all_that_is_wrong_and_writes_nothing(data: Data) -> None:
    data.write("contacts.csv", "name\nAnn\n")
    data.write("events.csv", "")

    problems = [str(problem) for problem in await data.connect().check()]

    assert problems == [
        f"{data.path}/contacts.csv: needs a column `id` or `email`",
        f"{data.path}/events.csv: is empty: a header is missing",
    ]
    assert not (data.path / "out").exists()


async def test_characters_of_patterns_in_a_folder_are_just_characters(tmp_path: Path) -> None:
    data = Data(tmp_path / "a[b]*?")
    data.path.mkdir()
    pl.DataFrame({"id": ["1"]}).write_parquet(data.path / "contacts.parquet")

    contacts, _ = await data.contacts()

    assert [each.remote_id for each in contacts] == ["1"]


@pytest.mark.parametrize("path", ["./data", "../elsewhere/data", "data"])
def test_a_relative_path_starts_at_the_folder_of_the_yaml_file(tmp_path: Path, path: str) -> None:
    platform = ADAPTER.connect(_context(tmp_path / "mappings", path))

    assert platform.location == os.path.normpath(tmp_path / "mappings" / path / "out")


def test_an_absolute_path_stands_for_itself(tmp_path: Path) -> None:
    platform = ADAPTER.connect(_context(Path("mappings"), str(tmp_path)))

    assert isinstance(platform, FilesPlatform)
    assert platform.location == str(tmp_path / "out")


def _context(folder: Path, path: str) -> PlatformContext:
    return PlatformContext(
        name="past",
        config=FilesConfig(adapter="files", path=path),
        folder=folder,
        clock=_NoClock(),
        budget=Unlimited(),
    )


class _NoClock:
    def now(self) -> datetime:
        raise AssertionError

    async def sleep(self, span: timedelta) -> None:
        raise AssertionError
