"""What drivers return is read as cells are everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.sql.config import ContactsQuery
from adapters.sql.rows import Cells, read_contact, read_id
from adapters.sql.values import cell_of, text_of
from connector.domain.contacts import Reading
from connector.domain.values import FieldType

PARIS = ZoneInfo("Europe/Paris")
NAIVE = datetime(2026, 7, 15, 10)  # noqa: DTZ001 - as drivers have it
ID = UUID("6f1c1f0e-0000-4000-8000-00000000000a")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None),
        ("a", "a"),
        (True, True),
        (7, 7),
        (Decimal("7.00"), 7),
        (Decimal("7.5"), 7.5),
        (NAIVE, datetime(2026, 7, 15, 8, tzinfo=UTC)),
        (NAIVE.replace(tzinfo=UTC), NAIVE.replace(tzinfo=UTC)),
        (date(2026, 1, 15), "2026-01-15"),
        (time(9, 30), "09:30:00"),
        (timedelta(minutes=1), 60.0),
        (ID, str(ID)),
        ([1, Decimal("2.5"), NAIVE], [1, 2.5, "2026-07-15T08:00:00+00:00"]),
        ({"a": {"b": ID}}, {"a": {"b": str(ID)}}),
    ],
)
def test_a_value_is_as_json_would_have_it(value: object, cell: object) -> None:
    assert cell_of(value, PARIS) == cell


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (17, "17"),
        (Decimal("17.0"), "17"),
        (17.0, "17"),
        (ID, str(ID)),
        (" c 1 ", "c 1"),
        ("", None),
        (b"17", None),
        (None, None),
        ("a\0b", None),
    ],
)
def test_an_id_is_a_text_however_the_database_has_it(value: object, text: str | None) -> None:
    assert read_id(value) == text


@pytest.mark.parametrize(
    ("value", "kind", "reason"),
    [
        (b"\x01", FieldType.BOOLEAN, "is not true or false"),
        (b"abc", FieldType.TEXT, "is not a text"),
        ("many", FieldType.NUMBER, "is not a number"),
        (Decimal("NaN"), FieldType.NUMBER, "is not a finite number"),
        (Decimal("1E+9999"), FieldType.NUMBER, "is not a finite number"),
        (10**400, FieldType.NUMBER, "is not a finite number"),
        (date.min, FieldType.EMAIL, "is not an e-mail"),
        (object(), FieldType.TEXT, "is not a text"),
    ],
)
def test_what_does_not_fit_is_told_without_the_value(
    value: object, kind: FieldType, reason: str
) -> None:
    cells = Cells(row={"x": value}, zone=PARIS)

    assert cells.value("x", kind) is None
    assert cells.misfits["x"].startswith(reason)


def test_a_time_at_the_edge_of_the_calendar_is_no_instant() -> None:
    cells = Cells(row={"x": datetime.max}, zone=ZoneInfo("America/New_York"))  # noqa: DTZ901 - an edge

    assert cells.instant("x") is None
    assert cells.misfits == {"x": "is no instant"}


def test_zero_and_one_are_false_and_true() -> None:
    cells = Cells(row={"yes": 1, "no": 0}, zone=PARIS)

    found = [cells.value(each, FieldType.BOOLEAN) for each in ("yes", "no")]
    assert found == [True, False]


def test_a_row_that_does_not_fit_is_named_by_its_id() -> None:
    reading = Reading(fields={"age": FieldType.NUMBER, "town": FieldType.TEXT})
    row = {"id": 17, "email": "nobody at home", "age": "old", "town": None}
    config = ContactsQuery(query="SELECT 1")

    contact, problems = read_contact(config, reading, PARIS, "platforms.shop.contacts", row)

    assert contact is not None
    assert (contact.remote_id, contact.emails, contact.attributes) == ("17", (), {"town": None})
    told = [str(each) for each in problems]
    assert told[1] == "platforms.shop.contacts: row 17: `age` is not a number"
    assert all("old" not in each and "nobody" not in each for each in told)


def test_a_column_that_is_not_there_clears_nothing() -> None:
    reading = Reading(fields={"town": FieldType.TEXT})
    config = ContactsQuery(query="SELECT 1")

    contact, _ = read_contact(config, reading, PARIS, "", {"id": "a"})

    assert contact is not None
    assert contact.attributes == {}


def test_the_text_of_an_id_that_is_none_is_left_as_it_is() -> None:
    assert text_of(b"17") == b"17"
