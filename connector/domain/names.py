"""What people are called, where the usual attributes tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL = (("full_name",), ("name",), ("first_name", "last_name"))


def name_of(attributes: Mapping[str, object]) -> str:
    """Return what a person is called, by our names of attributes; empty where nobody knows."""
    for names in _USUAL:
        words = [str(attributes[each]).strip() for each in names if attributes.get(each)]
        if words:
            return " ".join(words)
    return ""


def company_of(attributes: Mapping[str, object]) -> str:
    """Return the company that a person is of; empty where nobody knows."""
    return str(attributes.get("company") or "").strip()
