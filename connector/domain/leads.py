"""Which leads are asked for, and where a page of them ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.ledger import Lead


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadPlace:
    """Where to go on: behind the person with this score and number."""

    value: float
    contact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadQuery:
    """Persons who have a score, by its exact value, and by number where it is the same."""

    score: str
    stage: str | None = None
    """Only those in it."""
    platform: str | None = None
    """Only those with a record there."""
    in_list: tuple[str, str] | None = None
    """Only those whom a platform reports in a list: its name, and the list's."""
    words: Sequence[str] = ()
    """Only those who have, for each of these, a word that begins so: see `words_in`."""
    contact: int | None = None
    """Nobody but this person."""
    is_ascending: bool = False
    """Whether the lowest score comes first."""
    after: LeadPlace | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadPage:
    """A page of leads. It may have fewer than were asked for, or none, and yet be followed."""

    leads: Sequence[Lead]
    following: LeadPlace | None
    """Where the next page begins; None: there is nobody more."""
