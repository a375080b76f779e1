"""Who is in a list or has a tag under each of two models; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from connector.domain.frames import CONTACT, IS_EXCLUDED, target_list_column, target_tag_column
from connector.sync.simulating.outcome import MembershipChange
from connector.sync.simulating.scores import names_of, status_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.scoring.model import Model
    from connector.sync.simulating.ending import Ending
    from connector.sync.simulating.outcome import Status
    from connector.sync.simulating.walking import Walked

Kind: TypeAlias = Literal["list", "tag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A list or a tag of a platform."""

    platform: str
    kind: Kind
    name: str
    keeps: bool = False
    """Whether whoever is taken in stays."""

    @property
    def column(self) -> str:
        """Return the column of its condition's truth."""
        is_list = self.kind == "list"
        return (target_list_column if is_list else target_tag_column)(self.platform, self.name)


def places(model: Model) -> Mapping[str, Place]:
    """Return all lists and tags of a model by the column of their condition."""
    targets = model.targets.values()
    lists = [
        Place(platform=target.platform, kind="list", name=each.name, keeps=each.keep)
        for target in targets
        for each in target.lists
    ]
    tags = [
        Place(platform=target.platform, kind="tag", name=name)
        for target in targets
        for name in target.tags
    ]
    return {place.column: place for place in (*lists, *tags)}


def members(
    model: Model,
    walked: Walked,
    *,
    reached: Mapping[str, Collection[int]],
    taken: Mapping[tuple[str, str], Collection[int]],
) -> pl.DataFrame:
    """Return, for each contact and each of `places`, whether they are in it at the end.

    `reached` are those with a record, per platform; `taken` those whom a list (platform, name)
    has taken in already, as decided.
    """
    frame = walked.results.select(CONTACT, *places(model)).join(
        walked.kept.select(CONTACT, pl.exclude(CONTACT).name.suffix(":kept")),
        on=CONTACT,
        how="left",
    )
    return frame.select(
        CONTACT,
        *(_is_in(place, reached, taken).alias(name) for name, place in places(model).items()),
    )


def membership_changes(present: Ending, draft: Ending, *, top: int) -> Sequence[MembershipChange]:
    """Return what becomes of each list and tag, with at most `top` examples.

    Whom the draft excludes is not written to any more, and stays where they are.
    """
    was, becomes = places(present.model), places(draft.model)
    excluded = frozenset(draft.results.filter(pl.col(IS_EXCLUDED))[CONTACT])
    changes: list[MembershipChange] = []
    for column in names_of(was, becomes):
        place = was.get(column) or becomes[column]
        status = status_of(column, was, becomes)
        before, after = _inside(present, column), _inside(draft, column)
        if status == "both":
            after |= before & excluded
        changes.append(_change(place, status, before, after, top))
    return changes


def _change(
    place: Place, status: Status, before: frozenset[int], after: frozenset[int], top: int
) -> MembershipChange:
    gained, lost = sorted(after - before), sorted(before - after)
    return MembershipChange(
        platform=place.platform,
        kind=place.kind,
        name=place.name,
        status=status,
        before=len(before),
        after=len(after),
        gained=len(gained),
        lost=len(lost),
        examples_gained=gained[:top],
        examples_lost=lost[:top],
    )


def _inside(end: Ending, column: str) -> frozenset[int]:
    """Return who is in a list or has a tag; nobody where the model does not name it."""
    if column not in end.members.columns:
        return frozenset()
    return frozenset(end.members.filter(pl.col(column))[CONTACT])


def _is_in(
    place: Place,
    reached: Mapping[str, Collection[int]],
    taken: Mapping[tuple[str, str], Collection[int]],
) -> pl.Expr:
    wanted = pl.col(place.column)
    if place.keeps:
        stays = pl.col(CONTACT).is_in(list(taken.get((place.platform, place.name), ())))
        wanted = wanted | pl.col(f"{place.column}:kept") | stays
    return wanted & pl.col(CONTACT).is_in(list(reached.get(place.platform, ())))
