"""Completions of a sequence of steps, found in the order of events.

Events lie in one frame, sorted by group (a contact, or a contact and the value that all steps
share) and within it by the order of events. Everything is said in positions of that frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from connector.domain.frames import AT, CONTACT
from connector.scoring.ordering import begins
from connector.scoring.past import ORDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Positions: TypeAlias = NDArray[np.int64]
    Truths: TypeAlias = NDArray[np.bool_]

BEGAN = "_began"
ENDED = "_ended"
_CHAIN = "_chain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The events of all groups, and which of them are candidates for which step."""

    instants: Positions
    """Microseconds."""
    end_of_group: Positions
    """Of each event, the position after the last one of its group."""
    start_of_instant: Positions
    """Of each event, the position of the first one of its group at the same instant."""
    candidates: Sequence[Positions]
    """Of each step, the positions of events that match it, rising."""
    within: int | None
    """The last step has to come less than this many microseconds after the first."""

    def complete(self, starts: Positions, floor: Positions | int = 0) -> tuple[Positions, Truths]:
        """Return the chain of positions from each start, a row per step, and whether it is one.

        Every step takes the first candidate at or after the instant of the step before that is
        not used in the chain and not before `floor`.
        """
        chain = [starts]
        is_whole = np.ones(len(starts), dtype=np.bool_)
        for candidates in self.candidates[1:]:
            open_ended = np.append(candidates, len(self.instants))
            earliest = np.maximum(self.start_of_instant[chain[-1]], floor)
            index = np.searchsorted(candidates, earliest)
            for _ in chain:  # each event that is used can be met once
                index += np.any([open_ended[index] == used for used in chain], axis=0)
            found = open_ended[index]
            is_whole &= found < self.end_of_group[starts]
            chain.append(np.where(is_whole, found, starts))
        if self.within is not None:
            is_whole &= self.instants[chain[-1]] - self.instants[starts] < self.within
        return np.stack(chain), is_whole


def first_completions(
    frame: pl.DataFrame,
    candidates: Sequence[pl.Series],
    *,
    groups: Sequence[str],
    within: int | None,
) -> pl.DataFrame:
    """Return, per contact, the completion whose last step comes first, as BEGAN and ENDED.

    Of several that end in one event it is the one that began first.
    """
    return _told(frame, first_chains(frame, candidates, groups=groups, within=within))


def first_chains(
    frame: pl.DataFrame,
    candidates: Sequence[pl.Series],
    *,
    groups: Sequence[str],
    within: int | None,
) -> Positions:
    """Return the positions of the steps of those completions, a row per step."""
    walk = _walk(frame, candidates, groups, within)
    chains, is_whole = walk.complete(walk.candidates[0])
    chains = chains[:, is_whole]
    first = (
        frame.select(pl.col(CONTACT, *ORDER).gather(chains[-1]))
        .with_row_index(_CHAIN)
        .sort(CONTACT, *ORDER, maintain_order=True)
        .unique(CONTACT, keep="first", maintain_order=True)
    )
    return chains[:, _positions(first[_CHAIN])]


def each_completion(
    frame: pl.DataFrame,
    candidates: Sequence[pl.Series],
    *,
    groups: Sequence[str],
    within: int | None,
) -> pl.DataFrame:
    """Return one completion after the other of every group, as BEGAN and ENDED.

    Each begins at the first start from which there is one, among events after all of the one
    before.
    """
    return _told(frame, each_chain(frame, candidates, groups=groups, within=within))


def each_chain(
    frame: pl.DataFrame,
    candidates: Sequence[pl.Series],
    *,
    groups: Sequence[str],
    within: int | None,
) -> Positions:
    """Return the positions of the steps of those completions, a row per step."""
    walk = _walk(frame, candidates, groups, within)
    starts = walk.candidates[0]
    _, is_whole = walk.complete(starts)
    whole = np.append(np.flatnonzero(is_whole), len(starts))
    next_whole = whole[np.searchsorted(whole, np.arange(len(starts) + 1))]
    open_ended = np.append(starts, len(frame))

    _, first = np.unique(walk.end_of_group[starts], return_index=True)
    tries = first.astype(np.int64)
    floor = np.zeros(len(tries), dtype=np.int64)
    found: list[Positions] = []
    end = walk.end_of_group[starts[tries]]
    while len(tries):
        # What was used already matters only to starts at the very instant of the last step.
        is_free = walk.start_of_instant[starts[tries]] >= floor
        tries = np.where(is_free, next_whole[tries], tries)
        is_open = open_ended[tries] < end
        tries, floor, end = tries[is_open], floor[is_open], end[is_open]
        chains, is_whole = walk.complete(starts[tries], floor)
        found.append(chains[:, is_whole])
        floor = np.where(is_whole, chains.max(axis=0, initial=0) + 1, floor)
        tries = np.where(is_whole, np.searchsorted(starts, floor), tries + 1)
        is_open = open_ended[tries] < end
        tries, floor, end = tries[is_open], floor[is_open], end[is_open]
    return np.concatenate(found, axis=1) if found else np.empty((len(candidates), 0), np.int64)


def _walk(
    frame: pl.DataFrame, candidates: Sequence[pl.Series], groups: Sequence[str], within: int | None
) -> Walk:
    flags = frame.select(group=begins(groups), instant=begins([*groups, AT]))
    group = np.append(_positions(flags["group"].arg_true()), len(frame))
    instant = _positions(flags["instant"].arg_true())
    places = np.arange(len(frame))
    return Walk(
        instants=frame[AT].to_physical().to_numpy(),
        end_of_group=group[np.searchsorted(group, places, side="right")],
        start_of_instant=instant[np.searchsorted(instant, places, side="right") - 1],
        candidates=[_positions(each) for each in candidates],
        within=within,
    )


def _positions(series: pl.Series) -> Positions:
    return series.to_numpy().astype(np.int64)


def _told(frame: pl.DataFrame, chains: Positions) -> pl.DataFrame:
    last = frame.select(pl.col(CONTACT, AT).gather(chains[-1])).rename({AT: ENDED})
    began = frame[AT].gather(chains[0]).alias(BEGAN)
    return last.with_columns(began).select(CONTACT, BEGAN, ENDED)
