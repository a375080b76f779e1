"""Numbers that Mautic's API drops, and what stands for them; pure.

Of what POST and PATCH carry Mautic forgets every number, and every text that is one, which is 0:
before 7.2 also what is 0 once its decimals are cut off. The field then keeps its old value. An
empty text it takes, where it is told to overwrite with blanks; and a 1 it always keeps.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.mautic.config import Zero
    from adapters.mautic.versions import Version

DEFAULT: Zero = "floor"
"""A segment of those who have less than 20 does not find an empty field; it finds a 1."""

_FRACTIONS: Version = (7, 2)
"""The first version that keeps numbers between 0 and 1: 7.1.1 was seen to drop them."""
_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?)\s*", re.ASCII)
_ONE = Decimal(1)
_HALF = Decimal("0.5")


def keeps_fractions(version: Version | None) -> bool:
    """Return whether a version keeps numbers between 0 and 1."""
    return version is not None and version >= _FRACTIONS


def is_dropped(number: Decimal, version: Version | None) -> bool:
    """Return whether Mautic forgets `number`."""
    return number == 0 if keeps_fractions(version) else abs(number) < _ONE


def number_in(text: str) -> Decimal | None:
    """Return the number that PHP takes a text for, None where it takes it for none."""
    found = _NUMBER.fullmatch(text)
    return Decimal(found[1]) if found else None


def stand_in(number: Decimal, zero: Zero, *, has_decimals: bool) -> Decimal | None:
    """Return what is written for a number that is dropped, None for nothing at all.

    A field that `has_decimals` may hold shares: for 0.05 neither 0 nor 1 can stand.
    """
    if number and has_decimals:
        return None
    if abs(number) >= _HALF:
        return _ONE.copy_sign(number)
    return None if zero == "blank" else _ONE
