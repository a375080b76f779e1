"""What is written to `out/`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connector.domain.changes import Action, Addressee, AttributeChange, ListChange, TagChange
from connector.domain.values import FieldType, Written
from connector.errors import PlatformError, RejectedByPlatform, UnexpectedAnswer
from connector.ports.platform import RemoteField
from tests.integration.files.folder import Data

AT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
HALF = datetime(2026, 1, 15, 10, 30, 0, 500_000, tzinfo=UTC)


def who(remote_id: str, email: str | None = None) -> Addressee:
    return Addressee(remote_id=remote_id, email=email)


def change(remote_id: str, **values: Written) -> AttributeChange:
    return AttributeChange(to=who(remote_id, f"{remote_id}@mail.example.com"), values=values)


def member(remote_id: str, name: str = "Hot", *, is_member: bool = True) -> ListChange:
    return ListChange(to=who(remote_id), list_name=name, is_member=is_member)


def action(key: str, kind: str = "notify") -> Action:
    return Action(key=key, trigger="call_hot", kind=kind, to=who("1"), at=AT)


@pytest.fixture
def data(data: Data) -> Data:
    data.write("contacts.csv", "id\n1\n2\n10\n")
    return data


async def test_attributes_are_columns_by_name_and_contacts_rows_by_id(data: Data) -> None:
    writer = data.connect().attribute_writer

    await writer.write_attributes([change("2", stage="hot"), change("10", heat=Decimal(3))])
    await writer.write_attributes([change("1", heat=Decimal(1), alpha="x")])

    assert data.out("contacts.csv") == (
        "id,email,alpha,heat,stage\n"
        "1,1@mail.example.com,x,1,\n"
        "10,10@mail.example.com,,3,\n"
        "2,2@mail.example.com,,,hot\n"
    )


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-0.0"), "0.0"),
        (Decimal(-5), "-5"),
        (True, "true"),
        (False, "false"),
        (AT, "2026-01-15T10:30:00Z"),
        (HALF, "2026-01-15T10:30:00.500000Z"),
        ("plain", "plain"),
        ("+33 1", "'+33 1"),
        ("+33123456789", "+33123456789"),
        ("-12,5", '"-12,5"'),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+cmd", "'-1+cmd"),
        ("\t=1", "'\t=1"),
        ("'=1", "''=1"),
        ("it's", "it's"),
        ('a "b", c', '"a ""b"", c"'),
    ],
)
async def test_a_value_has_one_form(data: Data, value: Written, cell: str) -> None:
    await data.connect().attribute_writer.write_attributes([change("1", v=value)])

    assert data.out("contacts.csv") == f"id,email,v\n1,1@mail.example.com,{cell}\n"


async def test_a_contact_without_a_value_has_no_row(data: Data) -> None:
    writer = data.connect().attribute_writer
    await writer.write_attributes([change("1", heat=Decimal(1)), change("2", heat=Decimal(2))])

    await writer.write_attributes([change("1", heat=None)])

    assert data.out("contacts.csv") == "id,email,heat\n2,2@mail.example.com,2\n"


async def test_an_equal_value_is_unchanged_and_writes_nothing(data: Data) -> None:
    writer = data.connect().attribute_writer
    await writer.write_attributes([change("1", heat=Decimal("1.0"))])
    path = data.path / "out" / "contacts.csv"
    before = path.stat().st_ino

    (same,) = await writer.write_attributes([change("1", heat=Decimal("1.0"), none=None)])
    is_same_file = path.stat().st_ino == before
    (other,) = await writer.write_attributes([change("1", heat=Decimal(1))])

    assert (same.is_unchanged, is_same_file, other.is_unchanged) == (True, True, False)


async def test_the_columns_that_say_who_are_never_written(data: Data) -> None:
    outcomes = await data.connect().attribute_writer.write_attributes(
        [change("1", email="x"), change("2", heat=Decimal(2))]
    )

    assert isinstance(outcomes[0].error, RejectedByPlatform)
    assert data.out("contacts.csv") == "id,email,heat\n2,2@mail.example.com,2\n"


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "x" * 131_072], ids=["utf", "nul", "huge"])
async def test_a_text_that_could_not_be_read_again_is_refused(data: Data, text: str) -> None:
    outcomes = await data.connect().attribute_writer.write_attributes(
        [change("1", note=text), change("2", note="fine")]
    )

    assert [each.error is None for each in outcomes] == [False, True]


async def test_a_list_is_a_file_of_members_by_id(data: Data) -> None:
    writer = data.connect().list_writer

    await writer.write_lists([member("2"), member("10"), member("1"), member("2")])

    assert data.out("lists/Hot.csv") == "id,email\n1,\n10,\n2,\n"


async def test_an_emptied_list_keeps_its_header(data: Data) -> None:
    writer = data.connect().list_writer
    await writer.write_lists([member("1")])

    await writer.write_lists([member("1", is_member=False)])

    assert data.out("lists/Hot.csv") == "id,email\n"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a/b\\c:d\0e", "a_b_c_d_e.csv"),
        (".hidden", "_hidden.csv"),
        ("../../etc/passwd", "_._.._etc_passwd.csv"),
        ("Clients intéressés", "Clients intéressés.csv"),
    ],
)
async def test_a_name_that_is_no_file_name_is_made_one(data: Data, name: str, file: str) -> None:
    platform = data.connect()

    await platform.list_writer.write_lists([member("1", name)])

    assert f"lists/{file}" in data.out_names()
    assert [each.name for each in await platform.lists.lists()] == [name]
    assert {each.name for each in data.path.iterdir()} == {"contacts.csv", "out"}


async def test_two_lists_never_share_a_file(data: Data) -> None:
    await data.connect().list_writer.write_lists([member("1", "a/b")])

    (clash,) = await data.connect().list_writer.write_lists([member("2", "a:b")])
    (plain,) = await data.connect().list_writer.write_lists([member("2", "a_b")])

    assert str(clash.error) == "the file of this list is that of `a/b`"
    assert str(plain.error) == "the file of this list is that of `a/b`"
    assert data.out("lists/a_b.csv") == "id,email\n1,\n"


async def test_a_plain_name_keeps_its_file_from_others(data: Data) -> None:
    await data.connect().list_writer.write_lists([member("1", "a_b")])

    (clash,) = await data.connect().list_writer.write_lists([member("2", "a/b")])

    assert isinstance(clash.error, RejectedByPlatform)
    assert data.out_names() == {"lists/a_b.csv"}


async def test_a_foreign_file_among_the_lists_does_no_harm(data: Data) -> None:
    await data.connect().list_writer.write_lists([member("1")])
    data.write("out/lists/~$Hot.csv", b"\x05Ann")

    lists = await data.connect().lists.lists()

    assert [(each.name, each.size) for each in lists] == [("Hot", 1), ("~$Hot", None)]


@pytest.mark.parametrize("name", ["", "x" * 300, "é" * 126], ids=["empty", "long", "long bytes"])
async def test_a_list_without_a_possible_file_is_refused(data: Data, name: str) -> None:
    platform = data.connect()

    (outcome,) = await platform.list_writer.write_lists([member("1", name)])

    assert isinstance(outcome.error, RejectedByPlatform)
    with pytest.raises(RejectedByPlatform):
        await platform.lists.create_list(name)


async def test_tags_are_rows_by_contact_and_tag(data: Data) -> None:
    writer = data.connect().tag_writer
    tags = [("2", "vip"), ("1", "vip"), ("1", "=hot"), ("1", "vip")]

    await writer.write_tags([TagChange(to=who(key), tag=tag, is_set=True) for key, tag in tags])
    assert data.out("tags.csv") == "id,email,tag\n1,,'=hot\n1,,vip\n2,,vip\n"

    await writer.write_tags([TagChange(to=who(key), tag=tag, is_set=False) for key, tag in tags])
    assert data.out("tags.csv") == "id,email,tag\n"


async def test_an_action_is_a_line_with_these_keys(data: Data) -> None:
    await data.connect().actions.perform([action("k1")])

    assert [json.loads(line) for line in data.out("triggers.jsonl").splitlines()] == [
        {
            "trigger": "call_hot",
            "contact": "1",
            "email": None,
            "action": "notify",
            "at": "2026-01-15T10:30:00Z",
            "key": "k1",
        }
    ]


async def test_a_key_in_the_file_is_not_written_again(data: Data) -> None:
    await data.connect().actions.perform([action("k1"), action("k2", "push")])

    outcomes = await data.connect().actions.perform([action("k2", "push"), action("k3")])

    keys = [json.loads(line)["key"] for line in data.out("triggers.jsonl").splitlines()]
    assert keys == ["k1", "k2", "k3"]
    assert [each.is_unchanged for each in outcomes] == [True, False]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("contacts.csv", b"id,email,heat\n1,a\n"),
        ("contacts.csv", b"email,id\n"),
        ("contacts.csv", b'id,email\n1,"a\n'),
        ("contacts.csv", b"id,email,heat,heat\n"),
        ("contacts.csv", b"\xff"),
        ("lists/Hot.csv", b"nothing\n"),
        ("lists/.names.json", b"{"),
        ("lists/.names.json", b"[]"),
        ("tags.csv", b"id,email\n"),
        ("triggers.jsonl", b'{"key": "k1"}\n{"ke'),
        ("triggers.jsonl", b"[]\n"),
    ],
)
async def test_a_damaged_file_is_named_and_left_as_it_is(
    data: Data, name: str, content: bytes
) -> None:
    (data.path / "out" / "lists").mkdir(parents=True)
    data.write(f"out/{name}", content)

    with pytest.raises(UnexpectedAnswer) as caught:
        await _write_everything(data)

    assert name.rsplit("/", maxsplit=1)[-1] in str(caught.value)
    assert (data.path / "out" / name).read_bytes() == content


async def test_what_a_crash_left_unfinished_is_swept(data: Data) -> None:
    (data.path / "out" / "lists").mkdir(parents=True)
    for name in ("out/.7.unfinished", "out/lists/.8.unfinished"):
        data.write(name, "id,em")

    await _write_everything(data)

    assert data.out_names() == {"contacts.csv", "lists/Hot.csv", "tags.csv", "triggers.jsonl"}


async def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(data: Data) -> None:
    (data.path / "out" / "contacts.csv" / "inside").mkdir(parents=True)

    with pytest.raises(PlatformError, match=r"contacts\.csv"):
        await data.connect().attribute_writer.write_attributes([change("1", heat=Decimal(1))])

    assert {each.name for each in (data.path / "out").iterdir()} == {"contacts.csv"}


@pytest.mark.parametrize("link", ["out", "out/lists"])
async def test_a_link_out_of_the_folder_is_not_followed(data: Data, link: str) -> None:
    elsewhere = data.path.parent / f"{data.path.name}-elsewhere"
    elsewhere.mkdir()
    (data.path / link).parent.mkdir(exist_ok=True)
    (data.path / link).symlink_to(elsewhere)

    with pytest.raises(UnexpectedAnswer, match="writes only inside it"):
        await data.connect().list_writer.write_lists([member("1")])

    assert list(elsewhere.iterdir()) == []


async def test_a_file_that_is_a_link_is_replaced_and_not_followed(data: Data) -> None:
    target = data.path.parent / f"{data.path.name}-target.csv"
    target.write_text("id,email\n", encoding="utf-8")
    (data.path / "out").mkdir()
    (data.path / "out" / "contacts.csv").symlink_to(target)

    await data.connect().attribute_writer.write_attributes([change("1", heat=Decimal(1))])

    assert target.read_text(encoding="utf-8") == "id,email\n"
    assert data.out("contacts.csv") == "id,email,heat\n1,1@mail.example.com,1\n"


async def test_a_created_field_is_a_column(data: Data) -> None:
    await data.connect().fields.create_field(RemoteField(name="heat", type=FieldType.NUMBER))

    assert data.out("contacts.csv") == "id,email,heat\n"


async def _write_everything(data: Data) -> None:
    platform = data.connect()
    await platform.attribute_writer.write_attributes([change("1", heat=Decimal(1))])
    await platform.list_writer.write_lists([member("1")])
    await platform.tag_writer.write_tags([TagChange(to=who("1"), tag="vip", is_set=True)])
    await platform.actions.perform([action("k9")])


async def test_a_task_and_a_note_are_written_with_their_words(data: Data) -> None:
    task = replace(action("t", "task"), params={"title": "Call", "due_at": AT})
    note = replace(action("n", "note"), params={"text": "hot"})

    await data.connect().actions.perform([task, note])

    lines = [json.loads(line) for line in data.out("triggers.jsonl").splitlines()]
    assert [(each["title"], each["due_at"]) for each in lines[:1]] == [
        ("Call", "2026-01-15T10:30:00Z")
    ]
    assert [each["text"] for each in lines[1:]] == ["hot"]
