"""What was read of a file is known by its content."""

from __future__ import annotations

import os

import polars as pl
import pytest

from connector.domain.values import FieldType
from tests.integration.files.folder import Data

IDS = [str(number) for number in range(1, 8)]


@pytest.fixture
def data(data: Data) -> Data:
    return Data(data.path, page_rows=3)


def write_contacts(data: Data, suffix: str) -> None:
    if suffix == ".parquet":
        pl.DataFrame({"id": IDS}).write_parquet(data.path / "contacts.parquet")
    elif suffix == ".jsonl":
        data.write("contacts.jsonl", [f'{{"id": "{each}"}}' for each in IDS])
    else:
        data.write("contacts.csv", ["id", *IDS])


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
async def test_a_pull_resumes_inside_a_file(data: Data, suffix: str) -> None:
    write_contacts(data, suffix)
    first, *_ = await data.contact_pages()

    rest = await data.contact_pages(since=first.cursor)

    assert [each.remote_id for each in first.items] == IDS[:3]
    assert [each.remote_id for page in rest for each in page.items] == IDS[3:]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
async def test_an_unchanged_file_yields_nothing(data: Data, suffix: str) -> None:
    write_contacts(data, suffix)
    pages = await data.contact_pages()

    assert await data.contact_pages(since=pages[-1].cursor) == []


async def test_the_date_of_a_file_does_not_matter(data: Data) -> None:
    write_contacts(data, ".csv")
    pages = await data.contact_pages()
    os.utime(data.path / "contacts.csv", (0, 0))

    assert await data.contact_pages(since=pages[-1].cursor) == []


@pytest.mark.parametrize("number", [0, -1], ids=["inside", "at the end"])
async def test_a_changed_file_is_read_from_its_start(data: Data, number: int) -> None:
    write_contacts(data, ".csv")
    pages = await data.contact_pages()
    data.write("contacts.csv", ["id", *IDS[:-1], "8"])

    again = await data.contact_pages(since=pages[number].cursor)

    assert [each.remote_id for page in again for each in page.items] == [*IDS[:-1], "8"]


async def test_a_new_field_has_the_file_read_again(data: Data) -> None:
    data.write("contacts.csv", "id,age\n1,30\n")
    pages = await data.contact_pages()

    (again,) = await data.contact_pages({"age": FieldType.NUMBER}, since=pages[-1].cursor)

    assert again.items[0].attributes == {"age": 30.0}


async def test_bad_rows_count_as_rows_of_a_page_and_are_reported_once(data: Data) -> None:
    data.write("contacts.csv", ["id,age,age", "1", "2,3,4,5", "3", "4,5,6,7", "5"])

    first, last = await data.contact_pages()
    resumed = await data.contact_pages(since=first.cursor)

    assert [each.remote_id for each in first.items] == ["1", "3"]
    assert [problem.line for problem in first.problems] == [None, 3]
    assert [problem.line for problem in last.problems] == [5]
    assert resumed == [last]


async def test_a_file_without_rows_is_read_and_then_known(data: Data) -> None:
    data.write("contacts.csv", "id\n")

    (page,) = await data.contact_pages()

    assert page.items == ()
    assert await data.contact_pages(since=page.cursor) == []


@pytest.mark.parametrize("cursor", ["", "nonsense", "a:b:c", ":end"])
async def test_a_foreign_cursor_has_the_file_read_from_its_start(data: Data, cursor: str) -> None:
    write_contacts(data, ".csv")

    pages = await data.contact_pages(since=cursor)

    assert sum(len(page.items) for page in pages) == len(IDS)


async def test_contacts_and_events_have_cursors_of_their_own(data: Data) -> None:
    content = "id,contact,type,occurred_at\n1,c,page.viewed,0\n"
    data.write("contacts.csv", content)
    data.write("events.csv", content)
    (contacts,) = await data.contact_pages()
    (events,) = await data.event_pages()

    assert contacts.cursor != events.cursor


async def test_a_page_says_how_many_rows_there_are_at_most(data: Data) -> None:
    write_contacts(data, ".csv")

    pages = await data.contact_pages()

    assert {page.total for page in pages} == {len(IDS) + 1}
