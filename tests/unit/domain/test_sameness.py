"""What a platform shows is what was written, however it spells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.sameness import as_seen, means
from connector.domain.values import Written

AT = datetime(2026, 1, 15, 10, 30, 15, 250_000, tzinfo=UTC)
PARIS = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("seen", "written"),
    [
        ("7", Decimal(7)),
        (7, Decimal("7.0")),
        ("7.000", Decimal(7)),
        (1.23, Decimal("1.2345")),
        (0.1 + 0.2, Decimal("0.3")),
        ("Hot", "hot"),
        (" hot ", "hot"),
        ("two  words", "two words"),
        ("x" * 255, "x" * 300),
        ("", None),
        (None, None),
        ("  ", ""),
        ("TRUE", True),
        (0, False),
        ("2026-01-15T10:30:15Z", AT),
        ("2026-01-15T11:30:15.25+01:00", AT.astimezone(PARIS)),
        ("2026-01-15", AT),
        ("2026-01-15 10:30:00", AT),
        (1768473015250, AT),
    ],
)
def test_a_value_that_is_spelled_otherwise_is_the_same(seen: object, written: Written) -> None:
    assert means(seen, written)


@pytest.mark.parametrize(
    ("seen", "written"),
    [
        ("8", Decimal(7)),
        (42, Decimal("41.6")),
        (1.2, Decimal("1.23")),
        ("many", Decimal(7)),
        (None, Decimal(0)),
        ("warm", "hot"),
        ("x" * 254, "x" * 300),
        (None, "hot"),
        ("cold", None),
        (None, False),
        ("false", True),
        ("2026-01-16", AT),
        ("2026-01-15T10:31:15Z", AT),
        ("2026-01-15T10:29:00Z", AT),
        ("2026-01-15T10:30:14Z", AT),
        (["hot"], "hot"),
    ],
)
def test_another_value_is_another(seen: object, written: Written) -> None:
    assert not means(seen, written)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1e9, max_value=1e9))
def test_a_number_is_what_it_is_rounded_to(number: Decimal) -> None:
    assert means(float(round(number, 3)), number)
    assert means(f"{number:f}", number)


def test_what_is_seen_is_kept_as_a_value_of_its_kind_if_it_can_be() -> None:
    assert as_seen("41.5", Decimal(1)) == Decimal("41.5")
    assert as_seen("yes", False) is True
    assert as_seen("lots", Decimal(1)) == "lots"
    assert as_seen("", "hot") is None
