"""A 0 arrives in every version of Mautic: the old value never stays, and nothing is done twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapters.mautic.config import Zero
from adapters.mautic.simulator import PLAIN
from connector.domain.changes import Outcome
from connector.domain.values import Written
from tests.unit.adapters.mautic.writing.instance import Instance, copied

VERSIONS = ["3.3.5", "4.4.13", "5.0.4", "5.1.0", "6.0.1", "7.1.1", "7.2.0"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("zero", "shown"), [("floor", 1.0), ("blank", None), (None, 1.0)])
async def test_a_zero_takes_the_place_of_the_old_score(
    version: str, zero: Zero | None, shown: float | None
) -> None:
    mautic = Instance(version=version, zero=zero)
    (ann,) = mautic.people(1)
    await mautic.write(ann, score=Decimal(50), stage_name="hot", hot=True)

    outcome = await mautic.write(ann, score=Decimal(0), hot=False)

    assert outcome == Outcome(kept=frozenset({"score"}))
    assert mautic.shown(ann, "score") == shown
    assert mautic.shown(ann, "hot") is False
    assert mautic.shown(ann, "stage_name") == "hot"


@pytest.mark.parametrize("version", VERSIONS)
async def test_blanks_empty_only_what_they_are_written_to(version: str) -> None:
    mautic = Instance(version=version, zero="blank")
    (ann,) = mautic.people(1)
    values: dict[str, Written] = {"share": Decimal(7), "level": "hot", "likes": "hot|cold"}
    await mautic.write(ann, score=Decimal(50), **values)
    before = dict(ann.values)

    await mautic.write(ann, score=Decimal(0))

    assert ann.values == {**before, "score": None}


@pytest.mark.parametrize("version", VERSIONS[:-2])
@pytest.mark.parametrize("zero", ["floor", "blank"])
async def test_a_fraction_is_neither_left_at_the_old_value_nor_taken_for_a_whole(
    version: str, zero: Zero
) -> None:
    mautic = Instance(version=version, zero=zero)
    (ann,) = mautic.people(1)
    await mautic.write(ann, share=Decimal(12))

    outcome = await mautic.write(ann, share=Decimal("0.05"))

    assert outcome == Outcome(kept=frozenset({"share"}))
    assert mautic.shown(ann, "share") is None


async def test_from_7_2_on_a_fraction_arrives_as_it_is() -> None:
    mautic = Instance(version="7.2.0")
    (ann,) = mautic.people(1)

    outcome = await mautic.write(ann, share=Decimal("0.40"))

    assert (outcome.kept, mautic.shown(ann, "share")) == (frozenset(), 0.4)


async def test_a_text_that_is_a_zero_empties_its_field() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    await mautic.write(ann, stage_name="7")

    outcome = await mautic.write(ann, stage_name="0")

    assert outcome == Outcome(kept=frozenset({"stage_name"}))
    assert mautic.shown(ann, "stage_name") is None


@pytest.mark.parametrize("zero", ["floor", "blank"])
@pytest.mark.parametrize("value", [Decimal(0), Decimal("0.5")])
async def test_nothing_stands_for_a_zero_that_is_a_copy(zero: Zero, value: Decimal) -> None:
    mautic = Instance(zero=zero)
    (ann,) = mautic.people(1)
    await mautic.write(ann, share=Decimal(7))

    (outcome,) = await mautic.parts.attribute_writer.write_attributes([copied(ann, share=value)])

    assert outcome.error is None
    assert "drops a number such as 0" in str(outcome.paused["share"])
    assert mautic.shown(ann, "share") == 7


async def test_a_group_of_points_takes_a_zero_as_it_is() -> None:
    mautic = Instance()
    group = mautic.account.add_entity("pointGroups", name="Heat")
    (ann,) = mautic.people(1)
    await mautic.write(ann, **{"points:Heat": Decimal(50)})

    outcome = await mautic.write(ann, **{"points:Heat": Decimal(0)})

    assert outcome == Outcome()
    assert ann.group_scores == {group["id"]: 0}


async def test_the_stand_in_harms_no_instance_that_would_take_a_zero() -> None:
    mautic = Instance(quirks=PLAIN, zero="blank")
    (ann,) = mautic.people(1)
    await mautic.write(ann, score=Decimal(50))

    assert (await mautic.write(ann, score=Decimal(0))).error is None

    assert mautic.shown(ann, "score") is None


async def test_none_clears_whatever_the_type() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    await mautic.write(ann, score=Decimal(7), stage_name="hot", hot=True, level="hot")

    outcome = await mautic.write(ann, score=None, stage_name=None, hot=None, level=None)

    assert outcome == Outcome()
    assert {ann.values[name] for name in ("score", "stage_name", "hot", "level")} == {None}
