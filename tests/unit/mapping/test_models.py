"""The models are strict, frozen and described."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ValidationError

from connector.mapping import (
    decay,
    document,
    events,
    model,
    rules,
    scores,
    sources,
    targets,
    traits,
    triggers,
)
from connector.mapping.base import Language

MODULES = (decay, document, events, model, rules, scores, sources, targets, traits, triggers)


def _models() -> Iterator[type[BaseModel]]:
    for module in MODULES:
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Language) and each is not Language:
                yield each


@pytest.mark.parametrize("each", list(dict.fromkeys(_models())))
def test_every_key_is_described_and_every_model_strict(each: type[BaseModel]) -> None:
    assert all(field.description for field in each.model_fields.values())
    assert each.model_config["strict"]
    assert each.model_config["frozen"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"when": "TRUE", "points": "12"}', "float_type"),
        ('{"when": "TRUE", "points": true}', "float_type"),
        ('{"when": 1, "points": 1}', "string_type"),
    ],
)
def test_nothing_is_coerced(text: str, kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        rules.WhenRuleEntry.model_validate_json(text)
    assert [each["type"] for each in caught.value.errors()] == [kind]


def test_a_one_is_no_switch() -> None:
    with pytest.raises(ValidationError):
        targets.TargetListEntry.model_validate_json('{"when": "TRUE", "own": 1}')


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        ({"event": "x", "when": "y"}, ("event",)),
        ({"when": "y"}, ("when",)),
        ({"count": "x", "inactive": "3d"}, ("count", "inactive")),
        ({}, ()),
    ],
)
def test_a_rule_is_of_the_kind_whose_key_it_has(
    rule: dict[str, object], kinds: tuple[str, ...]
) -> None:
    assert rules.rule_kinds(rule) == kinds
