"""Versions of Mautic, which every answer names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Version: TypeAlias = tuple[int, int]
"""The first two numbers, such as (5, 1)."""

HEADER = "mautic-version"
_VERSION = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})", re.ASCII)


def version_of(headers: Mapping[str, str]) -> Version | None:
    """Return the version that an answer names; None where it names none."""
    found = _VERSION.match(headers.get(HEADER, "").strip())
    return (int(found[1]), int(found[2])) if found else None
