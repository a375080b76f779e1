"""The comparison with the reference notices when the engine means something else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache

import pytest

from tests.mutations.mutation import ROOT, Mutation
from tests.mutations.planted import NOTHING, PLANTED

ALL = [pytest.param(each, id=each.name) for share in PLANTED.values() for each in share]


def _in_one_process(share: str) -> pytest.MarkDecorator:
    """Keep the mutations of a share on one worker, which hunts them all at once."""
    return pytest.mark.xdist_group(f"mutations of {share}")


@cache
def caught_by(share: str) -> Mapping[str, str | None]:
    """Return the case that catches each mutation of `share`, None for survivors."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutations", share],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["mutation"]: line["caught_by"] for line in lines}


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    ("share", "name"),
    [
        pytest.param(share, each.name, id=each.name, marks=_in_one_process(share))
        for share, mutations in PLANTED.items()
        for each in mutations
    ],
)
def test_a_wrong_reading_of_the_contract_is_caught(share: str, name: str) -> None:
    assert caught_by(share)[name] is not None


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "share", [pytest.param(share, marks=_in_one_process(share)) for share in PLANTED]
)
def test_the_engine_as_it_is_is_not_caught(share: str) -> None:
    assert caught_by(share)[NOTHING] is None


@pytest.mark.parametrize("mutation", ALL)
def test_what_a_mutation_changes_stands_once_in_the_engine(mutation: Mutation) -> None:
    assert mutation.missing() == [], f"adapt the mutation to {mutation.file}"


@pytest.mark.parametrize("mutation", ALL)
def test_a_mutated_module_still_compiles(mutation: Mutation) -> None:
    compiled = compile(mutation.source(), mutation.file, "exec", dont_inherit=True)

    assert compiled.co_filename == mutation.file
