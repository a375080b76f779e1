"""The API as a page to read: made here from its OpenAPI, without a script or anything from afar."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1f24; background: #fff }
h2 { margin-top: 2.5rem; font-size: 1.1rem; font-family: ui-monospace, monospace }
h2 b { color: #9a3412 }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem }
pre { background: #f6f4f1; padding: .75rem; overflow-x: auto }
table { border-collapse: collapse; width: 100% }
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


def guide(schema: Mapping[str, Any]) -> str:
    """Return the page that tells of every path in an OpenAPI document."""
    title = escape(f"{schema['info']['title']} {schema['info']['version']}")
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: API</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style></head><body><h1>{title}: API</h1>",
        f"<p>{escape(schema['info'].get('description', ''))}</p>",
        '<p>For machines: <a href="openapi.json">openapi.json</a>.</p>',
    ]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            parts += _operation(path, method, operation)
    return "".join([*parts, "</body></html>"])


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><b>{escape(method.upper())}</b> {escape(path)}</h2>"
    yield f"<p>{escape(operation.get('description', ''))}</p>"
    if found := operation.get("parameters"):
        rows = [
            (each["name"], "needed" if each.get("required") else "", each.get("description", ""))
            for each in found
        ]
        yield _table(("Parameter", "", "Meaning"), rows)
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body: <code>{escape(media_type)}</code></p>"
        yield f"<pre>{escape(json.dumps(content.get('schema', {}), indent=2))}</pre>"
    answers = [(code, "", each["description"]) for code, each in operation["responses"].items()]
    yield _table(("Answer", "", "When"), answers)


def _table(head: tuple[str, ...], rows: list[tuple[str, str, str]]) -> str:
    top = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(note)}</td>"
        f"<td>{escape(meaning)}</td></tr>"
        for name, note, meaning in rows
    )
    return f"<table><tr>{top}</tr>{body}</table>"
