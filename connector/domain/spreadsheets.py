"""Texts in files that people open in a spreadsheet."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)


def guarded(text: str) -> str:
    """Return `text` such that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(cell: str) -> str:
    """Return the text that was `guarded`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
