"""The API as a page to read: made here from its OpenAPI, without a script or anything from afar."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1f24; background: #fff }
h2 { margin-top: 2.5rem; font-size: 1.1rem; font-family: ui-monospace, monospace }
h2 b { color: #9a3412 }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem }
pre { background: #f6f4f1; padding: .75rem; overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid #e7e2dc }
@media (prefers-color-scheme: dark) {
  body { color: #e6e1db; background: #17140f } h2 b { color: #fdba74 } pre { background: #221d16 }
  td, th { border-color: #3a332a }
}
"""
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""The content security policy of the page: its own style, and nothing else."""


_ASKED = "Body"
_DEEPEST = 3
"""Levels of a body that are told; deeper ones are in the document for machines."""


def guide(schema: Mapping[str, Any]) -> str:
    """Return the page that tells of every path in an OpenAPI document."""
    title = escape(f"{schema['info']['title']} {schema['info']['version']}")
    shapes = schema.get("components", {}).get("schemas", {})
    operations = [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    common = _common([operation["responses"] for _, _, operation in operations])
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: API</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style></head><body><h1>{title}: API</h1>",
        f"<p>{_prose(schema['info'].get('description', ''))}</p>",
        '<p>For machines: <a href="openapi.json">openapi.json</a>.</p>',
        "<p>Any of them may answer:</p>",
        _table(("Answer", "", "When"), [(code, "", text) for code, text in common.items()]),
    ]
    for path, method, operation in operations:
        parts += _operation(path, method, operation, shapes, common)
    return "".join([*parts, "</body></html>"])


def _common(answers: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Return what every operation may answer in the same words, by status; no success."""
    first = {code: each["description"] for code, each in answers[0].items()} if answers else {}
    return {
        code: text
        for code, text in first.items()
        if not code.startswith("2")
        and all(each.get(code, {}).get("description") == text for each in answers)
    }


def _operation(
    path: str,
    method: str,
    operation: Mapping[str, Any],
    shapes: Mapping[str, Any],
    common: Mapping[str, str],
) -> Iterator[str]:
    yield f"<h2><b>{escape(method.upper())}</b> {escape(path)}</h2>"
    yield f"<p>{_prose(operation.get('description', ''))}</p>"
    if found := operation.get("parameters"):
        rows = [
            (each["name"], "needed" if each.get("required") else "", each.get("description", ""))
            for each in found
        ]
        yield _table(("Parameter", "", "Meaning"), rows)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield _body(_ASKED, content.get("schema", {}), shapes)
    for code, answer in operation["responses"].items():
        if code.startswith("2"):
            for content in answer.get("content", {}).values():
                yield _body(f"Answer {code}", content.get("schema", {}), shapes)
    rest = [
        (code, "", each["description"])
        for code, each in operation["responses"].items()
        if code not in common and not code.startswith("2")
    ]
    if rest:
        yield _table(("Answer", "", "When"), rest)


def _body(title: str, schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> str:
    """Return what a body holds, as a table; whatever has no fields is told in a line."""
    rows = [*_fields(schema, shapes, is_asked=title == _ASKED)]
    if not rows:
        return f"<p>{escape(title)}: {escape(_kind(schema, shapes))}</p>"
    name = f"{title}, a list of" if schema.get("type") == "array" else title
    examples = schema.get("items", schema).get("examples") or ()
    shown = "".join(f"<pre>{escape(json.dumps(each, indent=2))}</pre>" for each in examples)
    return _table((name, "", "Meaning"), rows) + shown


def _fields(
    schema: Mapping[str, Any],
    shapes: Mapping[str, Any],
    prefix: str = "",
    depth: int = 0,
    *,
    is_asked: bool = False,
) -> Iterator[tuple[str, str, str]]:
    """Yield name, kind and meaning of each field, those within a field behind it.

    Of a body that `is_asked` for it is said what it needs.
    """
    schema = _resolved(schema, shapes)
    if schema.get("type") == "array":
        schema = _resolved(schema["items"], shapes)
    needed = schema.get("required", ()) if is_asked else ()
    for name, each in schema.get("properties", {}).items():
        kind = _kind(each, shapes) + (", needed" if name in needed else "")
        yield f"{prefix}{name}", kind, _resolved(each, shapes).get("description", "")
        if depth + 1 < _DEEPEST:
            deeper = f"{prefix}{name}."
            yield from _fields(each, shapes, deeper, depth + 1, is_asked=is_asked)


def _kind(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> str:
    """Return what a value is, in a word or two."""
    schema = _resolved(schema, shapes)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_kind(each, shapes) for each in options))
    if schema.get("enum"):
        return " or ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}), shapes)}"
    return str(schema.get("type", "anything"))


def _resolved(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with what it refers to in its place, its own words first."""
    if "$ref" not in schema:
        return schema
    named = shapes.get(schema["$ref"].rpartition("/")[2], {})
    return {**named, **{name: each for name, each in schema.items() if name != "$ref"}}


def _prose(text: str) -> str:
    """Return a text of the document, its words in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _table(head: tuple[str, ...], rows: list[tuple[str, str, str]]) -> str:
    top = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(note)}</td>"
        f"<td>{_prose(meaning)}</td></tr>"
        for name, note, meaning in rows
    )
    return f"<table><tr>{top}</tr>{body}</table>"
