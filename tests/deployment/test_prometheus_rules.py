"""The alert rules for Prometheus ask for figures that there are, and can be read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connector.runtime.gauges import STATES

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "docs/deploy/prometheus-rules.yaml"
FIGURE = re.compile(r"\bheatsync_[a-z_]+")


def rules() -> list[dict[str, Any]]:
    document = YAML(typ="safe").load(RULES.read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


@pytest.fixture(scope="module")
def figures() -> set[str]:
    page = (ROOT / "docs/reference/metrics.md").read_text(encoding="utf-8")
    return set(FIGURE.findall(page))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_figures_that_there_are(rule: dict[str, Any], figures: set[str]) -> None:
    asked = set(FIGURE.findall(rule["expr"]))

    assert asked <= figures
    assert asked or "up{" in rule["expr"]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_says_what_is_amiss_and_how_grave_it_is(rule: dict[str, Any]) -> None:
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["expr"].count("(") == rule["expr"].count(")")


def test_rules_name_only_states_that_a_platform_can_be_in() -> None:
    texts = [rule["expr"] for rule in rules() if "heatsync_platform_state" in rule["expr"]]

    named = {state for text in texts for state in re.findall(r'state=~?"([a-z_|]+)"', text)}

    assert {each for group in named for each in group.split("|")} <= set(STATES)
