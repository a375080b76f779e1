"""What a trigger that fires for somebody wants done, with the values at the decision; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT
from connector.domain.instants import iso
from connector.domain.ledger import COURIERS, Firing, FiringState, lane_of
from connector.domain.rounding import round_expr
from connector.domain.values import FieldType, decimal_of, from_stored

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from connector.domain.records import Person
    from connector.domain.values import Value, Written
    from connector.scoring.model import Deed, Model

_SHOWN_DIGITS = 2
"""Decimals of dimensions and of numeric traits, as on platforms."""


NOT_ASKED = "the trigger does not ask for it any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Makes firings for persons who were just decided."""

    model: Model
    persons: Mapping[int, Person]
    results: Mapping[int, Mapping[str, Written]]
    """As `results_of` gives them."""

    def new(
        self, chosen: Mapping[str, Sequence[int]], at: datetime, state: FiringState
    ) -> Iterator[Firing]:
        """Yield a firing per deed for those `chosen` by each trigger, who entered at `at`."""
        for name, contacts in chosen.items():
            for contact in contacts:
                stem = f"{name}:{self.persons[contact].key}:{iso(at)}"
                yield from self._deeds(name, contact, stem, at, state)

    def renewed(self, waiting: Sequence[Firing]) -> Sequence[Firing]:
        """Return what waits as it would be asked for now, under the keys of the entries."""
        entries = {stem_of(each): each for each in waiting}
        asked = [
            firing
            for stem, each in entries.items()
            for firing in self._deeds(each.trigger, each.contact, stem, each.at, each.state)
        ]
        keys = {each.key for each in asked}
        surplus = [each for each in waiting if each.key not in keys]
        return asked + [
            replace(each, state=FiringState.DROPPED, last_error=NOT_ASKED) for each in surplus
        ]

    def _deeds(
        self, trigger: str, contact: int, stem: str, at: datetime, state: FiringState
    ) -> Iterator[Firing]:
        results = self.results[contact]
        known = {**_attributes(self.persons[contact], self.model), **results}
        for index, deed in enumerate(self.model.triggers[trigger].deeds):
            yield Firing(
                key=f"{stem}:{index}",
                contact=contact,
                trigger=trigger,
                kind=deed.kind,
                destination=lane_of(deed.kind, deed.destination),
                at=at,
                params=_params(deed, known, results),
                state=state,
            )


def results_of(
    model: Model, results: pl.DataFrame, contacts: Collection[int]
) -> Mapping[int, Mapping[str, Written]]:
    """Return dimensions, traits, scores, stages and grades of `contacts` as they are written."""
    stages = [f"{name}_stage" for name, score in model.scores.items() if score.stages]
    shown = [name for name, trait in model.traits.items() if trait.type is FieldType.NUMBER]
    digits = {name: score.digits for name, score in model.scores.items()}
    rows = results.filter(pl.col(CONTACT).is_in(list(contacts))).select(
        CONTACT,
        *(round_expr(pl.col(name).cast(pl.Float64), _SHOWN_DIGITS) for name in model.dimensions),
        *(round_expr(pl.col(name).cast(pl.Float64), _SHOWN_DIGITS) for name in shown),
        *(name for name in model.traits if name not in shown),
        *model.scores,
        *stages,
        *model.grades,
    )
    return {
        row.pop(CONTACT): {name: _written(each, digits.get(name)) for name, each in row.items()}
        for row in rows.iter_rows(named=True)
    }


def stem_of(firing: Firing) -> str:
    """Return what the keys of all deeds of one entry begin with."""
    return firing.key.rpartition(":")[0]


def _params(
    deed: Deed, known: Mapping[str, Written], results: Mapping[str, Written]
) -> Mapping[str, Written]:
    """Return what the deed takes along; people and programs that are told get every result."""
    given = {name: _written(value) for name, value in deed.params.items()}
    if deed.kind in COURIERS:
        return {**results, **given}
    if deed.kind in {"task", "note"}:
        return {**given, **_filled(deed, known)}
    return {**{theirs: known.get(ours) for theirs, ours in deed.names.items()}, **given}


def _filled(deed: Deed, known: Mapping[str, Written]) -> Mapping[str, str]:
    """Return the text of a task or a note, what is not known left out of it."""
    words = {name: _said(known.get(name)) for name in deed.names}
    name = "title" if deed.kind == "task" else "text"
    text = str(deed.params[name]).format_map(words).strip()
    if deed.kind == "task":
        text = " ".join(text.split())
    return {name: text or deed.kind}


def _said(value: Written) -> str:
    """Return a value as it stands in a sentence."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return iso(value)
    return value


def _attributes(person: Person, model: Model) -> Mapping[str, Written]:
    values = {
        name: _written(from_stored(person.attributes[name], kind))
        for name, kind in model.attributes.items()
        if name in person.attributes
    }
    # The address to show stands in, where no field of a platform was read as `email`.
    return {"email": person.email, **values} if "email" in model.attributes else values


def _written(value: Value | None, digits: int | None = None) -> Written:
    """Return a value as it is written: a number with its digits, a whole one without."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if not isfinite(value):
        return None
    if digits is not None:
        return Decimal(f"{value:.{digits}f}")
    return decimal_of(value)
