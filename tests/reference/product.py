"""The same case through the product: its loader reads the document, its engine scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import polars as pl

from adapters.memory.adapter import ADAPTER
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.domain.frames import (
    AT,
    CONTACT,
    CREATED_AT,
    EVENT_ID,
    HELD_PREFIX,
    OVERRIDE_PREFIX,
    contact_schema,
    event_schema,
    in_list_column,
)
from connector.scoring.engine import Scored, score
from connector.scoring.model import Model
from tests.reference.drawn_histories import Case
from tests.reference.history import Document
from tests.reference.scorer import Person
from tests.reference.telling import written


def scored(case: Case) -> Scored:
    """Return what the product makes of `case`; contacts are numbered as they stand."""
    model = model_of(case.document, case.keep)
    return score(
        model,
        contacts=_contacts(case.people, model),
        events=_events(case.people, model),
        at=case.at,
        memory=_memory(case.people, model),
        explain=True,
    )


def model_of(document: Document, keep: timedelta | None = None) -> Model:
    """Return the model that `document` is once it is written down and read."""
    text = json.dumps(written(document), ensure_ascii=False)
    folder = Folder(
        path=Path("mappings"), sources=(Source(name="mappings/a.yaml", raw=text.encode()),)
    )
    settings = Settings.model_construct(keep_events=keep)
    return read_configuration(folder, {"memory": ADAPTER}, settings, offline=True).model


def _contacts(people: Sequence[Person], model: Model) -> pl.LazyFrame:
    schema = contact_schema(model.attributes, model.lists)
    rows = [
        {
            CONTACT: number,
            CREATED_AT: person.created_at,
            **person.attributes,
            **{in_list_column(*each): each in person.lists for each in model.lists},
        }
        for number, person in enumerate(people)
    ]
    return pl.LazyFrame(rows, schema=schema)


def _events(people: Sequence[Person], model: Model) -> pl.LazyFrame:
    rows = [
        {CONTACT: number, AT: event.at, EVENT_ID: event.id, **event.columns}
        for number, person in enumerate(people)
        for event in person.events
    ]
    return pl.LazyFrame(rows, schema=event_schema(model.properties))


def _memory(people: Sequence[Person], model: Model) -> pl.LazyFrame:
    rows = [
        {
            CONTACT: number,
            **{f"{HELD_PREFIX}{name}": person.held.get(name) for name in model.scores},
            **{f"{OVERRIDE_PREFIX}{name}": person.overrides.get(name) for name in model.scores},
        }
        for number, person in enumerate(people)
    ]
    schema = {
        CONTACT: pl.Int64(),
        **{f"{HELD_PREFIX}{name}": pl.String() for name in model.scores},
        **{f"{OVERRIDE_PREFIX}{name}": pl.Float64() for name in model.scores},
    }
    return pl.LazyFrame(rows, schema=schema)
