"""Whether a platform shows what was written to it: equal in meaning, not in spelling; pure.

Platforms give values back in their own way: numbers as text and with fewer decimals, words in
another case, instants without their fractions, to the minute or as a day, nothing as an empty text.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.domain.values import FieldType, Misfit, read_value

if TYPE_CHECKING:
    from connector.domain.values import Written

_FEWEST_DECIMALS = 2
"""A number with fewer was typed by somebody, not rounded by a platform."""
_CUT_FROM = 255
"""Characters from which on a text may have been cut off by a platform."""
_MOST_DECIMALS = 9
"""Beyond them is but the noise of binary fractions."""


def means(seen: object, written: Written) -> bool:
    """Return whether the raw value `seen` on a platform means what was `written`."""
    try:
        match written:
            case None:
                return read_value(seen, FieldType.TEXT) is None
            case bool():
                return read_value(seen, FieldType.BOOLEAN) is written
            case Decimal():
                return _is_rounded(read_value(seen, FieldType.NUMBER), written)
            case datetime():
                return _is_cut(read_value(seen, FieldType.DATETIME), written)
            case _:
                return _is_worded(read_value(seen, FieldType.TEXT), written)
    except Misfit:
        return False


def as_seen(seen: object, like: Written) -> Written:
    """Return the raw value `seen` as a value of the kind of `like`, as a text where it is none."""
    kinds = {bool: FieldType.BOOLEAN, Decimal: FieldType.NUMBER, datetime: FieldType.DATETIME}
    try:
        value = read_value(seen, kinds.get(type(like), FieldType.TEXT))
    except Misfit:
        return str(seen)
    return Decimal(repr(value)) if isinstance(value, float) else value


def _is_rounded(seen: object, written: Decimal) -> bool:
    if not isinstance(seen, float):
        return False
    shown = Decimal(repr(seen))
    decimals = -int(shown.normalize().as_tuple().exponent)
    unit = Decimal(1).scaleb(-min(max(decimals, _FEWEST_DECIMALS), _MOST_DECIMALS))
    return seen == float(written) or abs(shown - written) <= unit / 2


def _is_cut(seen: object, written: datetime) -> bool:
    if not isinstance(seen, datetime):
        return False
    written = written.astimezone(UTC)
    is_day = seen.timetz().replace(tzinfo=None) == time() and seen.date() == written.date()
    is_minute = seen.replace(second=0, microsecond=0) == seen
    unit = timedelta(minutes=1) if is_minute else timedelta(seconds=1)
    return is_day or timedelta() <= written - seen < unit


def _is_worded(seen: object, written: str) -> bool:
    if not isinstance(seen, str):
        return not written.strip() and seen is None
    if len(seen) >= _CUT_FROM and written.startswith(seen):
        return True
    return seen.split() == written.split() or seen.casefold() == written.strip().casefold()
