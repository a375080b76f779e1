"""What one version of Mautic does otherwise than another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Release:
    """A version, such as 5.1.0."""

    name: str

    @property
    def number(self) -> tuple[int, int]:
        """Return the first two numbers."""
        major, minor, *_ = (*self.name.split("."), "0")
        return int(major), int(minor)

    @property
    def grants_client_credentials(self) -> bool:
        """Return whether a client gets a token without a user."""
        return self.number >= (4, 0)

    @property
    def merges_on_edit(self) -> bool:
        """Return whether an edit that names another's unique value merges, and is not refused."""
        return self.number < (5, 0)

    @property
    def tells_of_segments(self) -> bool:
        """Return whether webhooks tell of contacts that enter or leave a segment."""
        return self.number >= (5, 0)

    @property
    def has_point_groups(self) -> bool:
        """Return whether groups of points are reached from outside."""
        return self.number >= (5, 1)

    @property
    def has_limiter(self) -> bool:
        """Return whether requests can be limited."""
        return self.number < (7, 0)

    @property
    def keeps_fractions(self) -> bool:
        """Return whether numbers between -1 and 1 other than 0 survive a PATCH."""
        return self.number >= (7, 2)

    @property
    def letters(self) -> int | None:
        """Return how many letters a field takes unless it says otherwise; None: what fits."""
        return 64 if self.number >= (5, 1) else None

    @property
    def stages_go_forward_only(self) -> bool:
        """Return whether a stage of lower weight is passed over without a word."""
        return self.number >= (7, 0)

    @property
    def dates_creation_as_modification(self) -> bool:
        """Return whether a contact nobody edited has a `dateModified`."""
        return self.number >= (7, 0)

    @property
    def repeats_webhooks(self) -> bool:
        """Return whether a webhook that was not taken is sent again."""
        return self.number >= (7, 0)

    @property
    def encodes_tags(self) -> bool:
        """Return whether quotes and the like in names of tags are kept as HTML entities."""
        return self.number < (5, 2)
