"""Wide frames of the engine against the long ones that are kept."""

from __future__ import annotations

import polars as pl

from connector.domain.frames import CONTACT, OVERRIDE_SCHEMA, SCORE_SCHEMA
from connector.scoring.model import Rung, Score
from connector.sync.deciding.results import memory
from tests.builders import a_model

STAGES = (Rung(name="cold", from_=0, leave_below=0),)
MODEL = a_model(
    scores={
        "heat": Score(name="heat", formula=None, stages=STAGES),
        "plain": Score(name="plain", formula=None),
    }
)


def scores(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCORE_SCHEMA, orient="row")


def overrides(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=OVERRIDE_SCHEMA, orient="row")


def test_the_engine_remembers_stages_and_overrides_of_everybody_asked_about() -> None:
    held = memory(MODEL, [1, 2], scores((1, "heat", 1.0, 1.0, "cold")), overrides((2, "plain", 9)))

    assert held.sort(CONTACT).collect().rows(named=True) == [
        {CONTACT: 1, "_held:heat": "cold", "_override:heat": None, "_override:plain": None},
        {CONTACT: 2, "_held:heat": None, "_override:heat": None, "_override:plain": 9.0},
    ]


def test_what_was_decided_under_a_score_that_is_gone_is_not_remembered() -> None:
    held = memory(MODEL, [1], scores((1, "old", 1.0, 1.0, "cold")), overrides((1, "old", 9)))

    assert held.collect().width == 4
