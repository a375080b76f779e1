"""Several files, put together into one document that remembers its places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from connector.config.hints import shown
from connector.config.places import Path, Place, dotted
from connector.config.yaml_text import BadYaml, MappingNode, Node, ScalarNode, read_yaml
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.config.yaml_text import Entry

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | float | bool | None"

CONTENT: Path = ("content",)
VERSION: Path = ("version",)

_SECTIONS: frozenset[Path] = frozenset(
    {
        *((name,) for name in ("platforms", "contacts", "attributes", "events", "model")),
        *((name,) for name in ("targets", "triggers")),
        ("events", "rename"),
        ("events", "rename", "*"),
        ("events", "properties"),
        *(("model", name) for name in ("dimensions", "groups", "traits", "rules")),
        *(("model", name) for name in ("scores", "grades")),
        ("targets", "*"),
        *(("targets", "*", name) for name in ("attributes", "lists", "tags")),
    }
)
"""What may be spread over files; everything else is given once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as it was read."""

    name: str
    """As problems name it."""
    raw: bytes


@dataclass(slots=True, kw_only=True)
class Written:
    """What all files say together, where each thing stands, and what was wrong so far."""

    values: dict[str, Plain] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_whole: bool = True
    """Whether every file could be read; what another says may have its other half in one."""

    def names(self, *path: str) -> tuple[str, ...]:
        """Return the keys of the mapping at `path`, whether what they hold is right or not."""
        here: Plain = self.values
        for step in path:
            here = here.get(step) if isinstance(here, dict) else None
        return tuple(here) if isinstance(here, dict) else ()


def put_together(sources: Iterable[Source]) -> Written:
    """Return what `sources`, in their order, say together; it never raises."""
    written = Written()
    for source in sources:
        try:
            root = _root(_text(source.raw))
            written.places.setdefault((), Place(file=source.name, line=1))
            _Merge(written, source.name).add_all(written.values, (), root)
        except BadYaml as error:
            problem = Problem(
                file=source.name, line=error.line, message=error.message, hint=error.hint
            )
            written.problems.append(problem)
            written.is_whole = False
    return written


def _root(text: str) -> MappingNode:
    """Return the mapping in `text`; raises BadYaml when there is something else."""
    root = read_yaml(text)
    if root is None:
        return MappingNode(line=1)
    if not isinstance(root, MappingNode):
        raise BadYaml("is not a mapping", root.line, "begin with `version: 1`")
    return root


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadYaml("is not UTF-8", line, "save the file as UTF-8") from None


def is_section(path: Path) -> bool:
    """Return whether what stands at `path` may be spread over files."""
    return any(
        len(each) == len(path) and all(a in ("*", b) for a, b in zip(each, path, strict=True))
        for each in _SECTIONS
    )


class _Merge:
    """Adds one file to what the files before it said."""

    def __init__(self, written: Written, file: str) -> None:
        self._written = written
        self._file = file
        self._here: dict[Path, Place] = {}
        """The sections that this very file has begun."""

    def add_all(self, into: dict[str, Plain], path: Path, node: MappingNode) -> None:
        for entry in node.entries:
            self._add(into, (*path, entry.key), entry)

    def _add(self, into: dict[str, Plain], path: Path, entry: Entry) -> None:
        first = self._written.places.get(path)
        if first is None:
            self._set(into, path, entry)
        elif is_section(path) or path == CONTENT:
            self._extend(into, path, entry, first)
        elif path != VERSION or into[entry.key] != self._plain(path, entry.value):
            self._twice(path, entry, first)

    def _set(self, into: dict[str, Plain], path: Path, entry: Entry) -> None:
        is_open = is_section(path)
        self._written.places[path] = self._place(entry.line, entry.value)
        if is_open or path == CONTENT:
            self._here[path] = self._written.places[path]
        if is_open and isinstance(entry.value, MappingNode):
            section: dict[str, Plain] = {}
            into[entry.key] = section
            self.add_all(section, path, entry.value)
        elif not (_is_nothing(entry.value) and (path == CONTENT or _is_outer(path))):
            into[entry.key] = self._plain(path, entry.value)

    def _extend(self, into: dict[str, Plain], path: Path, entry: Entry, first: Place) -> None:
        """Go on with a section begun before; in one file a key stands once all the same."""
        if path in self._here:
            self._twice(path, entry, self._here[path])
        self._here[path] = self._place(entry.line, entry.value)
        there = into.get(entry.key)
        if there is None:
            self._set(into, path, entry)
        elif isinstance(there, dict) and isinstance(entry.value, MappingNode):
            self.add_all(there, path, entry.value)
        elif isinstance(there, list) and not isinstance(entry.value, (MappingNode, ScalarNode)):
            for item in entry.value.items:
                self._written.places[(*path, len(there))] = self._place(item.line, item)
                there.append(self._plain((*path, len(there)), item))
        elif not _is_nothing(entry.value):
            self._twice(path, entry, first)

    def _twice(self, path: Path, entry: Entry, first: Place) -> None:
        self._written.problems.append(
            Problem(
                file=self._file,
                line=entry.line,
                path=dotted(path),
                message=f"{shown(entry.key)} is given twice",
                hint=f"first in {first.file}:{first.line}",
            )
        )

    def _plain(self, path: Path, node: Node) -> Plain:
        """Return the value of `node`, and note where all of it stands."""
        if isinstance(node, ScalarNode):
            return node.value
        if isinstance(node, MappingNode):
            values: dict[str, Plain] = {}
            for entry in node.entries:
                here = (*path, entry.key)
                if entry.key in values:
                    self._twice(here, entry, self._written.places[here])
                    continue
                self._written.places[here] = self._place(entry.line, entry.value)
                values[entry.key] = self._plain(here, entry.value)
            return values
        items: list[Plain] = []
        for index, item in enumerate(node.items):
            self._written.places[(*path, index)] = self._place(item.line, item)
            items.append(self._plain((*path, index), item))
        return items

    def _place(self, line: int, node: Node) -> Place:
        """Return the place of a scalar itself, and of other values that of their key."""
        if isinstance(node, ScalarNode):
            return Place(file=self._file, line=node.line, text_line=node.text_line)
        return Place(file=self._file, line=line)


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


def _is_outer(path: Path) -> bool:
    """Return whether a section with nothing in it is as good as absent."""
    return is_section(path) and (len(path) == 1 or path[0] in ("model", "events"))
