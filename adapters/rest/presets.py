"""Entries that are shipped with heatsync, and what a user's own keys make of them."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from adapters.mapped.expressions import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

_SUFFIX = ".yaml"


def preset_names() -> Sequence[str]:
    """Return the names of all presets."""
    return sorted(
        each.name.removesuffix(_SUFFIX) for each in _entries() if each.name.endswith(_SUFFIX)
    )


def preset(name: str) -> Mapping[str, Json]:
    """Return the entry of a preset; raises ValueError where there is none of that name."""
    names = preset_names()
    if name not in names:
        guess = get_close_matches(name, names, n=1)
        hint = f"did you mean `{guess[0]}`?" if guess else f"there is {', '.join(names) or 'none'}"
        msg = f"there is no preset `{name}`: {hint}"
        raise ValueError(msg)
    return _read(name)


def with_preset(values: object) -> object:
    """Return an entry laid over the preset that it names; as it is where there is none.

    Mappings are put together, whatever else is written takes the place of what was there.
    """
    if not isinstance(values, dict) or values.get("preset") not in preset_names():
        return values
    return _laid_over(preset(values["preset"]), values)


def _laid_over(below: Mapping[str, Json], above: Mapping[str, Json]) -> dict[str, Json]:
    merged = dict(below)
    for key, value in above.items():
        before = merged.get(key)
        is_both = isinstance(before, dict) and isinstance(value, dict)
        merged[key] = _laid_over(before, value) if is_both else value  # type: ignore[arg-type]
    return merged


@cache
def _read(name: str) -> Mapping[str, Json]:
    (found,) = [each for each in _entries() if each.name == name + _SUFFIX]
    entry: Mapping[str, Json] = YAML(typ="safe", pure=True).load(found.read_text(encoding="utf-8"))
    return entry


def _entries() -> Sequence[Traversable]:
    folder = files("mappings") / "platforms"
    return list(folder.iterdir()) if folder.is_dir() else []
