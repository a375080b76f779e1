"""What every use case is handed: the state, the platforms, the configuration, the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.ports.progress import Progress, Silent
from connector.sync.joining import Naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.configuration import Configuration
    from connector.ports.clock import Clock
    from connector.ports.platform import Platform
    from connector.ports.store import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The installation a use case works on."""

    state: State
    platforms: Mapping[str, Platform]
    """In the order of the configuration."""
    configuration: Configuration
    clock: Clock
    progress: Progress = field(default_factory=Silent)
    process: str = "this process"
    """Who works here, for whoever finds the cycles owned already."""

    @property
    def ours(self) -> frozenset[str]:
        """Return the platforms where what we write is ours alone."""
        entries = self.configuration.platforms
        return frozenset(each.name for each in entries if each.adapter.capabilities.is_ours)

    @property
    def naming(self) -> Naming:
        """Return how values of platforms become attributes of persons."""
        attributes = self.configuration.attributes
        return Naming(attributes=attributes, order=self.order, ours=self.ours)

    @property
    def order(self) -> tuple[str, ...]:
        """Return the names of the platforms, in the order in which they break ties."""
        return tuple(entry.name for entry in self.configuration.platforms)
