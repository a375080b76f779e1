"""The ways of HubSpot that surprise its callers, each of which can be switched off."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.hubspot.simulator.index import Lag


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What the simulator does beside what one would hope for; QUIRKS.md tells of each."""

    search_lag: Lag | None = field(default_factory=Lag)
    """How late searches see a write; None: at once."""
    lifecycle_is_forward_only: bool = True
    """An earlier `lifecyclestage` is passed over without a word unless it was cleared before."""
    equal_values_modify: bool = True
    """A write of what was there already moves the modified date (unverified)."""
    batches_are_unordered: bool = True
    """The rows of a batch answer come in another order than its inputs."""
    updates_fail_together: bool = False
    """One bad value refuses a whole batch of updates, trace ids or not (unverified)."""
    sources_are_unreliable: bool = True
    """Some writes through the interface do not name the app that made them."""
    merges_make_new_ids: bool = False
    """A merge gives the record an id that neither had (unverified when)."""
    refuses_upsert_by_email: bool = False
    """An upsert by address is refused, as some accounts do (unverified when)."""
    errors_are_terse: bool = False
    """Error bodies leave out whatever is optional."""
    webhooks_are_unordered: bool = True
    """Notifications come in any order, and some of them twice."""


PLAIN = Quirks(
    search_lag=None,
    lifecycle_is_forward_only=False,
    equal_values_modify=False,
    batches_are_unordered=False,
    sources_are_unreliable=False,
    webhooks_are_unordered=False,
)
"""None of them."""
