"""The language of the design, whole, against adapters that declare what its platforms can do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from connector.config.loader import Configuration
from connector.domain.values import FieldType
from connector.scoring.model import (
    Cap,
    EventRule,
    HalfLife,
    InactiveRule,
    Linear,
    TargetAttribute,
    WhenRule,
)
from tests.unit.config.fake_adapters import read

TEXT = (Path(__file__).parent / "whole_language.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return read(TEXT)


def test_platforms_keep_their_order_and_their_own_models(configuration: Configuration) -> None:
    assert [entry.name for entry in configuration.platforms] == ["mail", "crm", "auto", "past"]
    assert configuration.platform("mail").config.pull.events == "5m"
    assert configuration.platform("past").folder == Path("mappings")


def test_attributes_have_types_names_and_a_preference(configuration: Configuration) -> None:
    job_title = configuration.attributes["job_title"]
    assert job_title.type is FieldType.TEXT
    assert job_title.sources == {"mail": "POSTE", "crm": "jobtitle"}
    assert job_title.prefer == "crm"


def test_a_rule_without_decay_takes_its_dimensions_and_then_the_models(
    configuration: Configuration,
) -> None:
    rules = configuration.model.rules
    opened, big_order, evaluation = rules["opened"], rules["big_order"], rules["evaluation"]
    assert isinstance(opened, EventRule)
    assert isinstance(big_order, EventRule)
    assert isinstance(evaluation, EventRule)
    assert opened.decay == HalfLife(span=timedelta(days=60))
    assert big_order.decay == Linear(span=timedelta(days=180))
    assert evaluation.decay is None


def test_the_kinds_of_rule_are_told_by_their_keys(configuration: Configuration) -> None:
    rules = configuration.model.rules
    kinds = {name: type(rules[name]) for name in ("dormant", "ceo", "vip_click")}
    assert kinds == {"dormant": InactiveRule, "ceo": WhenRule, "vip_click": EventRule}
    assert rules["vip_click"].guard is not None


def test_a_rule_feeds_the_dimension_it_names_or_the_first(configuration: Configuration) -> None:
    rules = configuration.model.rules
    assert rules["ceo"].dimension == "fit"
    assert rules["newsletter"].dimension == "engagement"


def test_a_rule_has_its_cap(configuration: Configuration) -> None:
    article = configuration.model.rules["article"]
    assert isinstance(article, EventRule)
    assert article.cap == Cap(points=5, per="day")


def test_a_score_has_its_ladder_with_every_default(configuration: Configuration) -> None:
    lead = configuration.model.scores["lead"]
    assert [(rung.name, rung.from_, rung.leave_below) for rung in lead.stages] == [
        ("cold", 0, 0),
        ("warm", 20, 17),
        ("hot", 40, 40),
    ]
    assert (lead.low, lead.high, lead.digits) == (0, 100, 0)
    assert configuration.model.scores["ambassador"].population is not None


def test_labels_of_a_grade_are_texts_by_descending_threshold(configuration: Configuration) -> None:
    grade = configuration.model.grades["lead_grade"]
    assert list(grade.columns.bands) == [("1", 75), ("2", 50), ("3", 25), ("4", 0)]
    assert grade.rows.of == "fit"


def test_traits_know_the_type_of_their_values(configuration: Configuration) -> None:
    types = {name: trait.type for name, trait in configuration.model.traits.items()}
    assert types == {
        "orders_30d": FieldType.NUMBER,
        "spent": FieldType.NUMBER,
        "last_visit": FieldType.DATETIME,
        "favourite": FieldType.TEXT,
    }


def test_target_attributes_know_type_digits_and_population(configuration: Configuration) -> None:
    score, grade, stage = configuration.model.targets["crm"].attributes
    assert score == TargetAttribute(
        field="heat_score", source="lead", type=FieldType.NUMBER, digits=0, score="lead"
    )
    assert (grade.type, grade.digits) == (FieldType.TEXT, None)
    assert stage.map == {"warm": "marketingqualifiedlead", "hot": "salesqualifiedlead"}
    assert configuration.model.targets["auto"].stage == "lead"


def test_an_event_is_renamed_from_the_type_it_is_stored_under(
    configuration: Configuration,
) -> None:
    assert configuration.model.rename == {"mail": {"custom.cart_updated": "cart.item_added"}}


def test_lists_of_targets_are_watched(configuration: Configuration) -> None:
    assert configuration.watched_lists == {
        ("crm", "Leads chauds"),
        ("mail", "Clients intéressés"),
        ("mail", "Clients inactifs"),
    }
    assert configuration.model.lists == frozenset()


def test_a_trigger_is_read(configuration: Configuration) -> None:
    trigger = configuration.model.triggers["call_hot"]
    assert [deed.kind for deed in trigger.deeds] == [
        "notify",
        "webhook",
        "email",
        "campaign",
        "push",
    ]
    assert trigger.deeds[2].params == {"template": 12}
    assert trigger.deeds[2].names == {"article": "favourite"}
    assert (trigger.limit, trigger.limit_per) == (50, "day")
