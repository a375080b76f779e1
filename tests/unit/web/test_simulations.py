"""Drafts over the API: what is taken, what is refused, and what is told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from connector.config.files import Source
from connector.sync.simulating.question import DAY
from connector.sync.simulating.trials import TrialState
from tests.unit.sync.world import TEXT, World
from tests.unit.web.house import House

PRESENT = {"platforms.yaml": "version: 1\n", "rules.yaml": "model: {}\n"}
YAML = {"content-type": "text/yaml; charset=utf-8"}


@pytest.fixture
def house() -> House:
    return _a_house(PRESENT)


def _a_house(files: dict[str, str]) -> House:
    world = World(TEXT)
    sources = tuple(
        Source(name=f"mappings/{name}", raw=text.encode()) for name, text in files.items()
    )
    world.configuration = replace(world.configuration, files=sources)
    return House(world)


async def _call(house: House, method: str, path: str = "", **more: Any) -> httpx.Response:  # noqa: ANN401 - any part
    async with house.client() as client:
        return await client.request(method, f"/api/v1/simulations{path}", **more)


async def test_a_draft_takes_the_place_of_the_files_of_its_names(house: House) -> None:
    draft = {"files": {"rules.yaml": "model: {rules: {}}\n", "more.yaml": "targets: {}\n"}}

    answer = await _call(house, "POST", json={**draft, "weeks": 2, "step": "6h", "top": 3})

    assert answer.status_code == 202
    (trial,) = house.trials.latest()
    assert trial.files == {**PRESENT, **draft["files"]}
    assert (trial.question.weeks, trial.question.step, trial.question.top) == (2, DAY / 4, 3)
    assert answer.json()["state"] == "waiting"
    assert answer.json()["id"] == trial.id


async def test_a_file_can_be_taken_away(house: House) -> None:
    await _call(house, "POST", json={"files": {"rules.yaml": None}})

    assert set(house.trials.latest()[0].files) == {"platforms.yaml"}


async def test_a_yaml_file_is_a_draft_too(house: House) -> None:
    answer = await _call(
        house, "POST", "?file=rules.yaml&weeks=0", content="model: {traits: {}}\n", headers=YAML
    )

    assert answer.status_code == 202
    (trial,) = house.trials.latest()
    assert trial.files["rules.yaml"] == "model: {traits: {}}\n"
    assert trial.question.weeks == 0


async def test_a_yaml_file_without_a_name_is_the_only_one_there_is() -> None:
    house = _a_house({"heatsync.yaml": "version: 1\n"})

    await _call(house, "POST", content="version: 1 # new\n", headers=YAML)

    assert house.trials.latest()[0].files == {"heatsync.yaml": "version: 1 # new\n"}


@pytest.mark.parametrize(
    "name",
    ["../secrets.yaml", "/etc/passwd", "a/b.yaml", ".env", ".yaml", "x.yml", "a\\b.yaml", ""],
)
async def test_a_name_that_leads_elsewhere_is_refused(house: House, name: str) -> None:
    answer = await _call(house, "POST", json={"files": {name: "version: 1\n"}})

    assert answer.status_code == 422
    assert house.trials.latest() == []


@pytest.mark.parametrize(
    "draft",
    [
        {"files": {"rules.yaml": "#" * 1_000_000}},
        {"files": {"rules.yaml": None, "platforms.yaml": None}},
        {"files": {"gone.yaml": None}},
        {"files": {}, "step": "5m"},
        {"files": {}, "step": "soon"},
        {"files": {}, "weeks": 521},
        {"files": {}, "in_force": True},
        {"files": ["rules.yaml"]},
    ],
)
async def test_what_is_no_draft_is_refused(house: House, draft: dict[str, Any]) -> None:
    answer = await _call(house, "POST", json=draft)

    assert answer.status_code == 422
    assert answer.json()["problems"]
    assert house.trials.latest() == []


async def test_bytes_that_are_no_text_are_refused(house: House) -> None:
    answer = await _call(house, "POST", "?file=rules.yaml", content=b"\xff\xfe", headers=YAML)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"] == "is not UTF-8"


async def test_it_is_told_how_far_it_is_and_what_came_of_it(house: House) -> None:
    first = (await _call(house, "POST", json={"files": {}})).json()["id"]
    second = (await _call(house, "POST", json={"files": {}})).json()["id"]
    house.trials.become(first, state=TrialState.DONE, share=1.0, result={"contacts": 3})

    whole = (await _call(house, "GET", f"/{first}")).json()

    assert (whole["state"], whole["share"], whole["result"]) == ("done", 1.0, {"contacts": 3})
    listed = (await _call(house, "GET")).json()["simulations"]
    assert [each["id"] for each in listed] == [second, first]
    assert "result" not in listed[0]


async def test_one_can_be_cancelled(house: House) -> None:
    trial = (await _call(house, "POST", json={"files": {}})).json()["id"]

    answer = await _call(house, "DELETE", f"/{trial}")

    assert answer.json()["state"] == "cancelled"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_what_is_not_kept_is_not_found(house: House, method: str) -> None:
    answer = await _call(house, method, "/7f3a")

    assert answer.status_code == 404
