"""The dialects and damages of CSV; a broken row costs itself alone."""

from __future__ import annotations

import codecs

import pytest

from adapters.files.lines import LONGEST_LINE
from connector.domain.cells import LONGEST_TEXT
from connector.domain.values import FieldType
from connector.errors import UnexpectedAnswer
from tests.integration.files.folder import Data

FIELDS = {"note": FieldType.TEXT}


async def read(data: Data, content: str | bytes) -> tuple[list[tuple[str, object]], list[str]]:
    """Return id and note of each contact, and the problems."""
    data.write("contacts.csv", content)
    contacts, problems = await data.contacts(FIELDS)
    notes: list[tuple[str, object]] = [
        (each.remote_id, each.attributes["note"]) for each in contacts
    ]
    return notes, [problem.removeprefix("contacts.csv:") for problem in problems]


@pytest.mark.parametrize(
    "content",
    [
        'id,note\n1,"a, ""b""; c"\n',
        'id;note\n1;"a, ""b""; c"\n',
        '"id";"note"\r\n"1";"a, ""b""; c"\r\n',
        '\ufeffid,note\r\n1,"a, ""b""; c"',
        '\n\nid,note\n\n1,"a, ""b""; c"\n,\n \n',
        ' note ,x, id \n"a, ""b""; c",,1\n',
    ],
    ids=["comma", "semicolon", "quoted semicolon", "mark and CRLF", "blank lines", "blanks"],
)
async def test_a_dialect_is_understood(data: Data, content: str) -> None:
    assert await read(data, content) == ([("1", 'a, "b"; c')], [])


async def test_a_problem_names_the_line_on_which_its_row_begins(data: Data) -> None:
    rows = 'id,note,x\r\n1,"one\r\ntwo\r\n\r\nfour",\r\n\r\n2,"a\nb",1,2\r\n,,7\r\n3,,\r\n'

    notes, problems = await read(data, rows)

    assert notes == [("1", "one\r\ntwo\r\n\r\nfour"), ("3", None)]
    assert problems == [
        "7: the row has 4 cells, the header 3",
        "9: the row has neither an id nor a valid e-mail address",
    ]


async def test_missing_cells_are_null_and_blank_surplus_is_nothing(data: Data) -> None:
    assert await read(data, "id,x,note\n1\n2,a,b,,\n") == ([("1", None), ("2", "b")], [])


async def test_of_two_columns_with_one_name_the_first_is_read(data: Data) -> None:
    notes, problems = await read(data, "id,note,note,\n1,first,second,third\n")

    assert notes == [("1", "first")]
    assert problems == [" note: stands twice in the header; the first is read"]


async def test_invalid_utf8_costs_only_its_row(data: Data) -> None:
    content = b'id,note\n1,a\n2,\xe9t\xe9\n3,"b\n\xff"\n4,"c\nd"\n'

    assert await read(data, content) == (
        [("1", "a"), ("4", "c\nd")],
        ["3: the row is not valid UTF-8", "4: the row is not valid UTF-8"],
    )


async def test_a_nul_byte_costs_only_its_row(data: Data) -> None:
    assert await read(data, b"id,note\n1,a\x00\n2,b\n") == (
        [("2", "b")],
        ["2: the row holds a NUL byte"],
    )


@pytest.mark.parametrize("quote", ["", '"'], ids=["bare", "quoted"])
async def test_a_huge_cell_costs_only_its_row(data: Data, quote: str) -> None:
    huge = quote + "x" * (LONGEST_TEXT + 1) + quote

    assert await read(data, f"id,note\n1,{huge}\n2,b\n") == (
        [("2", "b")],
        ["2: the row cannot be read: a cell is too long"],
    )


async def test_a_huge_line_costs_only_itself(data: Data) -> None:
    content = f"id,note\n1,{'x,' * LONGEST_LINE}\n2,b\n"

    assert await read(data, content) == ([("2", "b")], ["2: the row is longer than 4 MiB"])


async def test_the_longest_cell_is_read(data: Data) -> None:
    longest = "x" * LONGEST_TEXT

    assert await read(data, f"id,note\n1,{longest}\n") == ([("1", longest)], [])


@pytest.mark.parametrize(
    "bad", ['2,"open', '2,"open "inside" it"', '"2,open', '2,"a"b'], ids=lambda text: text
)
async def test_a_stray_quote_swallows_no_row(data: Data, bad: str) -> None:
    content = f'id,note\n1,a\n{bad}\n3,c\n4,"d, e"\n5,"f\ng"\n'

    assert await read(data, content) == (
        [("1", "a"), ("3", "c"), ("4", "d, e"), ("5", "f\ng")],
        ["3: the row cannot be read: its quotes do not match"],
    )


async def test_a_stray_quote_that_meets_another_swallows_no_row(data: Data) -> None:
    content = 'id,x,note\n1,a,"b\n2,,c\n3,27",d\n4,,e\n'

    assert await read(data, content) == (
        [("2", "c"), ("3", "d"), ("4", "e")],
        ["2: the row cannot be read: its quotes do not match"],
    )


async def test_a_short_row_may_have_line_ends(data: Data) -> None:
    assert await read(data, 'id,note,x\n1,"a\nb"\n2,c\n') == ([("1", "a\nb"), ("2", "c")], [])


async def test_the_rest_of_a_broken_cell_is_taken_for_no_row(data: Data) -> None:
    content = 'id,x,note\n1,,"he said "no"\nand left\n2,,b\n'

    assert await read(data, content) == (
        [("2", "b")],
        ["2: the row cannot be read: its quotes do not match; lines 2 to 3 are left out"],
    )


async def test_a_last_row_that_is_cut_is_read_as_far_as_it_goes(data: Data) -> None:
    assert await read(data, "id,note\n1,a\n2") == ([("1", "a"), ("2", None)], [])


@pytest.mark.timeout(120)
async def test_a_file_of_stray_quotes_takes_no_quadratic_time(data: Data) -> None:
    notes, problems = await read(data, "id,note\n" + 'x","\n1,good\n' * 50_000)

    assert len(notes) == 50_000
    assert len(problems) == 50_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty: a header is missing"),
        (b"\n \n\n", "needs a column `id` or `email`"),
        (b"name,age\nAnn,30\n", "needs a column `id` or `email`"),
        (b"1,ann\n2,bob\n", "needs a column `id` or `email`"),
        (codecs.BOM_UTF16_LE + "id,email\n".encode("utf-16-le"), "is UTF-16 or UTF-32"),
        ("id,email\n".encode("utf-16-le"), "its header holds a NUL byte"),
        (b"id,\xe9mail\n1,a\n", "its header is not valid UTF-8"),
        (b'id,"email\n1,a\n', "needs a column `id` or `email`"),
    ],
    ids=["empty", "blank", "other columns", "no header", "UTF-16", "no mark", "Latin-1", "quote"],
)
async def test_a_file_without_a_header_stops_the_stream(
    data: Data, content: bytes, reason: str
) -> None:
    data.write("contacts.csv", content)

    with pytest.raises(UnexpectedAnswer) as caught:
        await data.contacts()

    assert str(caught.value).startswith(f"{data.path}/contacts.csv: {reason}")
