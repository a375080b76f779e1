"""What every check is handed, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from connector.config.configuration import Configuration
    from connector.config.places import Path
    from connector.scoring.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the database of an installation knows of its past."""

    types: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How many events there are of each platform and stored type."""
    models: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)
    """Per digest, when a model was first used, and its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A configuration to be looked at."""

    configuration: Configuration
    seen: Seen | None = None
    """None where there is no database to ask."""

    @property
    def model(self) -> Model:
        """Return the compiled model."""
        return self.configuration.model


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something worth a look, and what it is about."""

    path: Path
    message: str
    hint: str | None = None


Check: TypeAlias = Callable[[Subject], Iterator[Remark]]
"""A pure check; its name and its docstring are what the reference page says of it."""
