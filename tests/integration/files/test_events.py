"""How events are read from a file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from connector.domain.values import Value
from tests.integration.files.folder import Data

NO_INSTANT = (
    "is not an instant (write ISO 8601, for example 2026-01-15T10:00:00Z, or epoch seconds)"
)
NEEDED = '"contact": "c1", "type": "page.viewed", "occurred_at": "2026-01-15"'


def line(**properties: object) -> str:
    row = {"contact": "c1", "type": "page.viewed", "occurred_at": "2026-01-15"}
    return json.dumps(row | properties)


async def test_an_event_has_a_subject_a_type_an_instant_and_typed_fields(data: Data) -> None:
    data.write(
        "events.csv",
        "id,contact,type,occurred_at,amount,quantity,is_machine,url,sku\n"
        " e1 , c1 , order.placed , 2026-01-15T10:00:00+02:00 , 12.50 , 2 , No , , 007 \n",
    )

    (event,), problems = await data.events()

    assert (event.id, event.subject, event.type) == ("e1", "c1", "order.placed")
    assert event.occurred_at == datetime(2026, 1, 15, 8, tzinfo=UTC)
    assert event.fields == {"amount": 12.5, "quantity": 2.0, "is_machine": False, "sku": "007"}
    assert problems == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-15T10:00:00", datetime(2026, 1, 15, 10, tzinfo=UTC)),
        ("2026-01-15", datetime(2026, 1, 15, tzinfo=UTC)),
        ("2026-01-15T10:00:00.1234569Z", datetime(2026, 1, 15, 10, 0, 0, 123456, tzinfo=UTC)),
        ("1768471200", datetime(2026, 1, 15, 10, tzinfo=UTC)),
        ("1768471200.5", datetime(2026, 1, 15, 10, 0, 0, 500000, tzinfo=UTC)),
        ("1768471200000", datetime(2026, 1, 15, 10, tzinfo=UTC)),
        ("99999999999", datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
        ("100000000000", datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)),
    ],
)
async def test_instants_are_read_by_the_rules(data: Data, written: str, meant: datetime) -> None:
    data.write("events.csv", f"contact,type,occurred_at\nc1,page.viewed,{written}\n")

    (event,), _ = await data.events()

    assert event.occurred_at == meant


@pytest.mark.parametrize("word", ["true", "1", "YES", "True"])
async def test_true_has_several_words(data: Data, word: str) -> None:
    data.write("events.csv", f"contact,type,occurred_at,is_machine\nc,page.viewed,0,{word}\n")

    (event,), _ = await data.events()

    assert event.fields == {"is_machine": True}


async def test_a_row_that_is_no_event_is_left_out_with_its_line(data: Data) -> None:
    data.write(
        "events.csv",
        "contact,type,occurred_at\n"
        ",page.viewed,2026-01-15\n"
        "c1,,2026-01-15\n"
        "c1,page.viewed,\n"
        "c1,page.viewed,yesterday\n"
        "c1,page.viewed,2026-01-15\n",
    )

    events, problems = await data.events()

    assert len(events) == 1
    assert problems == [
        "events.csv:2: the row is left out: `contact` is missing",
        "events.csv:3: the row is left out: `type` is missing",
        "events.csv:4: the row is left out: `occurred_at` is missing",
        f"events.csv:5: the row is left out: `occurred_at` {NO_INSTANT}",
    ]


async def test_a_value_that_does_not_fit_is_left_out_and_one_problem(data: Data) -> None:
    data.write(
        "events.csv",
        "contact,type,occurred_at,amount,is_machine\nc1,order.placed,2026-01-15,much,perhaps\n",
    )

    (event,), problems = await data.events()

    assert event.fields == {}
    assert problems == [
        "events.csv:2: amount: is not a number",
        "events.csv:2: is_machine: is not true or false",
    ]


async def test_equal_rows_without_id_are_one_event_and_others_are_not(data: Data) -> None:
    data.write(
        "events.csv",
        "contact,type,occurred_at,url\n"
        "c1,page.viewed,2026-01-15T00:00:00Z,/a\n"
        "c1,page.viewed,2026-01-15,/a\n"
        "c1,page.viewed,2026-01-15,/b\n"
        "c2,page.viewed,2026-01-15,/a\n"
        "c1,page.viewed,2026-01-16,/a\n"
        "c1,form.submitted,2026-01-15,/a\n",
    )

    events, _ = await data.events()

    ids = [each.id for each in events]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5


async def test_one_event_has_one_id_in_every_format(data: Data) -> None:
    data.write("events.csv", "contact,type,occurred_at,amount\nc1,order.placed,2026-01-15,12.50\n")
    (first,), _ = await data.events()
    (data.path / "events.csv").unlink()
    data.write("events.jsonl", line(type="order.placed", amount=12.5))

    (second,), _ = await data.events()

    assert first == second


async def test_a_foreign_type_becomes_custom(data: Data) -> None:
    data.write(
        "events.csv",
        "contact,type,occurred_at\nc,moon landed,0\nc,custom.done,0\nc,email.opened,0\n",
    )

    events, _ = await data.events()

    assert [each.type for each in events] == ["custom.moon landed", "custom.done", "email.opened"]


async def test_a_column_platform_is_reported_once_and_not_read(data: Data) -> None:
    data.write(
        "events.csv",
        "contact,type,occurred_at,platform\nc,page.viewed,0,past\nc,page.viewed,1,crm\nc,page.viewed,2,x\n",
    )

    events, problems = await data.events()

    assert [each.fields for each in events] == [{}, {}, {}]
    assert problems == [
        "events.csv:3: platform: is not read: events of this folder are events of `past`"
    ]


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ('"  text "', "text"),
        ("12", 12.0),
        ("1.5", 1.5),
        ("true", True),
        ('{"b": [1, null], "a": "é"}', '{"a":"é","b":[1,null]}'),
        ("9007199254740993", "9007199254740993"),
        ("1" * 5000, "1" * 5000),
    ],
    ids=["text", "integer", "number", "boolean", "nested", "large", "enormous"],
)
async def test_undeclared_json_values_keep_their_type(data: Data, raw: str, read: Value) -> None:
    data.write("events.jsonl", f'{{{NEEDED}, "prop": {raw}}}\n')

    (event,), problems = await data.events()

    assert event.fields == {"prop": read}
    assert problems == []


@pytest.mark.parametrize("raw", ['""', '"  "', "null"])
async def test_blank_json_values_are_null(data: Data, raw: str) -> None:
    data.write("events.jsonl", f'{{{NEEDED}, "prop": {raw}, "url": {raw}}}\n')

    (event,), problems = await data.events()

    assert (event.fields, problems) == ({}, [])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("NaN", "is not a finite number"),
        ("-Infinity", "is not a finite number"),
        ("1e999", "is not a finite number"),
        ('"a\\u0000b"', "holds a NUL character"),
        ('"\\ud800"', "is not valid Unicode"),
        ('[{"a": NaN}]', "cannot be kept as JSON"),
        (json.dumps("x" * 131_073), "is longer than 131,072 characters"),
    ],
    ids=["nan", "infinity", "overflow", "nul", "surrogate", "nested nan", "huge"],
)
async def test_a_json_value_that_cannot_be_kept_costs_itself(
    data: Data, raw: str, reason: str
) -> None:
    data.write("events.jsonl", f'{{{NEEDED}, "prop": {raw}, "url": "/a"}}\n')

    (event,), problems = await data.events()

    assert event.fields == {"url": "/a"}
    assert problems == [f"events.jsonl:1: prop: {reason}"]


async def test_a_built_in_column_takes_no_nested_value(data: Data) -> None:
    data.write("events.jsonl", line(url={"path": "/"}, campaign_id=12, amount=True))

    (event,), problems = await data.events()

    assert event.fields == {"campaign_id": "12"}
    assert problems == [
        "events.jsonl:1: url: is not a text",
        "events.jsonl:1: amount: is not a number",
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "the line is not JSON (expecting property name enclosed in double quotes at "),
        ("[1]", "the line is not a JSON object"),
        ("7", "the line is not a JSON object"),
        ("[" * 100_000, "the line is nested too deeply"),
        ('{"a":' * 100_000, "the line is nested too deeply"),
    ],
    ids=["cut", "list", "number", "deep list", "deep object"],
)
async def test_a_bad_json_line_costs_itself(data: Data, bad: str, reason: str) -> None:
    data.write("events.jsonl", [line(id="1"), bad, "", line(id="2")])

    events, problems = await data.events()

    assert [each.id for each in events] == ["1", "2"]
    assert [problem.startswith(f"events.jsonl:2: {reason}") for problem in problems] == [True]


async def test_parquet_values_of_all_kinds_are_read(data: Data) -> None:
    frame = pl.DataFrame(
        {
            "contact": [7],
            "type": ["order.placed"],
            "occurred_at": [datetime(2026, 1, 15, 10, tzinfo=UTC).replace(tzinfo=None)],
            "amount": [Decimal("12.50")],
            "product": [Decimal(42)],
            "day": [date(2026, 1, 15)],
            "tags": [["a", "b"]],
            "at": [datetime(2026, 1, 15, 10, tzinfo=UTC)],
            "blob": [b"\x00"],
            "span": [timedelta(days=1)],
        },
        schema_overrides={"product": pl.Decimal(10, 0)},
    )
    frame.write_parquet(data.path / "events.parquet")

    (event,), problems = await data.events()

    assert (event.subject, event.occurred_at) == ("7", datetime(2026, 1, 15, 10, tzinfo=UTC))
    assert event.fields == {
        "amount": 12.5,
        "product": "42",
        "day": "2026-01-15",
        "tags": '["a","b"]',
        "at": "2026-01-15T10:00:00Z",
    }
    assert problems == [
        "events.parquet:1: blob: is neither text, number, boolean nor instant",
        "events.parquet:1: span: is neither text, number, boolean nor instant",
    ]


async def test_parquet_dates_are_midnights(data: Data) -> None:
    frame = pl.DataFrame(
        {"contact": ["c"], "type": ["page.viewed"], "occurred_at": [date(2026, 1, 15)]}
    )
    frame.write_parquet(data.path / "events.parquet")

    (event,), _ = await data.events()

    assert event.occurred_at == datetime(2026, 1, 15, tzinfo=UTC)
