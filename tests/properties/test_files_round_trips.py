"""What is written can be read again, whatever it is."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from decimal import Decimal
from pathlib import Path

from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.files.adapter import FilesPlatform
from adapters.files.sheets import HEAD, Sheet, cell_of, read_sheet, sheet_text
from connector.domain.changes import Addressee, AttributeChange, ListChange
from connector.domain.contacts import Contact, Reading
from connector.domain.emails import BadEmail, read_email
from connector.domain.values import FieldType

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
WRITTEN = st.text(st.sampled_from("='+-@\t\r\n\",;ab1. é"), max_size=6)
IDS = TEXTS.map(str.strip).filter(bool)
CELLS = st.lists(st.tuples(IDS, TEXTS), max_size=6, unique_by=lambda row: row[0])


@given(st.lists(st.tuples(WRITTEN, WRITTEN, WRITTEN), max_size=5))
def test_a_sheet_is_read_as_it_was_written(rows: list[tuple[str, str, str]]) -> None:
    sheet = Sheet([*HEAD, "=note"], [list(row) for row in rows])

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        path.write_text(sheet_text(sheet), encoding="utf-8", newline="")

        assert read_sheet(path, HEAD) == sheet


@given(WRITTEN)
def test_no_text_is_a_formula(text: str) -> None:
    rows = sheet_text(Sheet(["v"], [[text]]))
    cell = list(csv.reader(io.StringIO(rows, newline="")))[-1:]

    first = cell[0][0][:1] if cell and cell[0] else ""
    is_number = text.removeprefix("-").removeprefix("+").replace(".", "").replace(",", "").isdigit()
    assert first not in {"=", "@", "\t", "\r", "\n"}
    assert first not in {"+", "-"} or is_number


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_a_number_keeps_its_digits_and_has_no_exponent(number: Decimal) -> None:
    cell = cell_of(number)

    assert Decimal(cell) == number
    assert set(cell) <= set("-.0123456789")
    assert not (number == 0 and cell.startswith("-"))


@settings(max_examples=60, deadline=None)
@given(CELLS, st.sampled_from([",", ";"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
async def test_contacts_are_read_as_they_were_written(
    rows: list[tuple[str, str]], delimiter: str, end: str, is_json: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if is_json:
            lines = [json.dumps({"id": key, "note": note}) for key, note in rows]
            (Path(folder) / "contacts.jsonl").write_text("\n".join(lines), encoding="utf-8")
        else:
            sink = io.StringIO(newline="")
            writer = csv.writer(
                sink, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_ALL
            )
            writer.writerows([("id", "note"), *rows])
            text = sink.getvalue() if end == "\r\n" else sink.getvalue().replace('"\r\n', '"\n')
            (Path(folder) / "contacts.csv").write_bytes(text.encode())

        contacts, problems = await _contacts(folder)

    assert problems == 0
    assert [(each.remote_id, each.attributes["note"]) for each in contacts] == [
        (key, note.strip() or None) for key, note in rows
    ]


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(6)), st.integers(1, 6))
async def test_the_order_of_writing_changes_no_byte(order: list[int], size: int) -> None:
    changes = [
        AttributeChange(
            to=Addressee(remote_id=str(number % 4), email=f"p{number % 4}@mail.example.com"),
            values={f"a{number}": Decimal(number), "same": "x"},
        )
        for number in range(6)
    ]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        await FilesPlatform("p", Path(one)).attribute_writer.write_attributes(changes)
        writer = FilesPlatform("p", Path(other)).attribute_writer
        for start in range(0, 6, size):
            await writer.write_attributes([changes[n] for n in order[start : start + size]])

        assert _out(one, "contacts.csv") == _out(other, "contacts.csv")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12))
async def test_a_list_holds_whoever_was_put_in_last(steps: list[tuple[str, bool]]) -> None:
    members: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        for who, is_member in steps:
            change = ListChange(to=Addressee(remote_id=who), list_name="L", is_member=is_member)
            (outcome,) = await FilesPlatform("p", Path(folder)).list_writer.write_lists([change])
            assert outcome.is_unchanged == ((who in members) == is_member)
            (members.add if is_member else members.discard)(who)
        rows = _out(folder, "lists/L.csv").splitlines()[1:] if steps else []

    assert rows == [f"{who}," for who in sorted(members)]


LOCAL = st.text(st.sampled_from("ab1._+-é'\" @"), max_size=70)
DOMAIN = st.one_of(
    st.sampled_from(["mail.example.com", "x.test", "localhost", "-a.com", "a..com", "é.com", "a"]),
    st.text(st.sampled_from("ab1.-_"), max_size=40),
)


@settings(max_examples=300)
@given(LOCAL, DOMAIN)
def test_the_short_way_with_addresses_says_what_the_long_one_says(local: str, domain: str) -> None:
    address = f"{local}@{domain}".strip().lower()
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        is_valid = False
    else:
        is_valid = True

    try:
        read_email(address)
    except BadEmail:
        assert not is_valid
    else:
        assert is_valid


async def _contacts(folder: str) -> tuple[list[Contact], int]:
    reading = Reading(fields={"note": FieldType.TEXT})
    source = FilesPlatform("p", Path(folder)).contacts
    pages = [page async for page in source.contacts(reading, None)]
    return [each for page in pages for each in page.items], sum(len(p.problems) for p in pages)


def _out(folder: str, name: str) -> str:
    return (Path(folder) / "out" / name).read_bytes().decode()
