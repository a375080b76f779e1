"""Whether it is time for what waits, asked of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_

from connector.domain.waits import LONGEST_REST

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement


def has_come(instant: Column[Any], now: datetime) -> ColumnElement[bool]:
    """Ask of each row what `connector.domain.waits.has_come` tells."""
    return or_(instant.is_(None), instant <= now, instant > now + LONGEST_REST)
