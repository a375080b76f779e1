"""Values by name, whichever of the two ways an API has of telling them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.mapped.expressions import Json


def values_by_name(told: Json) -> Mapping[str, Json] | None:
    """Return an object as it is, a list of `{name, value}` as one; None for anything else.

    Of two values with one name the last counts.
    """
    if isinstance(told, dict):
        return told
    if not isinstance(told, list) or not all(map(_is_pair, told)):
        return None
    return {str(each["name"]): each["value"] for each in told}


def _is_pair(told: Json) -> bool:
    if not isinstance(told, dict) or "value" not in told:
        return False
    name = told.get("name")
    return isinstance(name, (str, int)) and not isinstance(name, bool)
