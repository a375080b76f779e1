"""Whatever is written arrives, is remembered as kept otherwise, or is said not to be taken."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.mautic.config import Zero
from connector.domain.instants import from_micros
from connector.domain.sameness import means
from connector.domain.values import Written
from connector.errors import RejectedByPlatform
from tests.unit.adapters.mautic.writing.instance import Instance, change, copied

FIELDS = ("score", "share", "stage_name", "hot", "seen_at", "born", "level", "likes")
VALUES: st.SearchStrategy[Written] = (
    st.none()
    | st.booleans()
    | st.decimals(-1000, 1000, places=2)
    | st.decimals(-2, 2, places=1)
    | st.integers(0, 10**9).map(lambda seconds: from_micros((seconds + 86_400) * 10**6))
    | st.sampled_from(["hot", "cold", "hot|cold", "0", "0.3", "7", "", "warm", "a < b", "é & è"])
    | st.text(max_size=8)
)


@settings(max_examples=80, deadline=None)
@given(
    values=st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1),
    before=st.booleans(),
    is_copy=st.booleans(),
    version=st.sampled_from(["4.4.13", "5.1.0", "7.2.0"]),
    zero=st.sampled_from(["floor", "blank"]),
)
async def test_a_value_is_shown_kept_or_left_out(
    values: dict[str, Written], *, before: bool, is_copy: bool, version: str, zero: Zero
) -> None:
    mautic = Instance(version=version, zero=zero)
    (ann,) = mautic.people(1)
    if before:
        await mautic.write(ann, score=Decimal(50), stage_name="old", hot=True, level="hot")
    old = dict(ann.values)
    wanted = copied(ann, **values) if is_copy else change(ann, **values)

    (outcome,) = await mautic.parts.attribute_writer.write_attributes([wanted])

    left = {name for name in old if name not in values or name in outcome.paused}
    assert {name: ann.values[name] for name in left} == {name: old[name] for name in left}
    if outcome.error is not None:
        assert isinstance(outcome.error, RejectedByPlatform)
        return
    assert not (is_copy and outcome.kept)
    present = await mautic.parts.attribute_writer.read_attributes([str(ann.id)], list(values))
    for name in values.keys() - outcome.paused.keys() - outcome.kept:
        assert means(present[str(ann.id)].get(name), values[name])
