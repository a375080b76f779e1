"""A JSON Schema as Markdown: one section for each mapping, in the order in which they are met."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from docs.generators.markdown import code, table

Schema = Mapping[str, Any]

_SUFFIXES = re.compile(r"(Entry|Parts|Deed|Choice)$")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SIMPLE = {
    "boolean": "true or false",
    "integer": "whole number",
    "null": "",
    "number": "number",
    "string": "text",
}


def sections(schema: Schema, root: str = "") -> Iterator[str]:
    """Yield the table of `root`, then a section for each definition it leads to."""
    definitions: Mapping[str, Schema] = schema.get("$defs", {})
    yield _keys(schema, definitions)
    for name, place in _places(schema, definitions, root).items():
        definition = definitions[name]
        title = str(definition.get("description", name)).split("\n\n")[0].rstrip(".")
        heading = f"## {' '.join(title.split())} {{ #{_anchor(name)} }}"
        yield f"{heading}\n\nAt {code(place)}.\n\n{_keys(definition, definitions)}"


def _places(schema: Schema, definitions: Mapping[str, Schema], root: str) -> Mapping[str, str]:
    """Return where each definition is first used, in the order of a reader from top to bottom."""
    places: dict[str, str] = {}

    def visit(part: Schema, place: str) -> None:
        for name, where in _references(part, place):
            if name not in places:
                places[name] = where
                visit_keys(definitions[name], where)

    def visit_keys(owner: Schema, place: str) -> None:
        for key, part in owner.get("properties", {}).items():
            visit(part, f"{place}.{key}" if place else key)

    visit_keys(schema, root)
    return places


def _references(part: Schema, place: str) -> Iterator[tuple[str, str]]:
    """Yield each definition that a value may be, and the place of that value."""
    if "$ref" in part:
        yield str(part["$ref"]).rsplit("/", 1)[1], place
    for choice in _choices(part):
        yield from _references(choice, place)
    if isinstance(part.get("items"), Mapping):
        yield from _references(part["items"], f"{place}[]")
    if isinstance(part.get("additionalProperties"), Mapping):
        yield from _references(part["additionalProperties"], f"{place}.<name>")


def _choices(part: Schema) -> list[Schema]:
    return [*part.get("anyOf", []), *part.get("oneOf", [])]


def _keys(owner: Schema, definitions: Mapping[str, Schema]) -> str:
    """Return the table of what a mapping may say."""
    required = owner.get("required", [])
    rows = [
        (
            code(key),
            _kind(part),
            "required" if key in required else _default(part),
            part.get("description") or _described(part, definitions),
        )
        for key, part in owner.get("properties", {}).items()
    ]
    if isinstance(more := owner.get("additionalProperties"), Mapping):
        rows.append(("any other", _kind(more), "", more.get("description", "a name of your own")))
    return table(("Key", "Value", "Default", "Meaning"), rows)


def _described(part: Schema, definitions: Mapping[str, Schema]) -> str:
    """Return what the definition says of itself that a key leads to."""
    name = str(part.get("$ref", "")).rsplit("/", 1)[-1]
    return str(definitions.get(name, {}).get("description", ""))


def _kind(part: Schema) -> str:
    """Return what may stand there, in words."""
    if "$ref" in part:
        name = str(part["$ref"]).rsplit("/", 1)[1]
        return f"[{_label(name)}](#{_anchor(name)})"
    if choices := _choices(part):
        return " or ".join(dict.fromkeys(filter(None, map(_kind, choices))))
    if "const" in part:
        return code(part["const"])
    if "enum" in part:
        return " or ".join(code(value) for value in part["enum"])
    return _composite(part) or _simple(part)


def _composite(part: Schema) -> str | None:
    """Return the words for a list or a mapping of values."""
    if "prefixItems" in part:
        return f"list of {', '.join(map(_kind, part['prefixItems']))}"
    if part.get("type") == "array":
        return f"list of {_kind(part.get('items', {})) or 'values'}"
    if part.get("type") == "object":
        inner = part.get("additionalProperties")
        return f"name: {_kind(inner)}" if isinstance(inner, Mapping) else "mapping"
    return None


def _simple(part: Schema) -> str:
    """Return the words for a single value."""
    if str(part.get("pattern", "")).endswith("[smhdw]$"):
        return "duration"
    if str(part.get("pattern", "")).endswith("%$"):
        return "percentage"
    return _SIMPLE.get(str(part.get("type")), "any value")


def _default(part: Schema) -> str:
    default = part.get("default")
    if default is None or isinstance(default, dict | list):
        return ""
    return code(json.dumps(default) if isinstance(default, bool) else default)


def _label(name: str) -> str:
    """Return a definition's name in words: `EventRuleEntry` is an event rule."""
    return _WORDS.sub(" ", _SUFFIXES.sub("", name)).lower()


def _anchor(name: str) -> str:
    return _label(name).replace(" ", "-") if _SUFFIXES.search(name) else name.lower()
