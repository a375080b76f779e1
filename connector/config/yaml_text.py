"""YAML 1.2 (core schema) as plain values, with the place of each, and nothing hostile.

The parser is ruamel's; the tree is built here from its events, so that depth, size and aliases
are bounded before anything is expanded. ruamel's own 1.2 also takes dates and ``1_000`` for more
than text, which the core schema does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 40
MAX_NODES = 50_000
MAX_NUMBER = 400
"""Characters of a number; the largest double has 309 digits before its point."""

Scalar: TypeAlias = str | float | bool | None

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What databases and files do not take: control characters, halves of surrogate pairs."""
_SLOTS = "a text with `{{ ... }}` stands in quotes"


class BadYaml(ValueError):
    """A text that is not the YAML we take, and the line where that shows."""

    def __init__(self, message: str, line: int, hint: str | None = None) -> None:
        """Take what is wrong, the one-based line, and what to do."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """A single value."""

    line: int
    value: Scalar
    text: str
    """As it is written, without quotes."""
    text_line: int | None = None
    """Where a literal block's first line of text is; None where line breaks were folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key and its value."""

    key: str
    line: int
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingNode:
    """Keys and values, in order; a key that was given twice is in it twice."""

    line: int
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceNode:
    """Values in a row."""

    line: int
    items: list[Node] = field(default_factory=list)


Node: TypeAlias = ScalarNode | MappingNode | SequenceNode


def read_yaml(text: str) -> Node | None:
    """Return the tree of the only document in `text`, None when there is nothing in it.

    Raises BadYaml on whatever is malformed, hostile, or outside the core schema.
    """
    try:
        return _Builder(text).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        reason = error.problem or "it ends too early"
        raise BadYaml(f"is not YAML: {reason}", line, _slot_hint(text, line)) from None
    except YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        raise BadYaml("holds a character that YAML does not take", line) from None


def _slot_hint(text: str, line: int) -> str | None:
    """Return what is amiss with a line in which texts of REST APIs take values in."""
    wrong = "".join(text.splitlines()[line - 1 : line])
    return _SLOTS if "{{" in wrong else None


class _Builder:
    """Makes the tree from the parser's events."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[object] = YAML(typ="safe", pure=True).parse(text)
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._nodes = 0

    def document(self) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise BadYaml("holds more than one document", _line(event), "remove the `---`")
            elif isinstance(event, NodeEvent):
                root = self._node(event, depth=0)
        is_empty = isinstance(root, ScalarNode) and root.value is None and not root.text
        return None if is_empty else root

    def _node(self, event: object, depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if not isinstance(event, NodeEvent):
            raise TypeError(event)
        if getattr(event, "tag", None) is not None:
            raise BadYaml(
                "tags (`!...`) are not taken", _line(event), "write the value alone, text in quotes"
            )
        if depth > MAX_DEPTH:
            raise BadYaml(f"is nested deeper than {MAX_DEPTH} levels", _line(event))
        before = self._nodes
        self._count(1, event)
        node = self._content(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (node, self._nodes - before)
        return node

    def _content(self, event: object, depth: int) -> Node:
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, depth)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, depth)
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        raise TypeError(event)

    def _mapping(self, start: MappingStartEvent, depth: int) -> MappingNode:
        node = MappingNode(line=_line(start))
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, depth)
            value = self._node(next(self._events), depth + 1)
            node.entries.append(Entry(key=key, line=_line(event), value=value))
        return node

    def _key(self, event: object, depth: int) -> str:
        node = self._node(event, depth + 1)
        if not isinstance(node, ScalarNode):
            hint = f"write the key as text; {_SLOTS}"
            raise BadYaml("a key is a list or a mapping", _line(event), hint)
        if node.text == "<<":
            raise BadYaml(
                "merge keys (`<<`) are not part of YAML 1.2", _line(event), "write the keys out"
            )
        if not node.text.strip():
            raise BadYaml("a key is empty", _line(event))
        return node.text

    def _sequence(self, start: SequenceStartEvent, depth: int) -> SequenceNode:
        node = SequenceNode(line=_line(start))
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            node.items.append(self._node(event, depth + 1))
        return node

    def _alias(self, event: AliasEvent) -> Node:
        """Return the node meant; it counts as often as it is used, so no alias can explode."""
        known = self._anchors.get(event.anchor)
        if known is None:
            raise BadYaml("an alias (`*...`) stands before its anchor, or inside it", _line(event))
        node, size = known
        self._count(size, event)
        return node

    def _count(self, nodes: int, event: object) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise BadYaml(f"holds more than {MAX_NODES} values, aliases written out", _line(event))


def _line(event: object) -> int:
    mark = getattr(event, "start_mark", None)
    return mark.line + 1 if mark else 1


def _scalar(event: ScalarEvent) -> ScalarNode:
    text: str = event.value
    line = _line(event)
    if _NO_TEXT.search(text):
        raise BadYaml("holds a control character, or half of a surrogate pair", line)
    if event.style:
        is_literal = event.style == "|"
        return ScalarNode(
            line=line, value=text, text=text, text_line=line + 1 if is_literal else None
        )
    return ScalarNode(line=line, value=_resolved(text, line), text=text)


def _resolved(text: str, line: int) -> Scalar:
    """Return what a plain scalar means in the core schema of YAML 1.2.2, chapter 10.3."""
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true"
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "", 1))
    if not _NUMBER.fullmatch(text):
        return text
    if len(text) > MAX_NUMBER:
        raise BadYaml("a number is too long", line, "quote it when it is a text")
    return _number(text)


def _number(text: str) -> float:
    if text.startswith(("0o", "0x")):
        return int(text, base=0)
    return int(text) if _DECIMAL.fullmatch(text) else float(text)
