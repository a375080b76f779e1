"""Attributes of a person under our names, and where each is on the platforms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.values import FieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute: its type, its names on the platforms, and who wins when they differ."""

    name: str
    type: FieldType
    sources: Mapping[str, str] = field(default_factory=dict)
    """Platform, and what it calls this attribute."""
    prefer: str | None = None
    """The platform whose value wins; None: the newest value wins."""
    sync: tuple[str, ...] = ()
    """Platforms to which the winning value is copied."""
