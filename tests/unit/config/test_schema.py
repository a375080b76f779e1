"""The JSON Schema is made from the code, and as it is shipped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.registry import all_adapters
from connector.config.schema import Schema, json_schema, schema_text
from tests.unit.config.fake_adapters import ADAPTERS

ROOT = Path(__file__).parents[3]


def _keys(schema: object, place: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield every key that a schema describes."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict) and schema.get("type") == "object":
            yield from ((f"{place}.{name}", each) for name, each in properties.items())
        for name, each in schema.items():
            yield from _keys(each, f"{place}.{name}")
    elif isinstance(schema, list):
        for each in schema:
            yield from _keys(each, place)


def test_the_shipped_schema_is_what_the_code_says() -> None:
    shipped = (ROOT / "mappings" / "schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(all_adapters()), "heatsync schema > mappings/schema.json"


def test_every_key_is_described() -> None:
    undescribed = [name for name, each in _keys(json_schema(ADAPTERS)) if "description" not in each]
    assert undescribed == []


def test_an_entry_of_a_platform_is_told_by_its_adapter() -> None:
    schema = json_schema(ADAPTERS)
    definition = schema["$defs"]["platform.brevo"]
    assert definition["properties"]["adapter"]["const"] == "brevo"
    assert {"$ref": "#/$defs/platform.brevo"} in _entries(schema)


def test_platforms_cannot_have_the_reserved_names() -> None:
    names = json_schema(ADAPTERS)["properties"]["platforms"]
    assert "sync" in str(names)


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("mappings/presets/*/*.yaml")), ids=lambda path: path.parent.name
)
def test_presets_keep_to_the_schema(path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    yaml = pytest.importorskip("ruamel.yaml").YAML(typ="safe", pure=True)
    jsonschema.validate(yaml.load(path.read_text(encoding="utf-8")), json_schema(all_adapters()))


def _entries(schema: Schema) -> list[Schema]:
    platforms = schema["properties"]["platforms"]
    section = platforms["anyOf"][0] if "anyOf" in platforms else platforms
    entries: list[Schema] = section["additionalProperties"]["oneOf"]
    return entries
