"""A configuration, read and checked: what the rest of the program is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from connector.mapping.document import Document

if TYPE_CHECKING:
    from pydantic import SecretStr

    from connector.config.files import Source
    from connector.config.places import Path as ConfigPath
    from connector.config.places import Place
    from connector.domain.attributes import Attribute
    from connector.errors import Problem
    from connector.ports.adapter import Adapter, PlatformConfig
    from connector.scoring.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEntry:
    """One platform of the configuration, and all that its adapter needs to make it."""

    name: str
    adapter: Adapter
    config: PlatformConfig
    """An instance of the adapter's own model."""
    folder: Path
    """The folder of the YAML file that names the platform; relative paths start there."""
    secrets: Mapping[str, SecretStr] = field(default_factory=dict)
    """From the environment, by field name in lower case."""
    allows_private: bool = False
    """Whether what is sent may go to private addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything a mappings folder says, with every default resolved."""

    folder: Path
    platforms: tuple[PlatformEntry, ...]
    """In the order in which the files name them."""
    attributes: Mapping[str, Attribute]
    model: Model
    """Without dimensions and scores when the folder has no `model`."""
    has_model: bool
    digest: str
    """Of everything that scores and decisions depend on; equal meaning gives equal digests."""
    source: str
    """What the digest is of, as canonical JSON."""
    warnings: tuple[Problem, ...] = ()
    """What may surprise, but keeps nothing from working."""
    document: Document = field(default=Document(version=1), repr=False)
    """What was written, without the catalogue."""
    places: Mapping[ConfigPath, Place] = field(default_factory=dict, repr=False)
    """Where each thing stands."""
    files: tuple[Source, ...] = field(default=(), repr=False, compare=False)
    """As they were read, in the order of their names."""

    @property
    def watched_lists(self) -> frozenset[tuple[str, str]]:
        """Return platform and name of each list whose members matter: no others are pulled."""
        targets = self.model.targets.values()
        return self.model.lists | {
            (target.platform, each.name) for target in targets for each in target.lists
        }

    def platform(self, name: str) -> PlatformEntry:
        """Return the platform called `name`; raises KeyError when there is none."""
        for entry in self.platforms:
            if entry.name == name:
                return entry
        raise KeyError(name)
