"""No capability is forgotten, reworded, or called shown without a case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connector.config.presets import presets
from tests.scenarios.language import Case, read_capabilities, read_files, read_list
from tests.scenarios.mappings import configuration_of
from tests.scenarios.stage import Stage
from tests.scenarios.watching import differences

CAPABILITIES = read_capabilities()
OLDEST = "simple"
"""The preset that stands for no scoring method."""
METHODS = sorted({preset.name for preset in presets()} - {OLDEST})


def test_every_capability_has_its_place_in_one_file() -> None:
    places = [each for _, written in read_files() for each in written]

    assert sorted(places) == sorted(read_list())
    assert len(places) == 106


def test_the_sentences_are_those_that_are_asked_for() -> None:
    assert {each: said.sentence for each, said in CAPABILITIES.items()} == read_list()


@pytest.mark.parametrize("name", CAPABILITIES)
def test_a_capability_is_shown_by_a_case_or_says_what_it_waits_for(name: str) -> None:
    capability = CAPABILITIES[name]

    assert capability.cases or capability.waits
    assert all(_asks(case) for case in capability.cases)


def test_each_preset_of_a_method_is_what_scenarios_run_on() -> None:
    used = {case.preset for said in CAPABILITIES.values() for case in said.cases}

    assert set(METHODS) <= used


@pytest.mark.parametrize("preset", METHODS)
def test_everything_in_a_preset_is_shown_by_some_case(preset: str) -> None:
    cases = [
        case
        for said in CAPABILITIES.values()
        for case in said.cases
        if preset in (case.preset, case.beside)
    ]
    steps = [step for case in cases for step in case.steps]
    seen = [expected for step in steps for expected in step.expect.values()]
    results = {(name, value) for each in seen for name, value in each.results.items()}
    model = configuration_of(cases[0], {}, Path("mappings")).model

    assert set(model.rules) <= {
        rule for each in seen for rule, points in (each.why or {}).items() if points
    }
    assert set(model.triggers) <= {name for step in steps for name in step.fired or {}}
    targets = model.targets.values()
    assert {one.name for target in targets for one in target.lists} <= {
        name for each in seen for name in each.lists or ()
    }
    assert {tag for target in targets for tag in target.tags} <= {
        tag for each in seen for tag in each.tags or ()
    }
    assert {
        (f"{name}_stage", rung.name)
        for name, score in model.scores.items()
        for rung in score.stages
    } <= results


def test_a_waiting_capability_says_so_in_a_sentence() -> None:
    waiting = [said.waits for said in CAPABILITIES.values() if said.waits]

    assert all(re.fullmatch(r"[A-Z].* waits? for .*\.", each) for each in waiting)


def _asks(case: Case) -> bool:
    """Return whether a case would notice anything."""
    silent = {"at", "looking_back_to", "change", "decide"}
    return any(step.model_fields_set - silent for step in case.steps)


@pytest.mark.parametrize(
    "step",
    [
        {"expect": {"anna": {"lead": 44}}},
        {"expect": {"anna": {"lead_stage": "hot"}}},
        {"expect": {"anna": {"behaviour": 24}}},
        {"expect": {"anna": {"unheard_of": 0}}},
        {"expect": {"anna": {"lists": ["Warm leads"]}}},
        {"expect": {"anna": {"tags": ["hot"]}}},
        {"expect": {"anna": {"written": {"lead_score": "44"}}}},
        {"expect": {"anna": {"why": {"quote": 14}}}},
        {"expect": {"anna": {"why": {"webinar": 10}}}},
        {"expect": {"anna": {"by_hand": {"lead": "because"}}}},
        {"expect": {"anna": {"platforms": ["crm"]}}},
        {"expect": {"anna": {"has_scores": False}}},
        {"fired": {"hot_lead": ["anna"]}},
        {"deeds": {"anna": ["campaign sheet"]}},
        {"filled": {"anna": {"orders": "1"}}},
        {"handed_over": {"anna": ["campaign"]}},
        {"arrived": {"anna": ["mail 12"]}},
        {"top": {"lead": ["bruno"]}},
        {"table": {"anna": {"lead": "44"}}},
        {"cohorts": {"lead": {"2026-03": {"2026-03": 44}}}},
        {"advice": ["something"]},
        {"replay": {"change": {"model/rules/quote/points": 1}, "moves": {}}},
    ],
    ids=lambda step: str(step)[:60],
)
async def test_what_is_not_so_is_noticed(step: dict[str, object], tmp_path: Path) -> None:
    case = Case.model_validate(
        {
            "shows": "nothing that is so",
            "preset": "webmecanik",
            "contacts": {
                "anna": {
                    "job_title": "Director",
                    "events": [{"at": "0d", "event": "form.submitted", "form_name": "Quote"}],
                }
            },
            "steps": [step],
        }
    )
    stage = Stage(case=case, folder=tmp_path)

    summary = await stage.play(case.steps[0])

    assert len(await differences(stage, case.steps[0], summary)) == 1
