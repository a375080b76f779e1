"""What every use case is handed: the state, the platforms, the configuration, the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.ports.progress import Progress, Silent
from connector.sync.asking.circuit import Circuits
from connector.sync.asking.patience import Patience
from connector.sync.asking.retrials import Retrials
from connector.sync.records.joining import Naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.configuration import Configuration
    from connector.errors import LeftAlone
    from connector.ports.budget import RateBudget
    from connector.ports.clock import Clock
    from connector.ports.courier import Courier
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
    budgets: Mapping[str, RateBudget] = field(default_factory=dict)
    """By platform: what may be asked of each; platforms without limits may be absent."""
    circuits: Circuits = field(default_factory=Circuits)
    progress: Progress = field(default_factory=Silent)
    is_shared: bool = False
    """Whether others score and write beside the task at hand: other tasks, or other processes."""
    couriers: Mapping[str, Courier] = field(default_factory=dict)
    """By lane: who does what triggers want done elsewhere than on a platform."""
    process: str = "this process"
    """Who works here, for whoever finds the cycles owned already."""

    @property
    def ours(self) -> frozenset[str]:
        """Return the platforms where what we write is ours alone."""
        entries = self.configuration.platforms
        return frozenset(each.name for each in entries if each.adapter.capabilities.is_ours)

    @property
    def sinks(self) -> frozenset[str]:
        """Return the platforms where nobody has a record, and everybody is written to."""
        entries = self.configuration.platforms
        return frozenset(each.name for each in entries if each.adapter.capabilities.is_sink)

    @property
    def naming(self) -> Naming:
        """Return how values of platforms become attributes of persons."""
        attributes = self.configuration.attributes
        return Naming(attributes=attributes, order=self.order, ours=self.ours, sinks=self.sinks)

    def patience(self, platform: str) -> Patience:
        """Return how a platform or courier is asked; every call to it goes through this."""
        return Patience(
            self.clock,
            self.circuits.of(platform, self.clock),
            self.progress,
            is_hasty=bool(self.retrials(platform).retries),
        )

    def retrials(self, platform: str) -> Retrials:
        """Return when a platform or courier is sent again what failed."""
        if (courier := self.couriers.get(platform)) is not None:
            return Retrials(retries=courier.retries, clock=self.clock)
        able = self.configuration.platform(platform).adapter.capabilities
        return Retrials(retries=able.retries, clock=self.clock)

    def left_alone(self, platform: str) -> LeftAlone | None:
        """Return why a platform is not asked at present; None when it is."""
        return self.circuits.of(platform, self.clock).left_alone()

    def scored_lists(self, platform: str) -> frozenset[str]:
        """Return the lists of a platform that scoring looks at."""
        asked_for = self.configuration.model.lists
        return frozenset(name for where, name in asked_for if where == platform)

    @property
    def order(self) -> tuple[str, ...]:
        """Return the names of the platforms, in the order in which they break ties."""
        return tuple(entry.name for entry in self.configuration.platforms)
