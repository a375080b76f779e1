"""Write the shape of Brevo's OpenAPI files as one compressed JSON file.

    python tests/openapi/convert.py FOLDER_OF_THE_YAML_FILES

What is for people (descriptions, examples) is left out: tests need the shape only.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML

Json: TypeAlias = Any

MAIN = "brevo-v3-openapi-2026-02.yaml"
SUPPLEMENT = "brevo-supplement-2026-hand-derived.yaml"
SHAPE = Path(__file__).with_name("brevo.json.gz")
_FOR_PEOPLE = {"description", "example", "examples", "summary", "tags"}


def shape(found: Json, *, is_properties: bool = False) -> Json:
    """Return a part of a document without what is for people."""
    if isinstance(found, list):
        return [shape(each) for each in found]
    if not isinstance(found, dict):
        return found
    # A property may be called `description`.
    kept = found if is_properties else {key: found[key] for key in found if _is_kept(key)}
    return {key: shape(value, is_properties=key == "properties") for key, value in kept.items()}


def merged(main: dict[str, Any], supplement: dict[str, Any]) -> dict[str, Any]:
    """Return one document; where both describe a request, the supplement is not asked."""
    text = json.dumps(supplement).replace("#/components/schemas/", "#/components/schemas/New")
    text = text.replace("#/components/responses/", "#/components/responses/New")
    newer = json.loads(text)
    for path, operations in newer["paths"].items():
        main["paths"][path] = operations | main["paths"].get(path, {})
    for kind in ("schemas", "responses"):
        named = {f"New{name}": each for name, each in newer["components"][kind].items()}
        main["components"].setdefault(kind, {}).update(named)
    return main


def _is_kept(key: str) -> bool:
    return key not in _FOR_PEOPLE and not key.startswith("x-")


def _read(path: Path) -> dict[str, Any]:
    # Dates of examples are no JSON; they are left out anyway.
    text = json.dumps(YAML(typ="safe").load(path), default=str)
    found: dict[str, Any] = shape(json.loads(text))
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    whole = merged(_read(folder / MAIN), _read(folder / SUPPLEMENT))
    SHAPE.write_bytes(gzip.compress(json.dumps(whole).encode(), mtime=0))
