"""What a copy consists of: immutable files, named and described by one immutable manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from connector.domain.frames import event_schema
from connector.domain.values import FieldType

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
"""Raise it when what is written comes to mean something else: older copies are built anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it was written."""

    name: str
    size: int
    """In bytes."""
    digest: str
    """SHA-256 of its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of all events that some contacts have in a segment."""

    file: File
    rows: int
    first: int
    """The lowest number of a contact in it."""
    last: int
    """The highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """All events that the contacts it covers had at one moment."""

    parts: tuple[Part, ...]
    covers: File | None
    """The numbers of the contacts, also of those left without events; None: everybody."""

    @property
    def rows(self) -> int:
        """Return how many events it holds."""
        return sum(part.rows for part in self.parts)

    @property
    def files(self) -> tuple[File, ...]:
        """Return all its files."""
        covers = () if self.covers is None else (self.covers,)
        return (*(part.file for part in self.parts), *covers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A whole copy. A segment overrides those before it for the contacts it covers."""

    token: str
    """Chance: two copies never have the same manifest."""
    properties: dict[str, FieldType]
    segments: tuple[Segment, ...]
    columns: dict[str, str]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Return how many events it holds, overridden ones included."""
        return sum(segment.rows for segment in self.segments)

    @property
    def files(self) -> tuple[File, ...]:
        """Return all files of all segments."""
        return tuple(file for segment in self.segments for file in segment.files)

    def holds(self, properties: Mapping[str, FieldType]) -> bool:
        """Return whether events with these properties can be read from it."""
        is_ours = self.format == FORMAT and self.columns == _columns(self.properties)
        return is_ours and properties.items() <= self.properties.items()


_MANIFEST = TypeAdapter(Manifest)


def manifest_of(
    token: str, properties: Mapping[str, FieldType], segments: tuple[Segment, ...]
) -> Manifest:
    """Return the manifest of these segments."""
    return Manifest(
        token=token,
        properties=dict(properties),
        segments=segments,
        columns=_columns(properties),
    )


def to_bytes(manifest: Manifest) -> bytes:
    """Return a manifest as it is written."""
    return _MANIFEST.dump_json(manifest)


def from_bytes(content: bytes) -> Manifest | None:
    """Return a manifest as it was written; None when another version wrote it."""
    try:
        return _MANIFEST.validate_json(content)
    except ValidationError:
        return None


def _columns(properties: Mapping[str, FieldType]) -> dict[str, str]:
    return {name: str(kind) for name, kind in event_schema(properties).items()}
