"""One outbound row while it is written: what is left to write, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.domain.changes import (
    Addressee,
    AttributeChange,
    ListChange,
    Outcome,
    StageChange,
    TagChange,
)
from connector.domain.instants import to_micros
from connector.domain.outbound import DeliveryState, Desired, Outbound, Settlement
from connector.errors import (
    EndpointGone,
    LeftAlone,
    NotSetUp,
    PlatformError,
    RateLimited,
    Recovery,
)
from connector.sync.asking.retrials import given_up
from connector.sync.outbox.difference import Difference, difference
from connector.sync.records.echoes import awaiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.values import Written
    from connector.ports.platform import Capabilities
    from connector.scoring.model import Target
    from connector.sync.asking.retrials import Retrial, Retrials


@dataclass(slots=True, kw_only=True)
class Item:
    """One row while it is written."""

    row: Outbound
    left: Difference
    error: PlatformError | None = None
    is_tried: bool = False
    is_settled: bool = False
    lacks: frozenset[str] = frozenset()
    """What the account lacks for some of it."""
    open_changes: int = field(init=False)
    """Changes whose outcome is not there yet."""
    adopted: frozenset[str] = field(init=False)
    confirmed: Desired = field(init=False)
    tried: frozenset[str] = field(init=False)
    """Lists of which nobody saw whether they were written."""

    def __post_init__(self) -> None:
        self.confirmed = self.row.confirmed
        self.adopted = self.row.adopted
        self.tried = self.row.unseen_lists
        left = self.left
        parts = (bool(left.attributes), len(left.lists), len(left.tags), left.stage is not None)
        self.open_changes = sum(parts)

    @property
    def desired(self) -> Desired:
        """Return what is wanted of it."""
        return self.row.desired

    @property
    def to(self) -> Addressee:
        """Return whom it is written to."""
        return Addressee(remote_id=self.row.remote_id, email=self.row.email)

    def attribute_change(self, copied: frozenset[str] = frozenset()) -> AttributeChange:
        """Return what is left to write to fields, and what we wrote to guarded ones before.

        `copied` are the fields of the platform that hold copies.
        """
        values = self.left.attributes
        return AttributeChange(
            to=self.to,
            values=values,
            before=self.row.confirmed.wrote(values),
            copied=copied & values.keys() if copied else copied,
            key=self.key,
        )

    def take(
        self,
        change: AttributeChange | ListChange | TagChange | StageChange,
        outcome: Outcome,
        able: Capabilities,
    ) -> None:
        """Take note of what became of a change."""
        self.open_changes -= 1
        if outcome.paused:
            self.lacks |= set(map(str, outcome.paused.values()))
        if outcome.error is not None:
            self.fail(outcome.error)
            return
        now = self.confirmed
        match change:
            case AttributeChange():
                taken = taken_of(change, outcome)
                self.confirmed = now.with_values(taken, outcome.kept, able.guarded_fields)
            case ListChange(list_name=name, is_member=wanted):
                self.confirmed = replace(now, lists={**now.lists, name: wanted})
                self.tried -= {name}
                if wanted and not able.is_ours:
                    self._adopt(name, outcome)
            case TagChange(tag=tag, is_set=wanted):
                self.confirmed = replace(now, tags={**now.tags, tag: wanted})
            case StageChange(stage=stage):
                self.confirmed = replace(now, stage=stage)

    def _adopt(self, name: str, outcome: Outcome) -> None:
        """Take note of who put the contact in a list, where that is known."""
        if outcome.is_unchanged is False:
            self.adopted -= {name}
        # After a write whose outcome nobody saw, it may have been us.
        elif outcome.is_unchanged and name not in self.row.unseen_lists:
            self.adopted |= {name}

    def fail(self, error: PlatformError) -> None:
        """Keep the error that says what to do next; what is not set up is no failure."""
        if isinstance(error, NotSetUp):
            self.lacks |= {str(error)}
            return
        # What may pass later is worth another run, whatever else was rejected for good.
        if self.error is None or self.error.recovery is Recovery.SKIP:
            self.error = error

    @property
    def key(self) -> str:
        """Return what names its desire: the same at each attempt to bring it about."""
        decided_at = self.row.decided_at
        return f"{self.row.revision}:{to_micros(decided_at) if decided_at else 0}"

    def settlement(self, target: Target, retrials: Retrials) -> Settlement:
        """Return what is to be recorded of it now."""
        is_done = not difference(self, target)
        error = None if is_done else self.error
        lacks = frozenset() if is_done else self.lacks
        state = DeliveryState.PENDING
        if is_done:
            state = DeliveryState.CLEAN
        elif error is not None and error.recovery is Recovery.SKIP and not lacks:
            state = DeliveryState.DEAD
        waits = error is None or isinstance(error, RateLimited | LeftAlone) or not self.is_tried
        attempts = self.row.attempts + (0 if waits else 1)
        retrial = self._retrial(retrials) if state is DeliveryState.PENDING else None
        if retrial is not None:
            attempts = retrial.attempts
            state = DeliveryState.DEAD if retrial.is_over else state
        told = given_up(error, retrial) if error and retrial and retrial.is_over else error
        return Settlement(
            row=self.row,
            confirmed=awaiting(self.row.confirmed, self.confirmed, target).with_tried(self.tried),
            adopted=self.adopted,
            state=state,
            # An attempt that was interrupted is one, once another error is told in its place.
            attempts=max(attempts, 0 if is_done else int(self.row.may_be_done)),
            not_before=retrial.not_before if retrial else None,
            error=str(told) if told else None,
            lacks=lacks,
        )

    def _retrial(self, retrials: Retrials) -> Retrial | None:
        """Return what follows on an attempt that failed, where there is a schedule for that."""
        error = self.error
        if error is None or not (self.is_tried or isinstance(error, EndpointGone)):
            return None
        return retrials.after(error, self.row.attempts, f"{self.row.contact} {self.key}")


def taken_of(change: AttributeChange, outcome: Outcome) -> Mapping[str, Written]:
    """Return the values of a change that were not left out of the write."""
    if not outcome.paused:
        return change.values
    return {name: value for name, value in change.values.items() if name not in outcome.paused}
