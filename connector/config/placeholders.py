"""Texts with placeholders in braces: which names they hold."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.config.context import Context
    from connector.config.places import Path


def check_placeholders(path: Path, text: str, context: Context) -> dict[str, str]:
    """Return the names in braces that `text` holds, by themselves; report what is wrong."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        hint = "write `{{` and `}}` for a brace that is meant as one"
        context.report.add(path, "a brace has no partner", hint)
        return {}
    found: dict[str, str] = {}
    for _, name, layout, conversion in parts:
        if name is None:
            continue
        if layout or conversion:
            message = "a placeholder is a name in braces and nothing else"
            context.report.add(path, message, f"write `{{{name}}}`")
            continue
        what = "attribute, trait, dimension, score, stage or grade"
        context.known(path, name, context.names.results, what)
        found[name] = name
    return found
