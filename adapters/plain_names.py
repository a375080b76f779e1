"""Names as platforms take them that want them plain; pure."""

from __future__ import annotations

import re
from unicodedata import normalize

_OTHERS = re.compile(r"[^a-z0-9]+")


def plain_name(name: str) -> str:
    """Return what is left of a name in small letters, digits and single `_`, accents taken off."""
    letters = normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _OTHERS.sub("_", letters).strip("_")
