"""From the engine's results to the desired state on each platform; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, IS_EXCLUDED, target_list_column, target_tag_column
from connector.domain.outbound import NOTHING, STILL_OPEN, DeliveryState, Desired, Outbound
from connector.domain.rounding import round_expr
from connector.domain.values import FieldType
from connector.sync.deciding.copies import NO_COPIES, with_shown, with_wanted
from connector.sync.outbox.difference import doubted, is_work, stays_doubted, still_overruled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.changes import Addressee
    from connector.domain.values import Written
    from connector.scoring.model import Model, Target, TargetAttribute
    from connector.sync.deciding.copies import Copied


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a platform shall show from now on."""

    rows: Sequence[Outbound]
    """Rows whose desired state, record or state of delivery is not what is stored."""
    unchanged: int
    """Contacts of the platform for whom nothing has to be written."""


def decide(
    target: Target,
    model: Model,
    results: pl.DataFrame,
    *,
    addressees: Mapping[int, Addressee],
    standing: Mapping[int, Outbound],
    at: datetime,
    copies: Mapping[int, Copied] | None = None,
    is_ours: bool = False,
    is_urgent: bool = False,
) -> Decided:
    """Return the outbound rows that `results` (of the engine) make for one platform.

    Where what is written `is_ours` alone, a new address is worth writing everything again. What is
    to be written then is written before others where it `is_urgent`.

    Contacts who are not among the `addressees` are left out; those whose record has no id yet are
    to be created. Of excluded ones what was written stays, and what
    was not written yet is called off.
    """
    excluded = results.filter(pl.col(IS_EXCLUDED))[CONTACT].to_list()
    unfinished = [standing[each] for each in excluded if each in standing]
    rows = [_called_off(row, at) for row in unfinished if row.state is not DeliveryState.CLEAN]
    unchanged = 0
    deciding = _Deciding(target=target, at=at, is_ours=is_ours, is_urgent=is_urgent)
    for contact, shown in _desires(target, model, results, addressees):
        before, to = standing.get(contact), addressees[contact]
        copied = (copies or {}).get(contact, NO_COPIES)
        if before is None and shown == NOTHING and not copied.wanted and to.remote_id:
            continue
        row = deciding.row(contact, shown, to=to, before=before, copied=copied)
        if row.state is DeliveryState.CLEAN:
            unchanged += 1
            # Of copies that are right without us nothing is to be remembered.
            if before is None and shown == NOTHING and not target.creates:
                continue
        if row != before:
            rows.append(row)
    return Decided(rows=rows, unchanged=unchanged)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deciding:
    """One decision about one platform."""

    target: Target
    at: datetime
    is_ours: bool
    is_urgent: bool

    def row(
        self,
        contact: int,
        results: Desired,
        *,
        to: Addressee,
        before: Outbound | None,
        copied: Copied,
    ) -> Outbound:
        """Return the row of a contact that shall show `results` and what is copied."""
        if before is None or before.remote_id != to.remote_id:
            return self._hurried(self._fresh(contact, results, to, before, copied), before)
        row = self._changed(results, to, before, copied)
        if self.is_ours and before.email != to.email:
            row = _anew(row, self.target)
        return self._hurried(row, before)

    def _hurried(self, row: Outbound, before: Outbound | None) -> Outbound:
        """Return `row`, urgent where there is something to write and it is, or was before."""
        was = before is not None and before.is_urgent
        is_urgent = row.state is not DeliveryState.CLEAN and (self.is_urgent or was)
        return row if row.is_urgent == is_urgent else replace(row, is_urgent=is_urgent)

    def _fresh(
        self,
        contact: int,
        results: Desired,
        to: Addressee,
        before: Outbound | None,
        copied: Copied,
    ) -> Outbound:
        desired = with_wanted(results, copied, None)
        stays = _stays(self.target, before)
        fresh = Outbound(
            contact=contact,
            platform=self.target.platform,
            remote_id=to.remote_id,
            email=to.email,
            desired=replace(desired, lists={**desired.lists, **stays}) if stays else desired,
            confirmed=Desired(attributes=copied.shown),
            revision=before.revision + 1 if before else 1,
            decided_at=self.at,
        )
        row = replace(fresh, state=_state(fresh, self.target))
        is_readdressed = before is not None and before.email != to.email
        return _anew(row, self.target) if self.is_ours and is_readdressed else row

    def _changed(
        self, results: Desired, to: Addressee, before: Outbound, copied: Copied
    ) -> Outbound:
        shown = with_shown(before, copied, is_ours=self.is_ours)
        desired = _kept(self.target, with_wanted(results, copied, shown), shown)
        if desired == before.desired and to.email == before.email:
            return _revived(shown, self.target)
        changed = replace(
            shown,
            email=to.email,
            desired=desired,
            confirmed=still_overruled(
                doubted(before, desired, self.target, shown.confirmed), desired
            ),
            revision=before.revision + 1,
            decided_at=self.at,
            attempts=0,
            not_before=None,
            last_error=STILL_OPEN if stays_doubted(before, desired, self.target) else None,
        )
        return replace(changed, state=_state(changed, self.target))


def _revived(before: Outbound, target: Target) -> Outbound:
    """Return a row that desires what it did, in the state it is due under today's target."""
    if before.state in {DeliveryState.DEAD, DeliveryState.IN_FLIGHT}:
        return before
    return replace(before, state=_state(before, target))


def _anew(row: Outbound, target: Target) -> Outbound:
    """Return a row of which everything desired is written again, under a new address.

    What is to be cleared is still there, as it is known.
    """
    desired, known = row.desired, row.confirmed
    confirmed = replace(
        known,
        attributes={n: v for n, v in known.attributes.items() if desired.attributes.get(n) is None},
        lists={n: v for n, v in known.lists.items() if not (v and desired.lists.get(n))},
        tags={n: v for n, v in known.tags.items() if not (v and desired.tags.get(n))},
    )
    anew = replace(row, confirmed=confirmed)
    return replace(anew, state=_state(anew, target))


def _called_off(before: Outbound, at: datetime) -> Outbound:
    return replace(
        before,
        desired=replace(before.confirmed, overruled={}),
        state=DeliveryState.CLEAN,
        revision=before.revision + 1,
        decided_at=at,
        attempts=0,
        not_before=None,
        last_error=None,
        is_urgent=False,
    )


def _kept(target: Target, desired: Desired, before: Outbound) -> Desired:
    """Return `desired` with memberships that were decided before: kept ones, and ones to end.

    A list or tag that the target does not name any more is not ours to end.
    """
    names = {each.name for each in target.lists}
    seen = names & (before.desired.lists.keys() | before.confirmed.lists.keys())
    lists = {**dict.fromkeys(sorted(seen), False), **desired.lists, **_stays(target, before)}
    marked = target.tags.keys() & (before.desired.tags.keys() | before.confirmed.tags.keys())
    tags = {**dict.fromkeys(sorted(marked), False), **desired.tags}
    return replace(desired, lists=lists, tags=tags)


def _stays(target: Target, before: Outbound | None) -> Mapping[str, bool]:
    """Return the lists that somebody was taken into once and is kept in.

    What is confirmed of the record counts too: a list may have been out of the configuration, or
    not been kept, when its condition ended.
    """
    if before is None:
        return {}
    decided, known = before.desired.lists, before.confirmed.lists
    return {
        each.name: True
        for each in target.lists
        if each.keep and (decided.get(each.name) or known.get(each.name))
    }


def _state(row: Outbound, target: Target) -> DeliveryState:
    return DeliveryState.PENDING if is_work(row, target) else DeliveryState.CLEAN


def _desires(
    target: Target, model: Model, results: pl.DataFrame, addressees: Mapping[int, Addressee]
) -> Iterator[tuple[int, Desired]]:
    """Yield what each contact with a record on the platform shall show there."""
    writers = [_writer(attribute, model) for attribute in target.attributes]
    columns = [
        pl.col(CONTACT),
        *(_as_written(attribute, model) for attribute in target.attributes),
        *(pl.col(target_list_column(target.platform, each.name)) for each in target.lists),
        *(pl.col(target_tag_column(target.platform, tag)) for tag in target.tags),
        *([pl.col(f"{target.stage}_stage")] if target.stage else []),
    ]
    known = results.filter(~pl.col(IS_EXCLUDED) & pl.col(CONTACT).is_in(list(addressees)))
    frame = known.select(column.alias(str(place)) for place, column in enumerate(columns))
    fields = [attribute.field for attribute in target.attributes]
    names = [each.name for each in target.lists]
    for row in frame.iter_rows():
        values = iter(row)
        contact = next(values)
        written = [write(next(values)) for write in writers]
        attributes = {
            field: value[0] for field, value in zip(fields, written, strict=True) if value
        }
        lists = {name: True for name in names if next(values)}
        tags = {tag: True for tag in target.tags if next(values)}
        stage = next(values, None)
        yield contact, Desired(attributes=attributes, lists=lists, tags=tags, stage=stage)


def _as_written(attribute: TargetAttribute, model: Model) -> pl.Expr:
    """Return the column of an attribute; a number with as many decimals as are written."""
    column, score = pl.col(attribute.source), model.scores.get(attribute.source)
    is_rounded = attribute.digits is None or (score and score.digits <= attribute.digits)
    return column if is_rounded else round_expr(column, attribute.digits or 0)


def _writer(attribute: TargetAttribute, model: Model) -> Callable[[object], tuple[Written] | None]:
    """Return what turns a result into the value to write; None means that nothing is written."""
    digits, values = attribute.digits, attribute.map
    clears = attribute.source in model.traits

    def write(result: object) -> tuple[Written] | None:
        if result is None:
            return (None,) if clears else None
        if values is not None:
            return (values[str(result)],) if str(result) in values else None
        if attribute.type is FieldType.NUMBER and digits is not None:
            return (Decimal(f"{result:.{digits}f}"),)
        return (result,)  # type: ignore[return-value]  # text, boolean or instant by its type

    return write
