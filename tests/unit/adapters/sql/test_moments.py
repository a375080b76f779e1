"""Values of a cursor are moved in their own type, and texts as they are spelled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from adapters.sql.moments import can_lead, earlier, is_fine, not_after

HOUR = timedelta(hours=1)
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "overlap", "before"),
    [
        (datetime(2026, 1, 15, 10), HOUR, datetime(2026, 1, 15, 9)),  # noqa: DTZ001 - as drivers have it
        (NOW, None, datetime(2026, 1, 15, 9, 55, tzinfo=UTC)),
        (datetime(2026, 10, 25, 2, 30), HOUR, datetime(2026, 10, 25, 0, 30)),  # noqa: DTZ001 - as drivers have it
        ("2026-10-25 02:30:00", HOUR, "2026-10-25 00:30:00"),
        ("2026-10-25 02:30:00Z", HOUR, "2026-10-25 01:30:00Z"),
        (datetime(2026, 3, 29, 2, 30), HOUR, datetime(2026, 3, 29, 1, 30)),  # noqa: DTZ001 - as drivers have it
        (date(2026, 1, 15), HOUR, date(2026, 1, 14)),
        (5_000, None, 4_000),
        (Decimal(5_000), 10, Decimal(4_990)),
        (5.5, 0, 5.5),
        ("2026-01-15 10:00:00", HOUR, "2026-01-15 09:00:00"),
        ("2026-01-15T10:00:00.123Z", HOUR, "2026-01-15T09:00:00.123Z"),
        ("2026-01-15 10:00:00.123456789+01:00", HOUR, "2026-01-15 09:00:00.123456000+01:00"),
        ("2026-01-15", HOUR, "2026-01-14"),
        (date.min, HOUR, date.min),
    ],
)
def test_an_overlap_keeps_type_and_spelling(
    value: object, overlap: timedelta | int | None, before: object
) -> None:
    assert earlier(value, overlap, PARIS) == before


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (datetime(2099, 1, 1, tzinfo=UTC), NOW),
        (datetime(2026, 1, 15, 10, 30), datetime(2026, 1, 15, 10, 30)),  # noqa: DTZ001 - as drivers have it
        (datetime(2026, 1, 15, 11, 30), datetime(2026, 1, 15, 11)),  # noqa: DTZ001 - as drivers have it
        (date(2099, 1, 1), date(2026, 1, 15)),
        ("2099-01-01 00:00:00", "2026-01-15 11:00:00"),
        ("2099-01-01T00:00:00.000Z", "2026-01-15T10:00:00.000Z"),
        ("2099-01-01T00:00:00-05:00", "2026-01-15T05:00:00-05:00"),
        ("2026-01-15 10:59:59", "2026-01-15 10:59:59"),
        (10**12, 10**12),
    ],
)
def test_what_lies_in_the_future_is_the_present_of_its_zone(value: object, taken: object) -> None:
    assert not_after(value, NOW, PARIS) == taken


def test_times_and_numbers_lead_and_nothing_else_does() -> None:
    leading = [NOW, date(2026, 1, 1), 1, 1.5, Decimal(1), "2026-01-15 10:00:00", "2026-01-15"]
    others = [True, None, "17", "yesterday", b"1", "2026-01-15 10:00"]

    assert all(map(can_lead, leading))
    assert not any(map(can_lead, others))


def test_of_a_day_more_rows_come_until_it_is_over() -> None:
    assert is_fine(NOW)
    assert is_fine(17)
    assert is_fine("2026-01-15 10:00:00")
    assert not is_fine(date(2026, 1, 15))
    assert not is_fine("2026-01-15")
