"""The ways of Mautic that surprise its callers, each of which can be switched off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What the simulator does beside what one would hope for; QUIRKS.md tells of each.

    What only some versions do is switched off with the version, and here for all of them.
    """

    zero_is_dropped: bool = True
    """POST and PATCH pass over values whose whole part is 0, in fields of numbers and of texts."""
    edits_merge: bool = False
    """An edit that names another's unique value merges in every version, and not below 5 only."""
    batches_too_long_are_errors: bool = True
    """A batch over the limit is answered with 500, not with 400."""
    totals_are_texts: bool = True
    """`total` of contacts is a text."""
    counts_are_cached: bool = True
    """`total` of contacts is five seconds old, as where an administrator keeps results."""
    wheres_lift_ownership: bool = True
    """A `where` takes the place of the restriction to one's own contacts (unverified)."""
    removals_stick: bool = True
    """A contact that somebody took out of a segment is not let in again by its filters."""
    fields_are_made_later: bool = False
    """A new field is answered 202, and its column comes a minute later."""
    columns_take: float = 60.0
    """Seconds until it is there."""
    webhooks_are_lost: bool = True
    """What was not taken is not sent again, whatever the status, below 7."""
    webhooks_come_twice: bool = True
    """Some webhooks are sent a second time, word for word."""
    audit_log_is_open: bool = True
    """Whoever may come in reads `audit_log`, and not administrators alone (unverified)."""
    ties_are_unordered: bool = True
    """Rows that are equal in what they are ordered by come in another order on another page."""


PLAIN = Quirks(
    zero_is_dropped=False,
    batches_too_long_are_errors=False,
    totals_are_texts=False,
    counts_are_cached=False,
    wheres_lift_ownership=False,
    removals_stick=False,
    webhooks_are_lost=False,
    webhooks_come_twice=False,
    audit_log_is_open=False,
    ties_are_unordered=False,
)
"""None of them."""
