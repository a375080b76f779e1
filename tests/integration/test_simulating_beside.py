"""Trials of drafts in processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from connector.config.settings import Settings
from connector.errors import ConfigError, NotFound
from connector.runtime.bootstrap import opened_workspace, read_configuration
from connector.runtime.clock import SystemClock
from connector.runtime.simulating import trials
from connector.runtime.simulating.messages import Order
from connector.runtime.simulating.trials import MOST_WAITING, ProcessTrials
from connector.sync.cycle import Steps, run_cycle
from connector.sync.simulating.question import DAY, Question
from connector.sync.simulating.simulation import simulate
from connector.sync.simulating.trials import Trial, TrialState
from tests.builders import T

pytestmark = pytest.mark.timeout(120)

MAPPING = """
version: 1
platforms:
  crm: {adapter: files, path: ./crm}
attributes:
  job: {type: text, crm: job}
model:
  rules:
    boss: {when: "job = 'boss'", points: 5}
  scores:
    heat: {formula: engagement, stages: [{name: cold, from: 0}, {name: hot, from: 10}]}
  dimensions: {engagement: {}}
"""
DRAFT = MAPPING.replace("points: 5", "points: 15")
QUESTION = Question(at=T, weeks=0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return what tells of a company of three in files, one of them a boss."""
    folder = tmp_path / "mappings"
    (folder / "crm").mkdir(parents=True)
    (folder / "heatsync.yaml").write_text(MAPPING)
    rows = ["id,email,job", "1,ada@x.org,boss", "2,bob@x.org,clerk", "3,cleo@x.org,"]
    (folder / "crm" / "contacts.csv").write_text("\n".join(rows))
    return Settings(
        mappings=folder,
        database_url=SecretStr(f"sqlite:///{tmp_path / 'heat.db'}"),
        notify={"sales": SecretStr("json://localhost")},
        keep_events=DAY * 900,
    )


@pytest.fixture
async def kept(settings: Settings) -> AsyncIterator[ProcessTrials]:
    async with opened_workspace(settings) as workspace:
        await run_cycle(workspace, Steps(), T - DAY)
    kept = ProcessTrials(settings, SystemClock())
    yield kept
    await kept.aclose()


def _ask(kept: ProcessTrials, settings: Settings, draft: str = DRAFT) -> Trial:
    return kept.ask(read_configuration(settings), {"heatsync.yaml": draft}, QUESTION)


async def _end(kept: ProcessTrials, trial: Trial) -> Trial:
    while not (now := kept.find(trial.id)).state.is_over:  # noqa: ASYNC110 - as callers do
        await asyncio.sleep(0.02)
    return now


def test_an_order_arrives_as_it_was_given(settings: Settings) -> None:
    order = Order(
        settings=settings,
        folder=settings.mappings,
        present={"a.yaml": "version: 1"},
        draft={"a.yaml": "version: 1 # é \N{FIRE}"},
        question=Question(at=T, weeks=3, step=DAY / 4, top=7),
    )

    assert Order.read(order.to_line()) == order


async def test_it_comes_to_the_same_as_in_this_process(
    kept: ProcessTrials, settings: Settings
) -> None:
    trial = await _end(kept, _ask(kept, settings))

    assert (trial.state, trial.error, trial.problems) == (TrialState.DONE, None, ())
    folder = settings.mappings.with_name("draft")
    folder.mkdir()
    (folder / "heatsync.yaml").write_text(DRAFT)
    draft = read_configuration(settings.model_copy(update={"mappings": folder}), offline=True)
    async with opened_workspace(settings) as workspace:
        told = (await simulate(workspace, draft, QUESTION)).to_json()
    assert trial.result == told
    assert trial.result["movers"]["heat"][0]["contact"]["email"] == "ada@x.org"


async def test_a_broken_draft_is_refused_with_its_line(
    kept: ProcessTrials, settings: Settings
) -> None:
    trial = await _end(kept, _ask(kept, settings, MAPPING.replace("points: 5", "pionts: 5")))

    assert trial.state is TrialState.REFUSED
    (problem, *_) = trial.problems
    assert (problem.file, problem.line) == ("heatsync.yaml", 9)


async def test_one_waits_for_the_other_and_each_can_be_cancelled(
    kept: ProcessTrials, settings: Settings
) -> None:
    first, second, third = (_ask(kept, settings) for _ in range(3))
    assert (await kept.cancel(second.id)).state is TrialState.CANCELLED
    await asyncio.sleep(0)
    assert kept.find(third.id).state is TrialState.WAITING
    assert (await kept.cancel(first.id)).state is TrialState.CANCELLED

    assert (await _end(kept, third)).state is TrialState.DONE
    assert (await kept.cancel(third.id)).state is TrialState.DONE


async def test_only_so_many_wait(kept: ProcessTrials, settings: Settings) -> None:
    for _ in range(MOST_WAITING + 1):
        _ask(kept, settings)

    with pytest.raises(ConfigError, match="wait already"):
        _ask(kept, settings)


async def test_the_last_few_are_kept(
    kept: ProcessTrials, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "KEPT", 2)
    asked = []
    for _ in range(3):
        asked.append(_ask(kept, settings))
        await kept.cancel(asked[-1].id)

    assert [each.id for each in kept.latest()] == [asked[2].id, asked[1].id]
    with pytest.raises(NotFound):
        kept.find(asked[0].id)


async def test_what_names_people_is_let_go_of_at_once_and_what_waits_is_not(
    kept: ProcessTrials, settings: Settings
) -> None:
    done = await _end(kept, _ask(kept, settings))
    under_way, waiting = _ask(kept, settings), _ask(kept, settings)
    while kept.find(under_way.id).state is TrialState.WAITING:  # noqa: ASYNC110 - as callers do
        await asyncio.sleep(0.01)

    kept.let_go()

    with pytest.raises(NotFound):
        kept.find(done.id)
    assert kept.find(under_way.id).state is TrialState.FAILED
    assert "simulate again" in str(kept.find(under_way.id).error)
    assert kept.find(under_way.id).result is None
    assert (await _end(kept, waiting)).state is TrialState.DONE
    assert kept.find(under_way.id).state is TrialState.FAILED


async def test_a_result_is_kept_for_so_long_only(
    kept: ProcessTrials, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "KEPT_FOR", timedelta())
    trial = _ask(kept, settings)
    await kept.cancel(trial.id)

    await asyncio.sleep(0.01)

    assert kept.latest() == []


async def test_a_simulation_that_takes_too_long_is_given_up(
    kept: ProcessTrials, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "LONGEST", timedelta(seconds=0.05))

    trial = await _end(kept, _ask(kept, settings))

    assert trial.state is TrialState.FAILED
    assert "fewer weeks" in str(trial.error)


async def test_a_process_that_dies_is_told_of(
    kept: ProcessTrials, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "CHILD", "connector.no_such_module")

    trial = await _end(kept, _ask(kept, settings))

    assert trial.state is TrialState.FAILED
    assert "exit code 1" in str(trial.error)


async def test_a_database_that_cannot_be_read_is_told_of(
    kept: ProcessTrials, settings: Settings
) -> None:
    url = SecretStr("sqlite:////nowhere/at/all.db")
    kept.renew(settings.model_copy(update={"database_url": url}))

    trial = await _end(kept, _ask(kept, settings))

    assert trial.state is TrialState.FAILED
    assert "nowhere" in str(trial.error)


async def test_secrets_are_not_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_ADMIN_TOKEN", "open sesame")
    found: Mapping[str, str] = trials._environment()

    assert "open sesame" not in found.values()
    assert "PATH" in found
