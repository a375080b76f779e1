"""Instants as Mautic's database has them: UTC, to the second, without saying so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.instants import MICROSECOND, from_micros, parse_instant

if TYPE_CHECKING:
    from datetime import datetime

OVERLAP = timedelta(minutes=5)
"""How far a reading by instants reaches back: what is dated is stored a little later."""


def micros_of(span: timedelta) -> int:
    """Return the whole microseconds of a span."""
    return span // MICROSECOND


def stamp(micros: int) -> str:
    """Return an instant as a condition compares it: bound to a column as it stands."""
    return from_micros(micros).strftime("%Y-%m-%d %H:%M:%S")


def instant_of(raw: object) -> datetime:
    """Return the instant of a column or an answer, to the second; raises ValueError.

    Some calls tell by parts of a second what the database keeps without them.
    """
    return parse_instant(raw).replace(microsecond=0)
