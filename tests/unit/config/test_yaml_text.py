"""YAML 1.2 means what it says, and hostile YAML is refused with its line."""

from __future__ import annotations

import math

import pytest

from connector.config.yaml_text import BadYaml, MappingNode, ScalarNode, read_yaml

MEANINGS = {
    "on": "on",
    "no": "no",
    "yes": "yes",
    "y": "y",
    "010": 10,
    "0o17": 15,
    "0x1F": 31,
    "1:30": "1:30",
    "1_000": "1_000",
    "2026-01-15": "2026-01-15",
    "true": True,
    "False": False,
    "~": None,
    "null": None,
    "": None,
    "-12": -12,
    "1e3": 1000.0,
    ".5": 0.5,
    "1.": 1.0,
    "-.inf": -math.inf,
    "'12'": "12",
    '"true"': "true",
    "=": "=",
}


@pytest.mark.parametrize(("written", "meant"), MEANINGS.items(), ids=repr)
def test_a_plain_value_means_what_the_core_schema_says(written: str, meant: object) -> None:
    root = read_yaml(f"a: {written}\n")
    assert isinstance(root, MappingNode)
    value = root.entries[0].value
    assert isinstance(value, ScalarNode)
    assert value.value == meant
    assert type(value.value) is type(meant)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi")  # noqa: B905 - the last has no successor
)

HOSTILE = {
    "billion laughs": (BOMB, 5, "holds more than"),
    "an alias in its own anchor": ("a: &x [*x]\n", 1, "before its anchor, or inside it"),
    "an alias of nothing": ("a: 1\nb: *x\n", 2, "before its anchor"),
    "deep lists": ("a: " + "[" * 20_000, 1, "nested deeper"),
    "deep mappings": ("a: " + "{a: " * 20_000, 1, "nested deeper"),
    "deep blocks": ("- " * 5_000 + "\n", 1, "nested deeper"),
    "a tag that makes objects": ("a: !!python/object:os.system x\n", 1, "tags"),
    "a tag of one's own": ("a: 1\nb: !secret x\n", 2, "tags"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, "more than one document"),
    "a merge key": ("a: 1\n<<: {b: 1}\n", 2, "merge keys"),
    "a list as a key": ("? [a]\n: 1\n", 1, "a key is a list"),
    "an empty key": ("a: 1\n'': 1\n", 2, "a key is empty"),
    "a tab": ("a: 1\n\tb: 2\n", 2, "is not YAML"),
    "an end too early": ("a: [1,\n", 2, "is not YAML"),
    "a NUL": ("a: 1\nb: \x00\n", 2, "a character that YAML does not take"),
    "a NUL by its escape": ('a: 1\nb: "\\0"\n', 2, "a control character"),
    "half a character": ('a: "\\ud800"\n', 1, "surrogate"),
    "a number without end": ("a: " + "9" * 5_000, 1, "too long"),
}


@pytest.mark.parametrize(("text", "line", "message"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(BadYaml) as caught:
        read_yaml(text)
    assert message in caught.value.message
    assert caught.value.line == line


def test_anchors_within_bounds_are_written_out() -> None:
    root = read_yaml("a: &it {b: 1}\nc: *it\n")
    assert isinstance(root, MappingNode)
    assert root.entries[0].value == root.entries[1].value


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_an_empty_file_holds_nothing(text: str) -> None:
    assert read_yaml(text) is None


def test_a_literal_block_knows_where_its_text_begins() -> None:
    root = read_yaml("a:\n  b: |\n    one\n    two\n")
    assert isinstance(root, MappingNode)
    inner = root.entries[0].value
    assert isinstance(inner, MappingNode)
    block = inner.entries[0].value
    assert isinstance(block, ScalarNode)
    assert (block.line, block.text_line) == (2, 3)


@pytest.mark.parametrize(
    ("text", "is_hinted"),
    [
        ("a:\n  b: {path: /c/{{ contact.id }}}\n", True),
        ("a:\n  b: {{ values }}\n", True),
        ("a:\n  b: {path: /c/{ contact.id }}\n", False),
    ],
)
def test_a_text_that_takes_values_in_is_told_to_be_quoted(text: str, *, is_hinted: bool) -> None:
    with pytest.raises(BadYaml) as caught:
        read_yaml(text)

    assert (caught.value.line, "in quotes" in (caught.value.hint or "")) == (2, is_hinted)
