"""Each capability that the scoring methods ask for, shown through whole cycles.

`pytest tests/scenarios -k P17` runs one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scenarios.language import Capability, read_capabilities
from tests.scenarios.stage import Stage
from tests.scenarios.watching import differences

if TYPE_CHECKING:
    from pathlib import Path

CAPABILITIES = read_capabilities()


@pytest.mark.parametrize("capability", CAPABILITIES.values(), ids=CAPABILITIES)
async def test_the_product_does_what_is_asked(capability: Capability, tmp_path: Path) -> None:
    found = []
    for number, case in enumerate(capability.cases):
        stage = Stage(case=case, folder=tmp_path / str(number))
        for step in case.steps:
            summary = await stage.play(step)
            place = f"{case.shows}, at {step.looking_back_to or step.at}"
            found += [f"{place}: {each}" for each in await differences(stage, step, summary)]

    if found:
        pytest.fail("\n".join([capability.sentence, *found]), pytrace=False)
    if capability.waits:
        pytest.skip(capability.waits)
