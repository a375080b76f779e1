"""The JSON Schema of the mappings folder, for editors: composed from models and adapters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from connector.mapping.document import Document
from connector.mapping.sources import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.ports.adapter import Adapter

Schema: TypeAlias = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLATFORM_NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


def json_schema(adapters: Mapping[str, Adapter]) -> Schema:
    """Return the schema of one file: what a platform's entry may say is its adapter's matter.

    A file may hold a part only, so nothing is required at the top.
    """
    schema = Document.model_json_schema(by_alias=True)
    definitions: Schema = schema.setdefault("$defs", {})
    entries = [_entry(adapters[name], definitions) for name in sorted(adapters)]
    schema["properties"]["platforms"] |= {
        "propertyNames": {"pattern": _PLATFORM_NAME, "not": {"enum": list(RESERVED)}},
        "additionalProperties": {"oneOf": entries} if entries else False,
    }
    schema.pop("required", None)
    schema["properties"] = {name: _or_nothing(each) for name, each in schema["properties"].items()}
    _soften_sections(definitions)
    return {"$schema": _DIALECT, "title": "heatsync mappings"} | _without_titles(schema)


def schema_text(adapters: Mapping[str, Adapter]) -> str:
    """Return the schema as it is written to `schema.json`."""
    return json.dumps(json_schema(adapters), indent=2, ensure_ascii=False) + "\n"


def _entry(adapter: Adapter, definitions: Schema) -> Schema:
    """Return the schema of one adapter's entries; it is told by its `adapter` key."""
    schema = adapter.config.model_json_schema(
        by_alias=True, ref_template=f"#/$defs/{adapter.name}.{{model}}"
    )
    for name, each in schema.pop("$defs", {}).items():
        definitions[f"{adapter.name}.{name}"] = each
    properties: Schema = schema["properties"]
    for secret in adapter.config.secrets:
        properties.pop(secret, None)
    properties["adapter"] |= {"const": adapter.name}
    schema["description"] = adapter.title
    definitions[f"platform.{adapter.name}"] = schema
    return {"$ref": f"#/$defs/platform.{adapter.name}"}


def _soften_sections(definitions: Schema) -> None:
    """Let sections of the model and entries of targets be empty, as in a file half written."""
    for name in ("ModelEntry", "TargetEntry", "EventsEntry"):
        properties: Schema = definitions[name]["properties"]
        for key, each in properties.items():
            if each.get("type") == "object":
                properties[key] = _or_nothing(each)


def _or_nothing(schema: Schema) -> Schema:
    """Return `schema` with null allowed: all below the key may be commented out."""
    kept = {key: schema[key] for key in ("description", "default") if key in schema}
    rest = {key: each for key, each in schema.items() if key not in kept}
    if rest.keys() == {"anyOf"}:
        return schema
    return {"anyOf": [rest, {"type": "null"}]} | kept


def _without_titles(schema: Schema) -> Schema:
    """Return `schema` without the titles that only repeat the names of keys."""

    def walk(value: object, *, is_properties: bool) -> object:
        if isinstance(value, dict):
            return dict(_kept(value, is_properties=is_properties))
        if isinstance(value, list):
            return [walk(each, is_properties=False) for each in value]
        return value

    def _kept(value: dict[str, object], *, is_properties: bool) -> Iterator[tuple[str, object]]:
        for key, each in value.items():
            if key == "title" and not is_properties:
                continue
            names_keys = key in ("properties", "$defs") and not is_properties
            yield key, walk(each, is_properties=names_keys)

    cleaned = walk(schema, is_properties=False)
    return cleaned if isinstance(cleaned, dict) else {}
