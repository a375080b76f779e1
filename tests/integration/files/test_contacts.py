"""How contacts are read from a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from connector.domain.contacts import Reading
from connector.domain.values import FieldType
from tests.integration.files.folder import Data

NUMBER, TEXT, BOOLEAN = FieldType.NUMBER, FieldType.TEXT, FieldType.BOOLEAN


async def test_a_column_email_alone_says_who_a_contact_is(data: Data) -> None:
    data.write("contacts.csv", "email\n Ann@Mail.Example.com \n")

    (contact,), problems = await data.contacts()

    assert contact.remote_id == "ann@mail.example.com"
    assert contact.emails == ("ann@mail.example.com",)
    assert problems == []


async def test_an_empty_id_leaves_the_address(data: Data) -> None:
    data.write("contacts.csv", "id,email\n,ann@mail.example.com\n")

    (contact,), _ = await data.contacts()

    assert contact.remote_id == "ann@mail.example.com"


async def test_dots_and_plus_tags_stay(data: Data) -> None:
    data.write("contacts.csv", "id,email\n1,A.N.N+News@mail.example.com\n")

    (contact,), _ = await data.contacts()

    assert contact.emails == ("a.n.n+news@mail.example.com",)


async def test_an_address_becomes_composed_unicode(data: Data) -> None:
    data.write("contacts.csv", "id,email\n1,ZOE\u0308@mail.example.com\n")

    (contact,), _ = await data.contacts()

    assert contact.emails == ("zo\u00eb@mail.example.com",)


async def test_a_refused_address_is_reported_once_and_the_row_has_none(data: Data) -> None:
    data.write("contacts.csv", "id,email\n1,nobody\n2,b@mail.example.com\n")

    contacts, problems = await data.contacts({"email": FieldType.EMAIL})

    assert [(each.remote_id, each.emails) for each in contacts] == [
        ("1", ()),
        ("2", ("b@mail.example.com",)),
    ]
    assert problems == ["contacts.csv:2: email: is not an e-mail address"]


async def test_another_column_may_hold_the_address(data: Data) -> None:
    data.write("contacts.csv", "id,mail\n1,a@mail.example.com\n")

    (page,) = await data.contact_pages(email="mail")

    assert page.items[0].emails == ("a@mail.example.com",)


async def test_a_row_without_id_and_address_is_reported_and_the_rest_taken(data: Data) -> None:
    data.write("contacts.csv", "id,email,age\n,,30\n,nobody,31\n3,,32\n")

    contacts, problems = await data.contacts()

    assert [each.remote_id for each in contacts] == ["3"]
    assert problems == [
        "contacts.csv:2: the row has neither an id nor a valid e-mail address",
        "contacts.csv:3: the row has neither an id nor a valid e-mail address",
    ]


async def test_values_are_trimmed_typed_and_null_when_blank(data: Data) -> None:
    data.write("contacts.csv", "id,age,vip,job\n 1 , 42 , YES ,  \n")
    fields = {"age": NUMBER, "vip": BOOLEAN, "job": TEXT, "absent": TEXT}

    (contact,), problems = await data.contacts(fields)

    assert contact.remote_id == "1"
    assert contact.attributes == {"age": 42.0, "vip": True, "job": None, "absent": None}
    assert problems == []


async def test_a_value_that_does_not_fit_is_left_out_and_one_problem(data: Data) -> None:
    data.write("contacts.csv", 'id,note,age\n1,"two\nlines",old\n2,,41\n')

    contacts, problems = await data.contacts({"age": NUMBER})

    assert [each.attributes for each in contacts] == [{}, {"age": 41.0}]
    assert problems == ["contacts.csv:2: age: is not a number"]


async def test_known_columns_say_when_and_whether(data: Data) -> None:
    data.write(
        "contacts.csv",
        "id,created_at,updated_at,opted_out\n1,2026-01-15,1768471200,true\n2,,,\n",
    )

    (first, second), _ = await data.contacts()

    assert first.created_at == datetime(2026, 1, 15, tzinfo=UTC)
    assert first.modified_at == datetime(2026, 1, 15, 10, tzinfo=UTC)
    assert (first.opted_out, second.opted_out) == (True, False)
    assert (second.created_at, second.modified_at) == (None, None)


async def test_rows_of_one_id_come_in_the_order_of_the_file(data: Data) -> None:
    data.write("contacts.csv", "id,age\n1,10\n1,20\n")

    contacts, _ = await data.contacts({"age": NUMBER})
    (found,) = await data.connect().lookup.fetch(["1"], Reading(fields={"age": NUMBER}))

    assert [each.attributes["age"] for each in contacts] == [10.0, 20.0]
    assert found.attributes["age"] == 20.0


async def test_json_integers_are_their_digits_in_a_text(data: Data) -> None:
    rows = [{"id": 12345678901234567890, "zip": 75001, "age": 30}, {"id": "2", "zip": "01234"}]
    data.write("contacts.jsonl", [json.dumps(row) for row in rows])

    contacts, problems = await data.contacts({"zip": TEXT, "age": NUMBER})

    assert [each.remote_id for each in contacts] == ["12345678901234567890", "2"]
    assert [each.attributes for each in contacts] == [
        {"zip": "75001", "age": 30.0},
        {"zip": "01234", "age": None},
    ]
    assert problems == []


async def test_parquet_reads_as_the_others_and_names_the_row(data: Data) -> None:
    frame = pl.DataFrame(
        {"id": [1, 2, None], "age": ["30", "old", "5"], "vip": [True, None, False]}
    )
    frame.write_parquet(data.path / "contacts.parquet")

    contacts, problems = await data.contacts({"age": NUMBER, "vip": BOOLEAN})

    assert [(each.remote_id, each.attributes) for each in contacts] == [
        ("1", {"age": 30.0, "vip": True}),
        ("2", {"vip": None}),
    ]
    assert problems == [
        "contacts.parquet:2: age: is not a number",
        "contacts.parquet:3: the row has neither an id nor a valid e-mail address",
    ]


async def test_the_fields_of_a_folder_are_its_columns_and_those_written(data: Data) -> None:
    data.write("contacts.csv", "id,email,job\n1,,x\n")
    (data.path / "out").mkdir()
    data.write("out/contacts.csv", "id,email,heat\n1,,3\n")

    fields = await data.connect().fields.fields()

    assert [(each.name, each.is_writable) for each in fields] == [
        ("id", False),
        ("email", False),
        ("job", True),
        ("heat", True),
    ]


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.jsonl"])
async def test_the_ids_there_are_now_can_be_walked(data: Data, name: str) -> None:
    csv = name.endswith("csv")
    data.write(name, "id\n1\n2\n" if csv else '{"id": 1}\n{"id": "2"}\n')

    walked = [each async for page in data.connect().ids.ids() for each in page.items]

    assert walked == ["1", "2"]
