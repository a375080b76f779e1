"""Lanes are spread evenly over whoever lives, whoever can have which, and none is left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from state.plane.sharing import Sharing

LANES = [f"lane {number}" for number in range(7)]


def _see(me: str, able: dict[str, list[str]], holders: dict[str, str]) -> Sharing:
    return Sharing(me=me, replicas=able, holders=holders)


def _settle(able: dict[str, list[str]], holders: dict[str, str], busy: set[str]) -> dict[str, str]:
    """Let all replicas decide by turns until nothing changes any more."""
    for _ in range(100):
        before = dict(holders)
        for me in able:
            free = [lane for lane in LANES if lane not in holders]
            for lane in _see(me, able, dict(holders)).to_take(free, ()):
                holders[lane] = me
        for me in able:
            gone = _see(me, able, dict(holders)).to_let_go(busy)
            if gone is not None:
                del holders[gone]
        if holders == before:
            return holders
    raise AssertionError("they go on for ever")


def test_a_lone_replica_takes_all() -> None:
    assert _see("a", {"a": LANES}, {}).to_take(LANES, ()) == LANES


def test_a_replica_takes_no_more_than_its_share() -> None:
    seen = _see("a", {"a": LANES, "b": LANES}, {LANES[0]: "a", LANES[1]: "b"})

    assert seen.to_take(LANES[2:], ()) == LANES[2:5]


def test_a_replica_leaves_a_lane_to_who_has_fewer() -> None:
    seen = _see("a", {"a": LANES, "b": LANES[:2]}, {LANES[0]: "a"})

    assert seen.to_take(LANES[1:3], ()) == [LANES[2]]


def test_it_takes_nothing_that_it_cannot_have() -> None:
    seen = _see("a", {"a": LANES[:1], "b": LANES}, {})

    assert seen.to_take(LANES, ()) == LANES[:1]


def test_what_nobody_wants_for_long_is_taken_beyond_the_share() -> None:
    seen = _see("a", {"a": LANES[:2], "b": LANES[:2]}, {LANES[0]: "a"})

    assert seen.to_take([LANES[1]], ()) == []
    assert seen.to_take([LANES[1]], [LANES[1]]) == [LANES[1]]


def test_a_newcomer_is_left_a_lane_at_which_nothing_is_done() -> None:
    seen = _see("a", {"a": LANES, "b": LANES}, dict.fromkeys(LANES[:3], "a"))

    assert seen.to_let_go([LANES[0]]) == LANES[1]
    assert seen.to_let_go(LANES) == LANES[0]


def test_nothing_is_let_go_that_would_only_change_sides() -> None:
    seen = _see("a", {"a": LANES, "b": LANES}, {LANES[0]: "a"})

    assert seen.to_let_go([]) is None


def test_nothing_is_let_go_for_whom_it_is_of_no_use() -> None:
    seen = _see("a", {"a": LANES, "b": ["other"]}, dict.fromkeys(LANES, "a"))

    assert seen.to_let_go([]) is None


@given(
    names=st.sets(st.sampled_from("abcde"), min_size=1),
    held=st.dictionaries(st.sampled_from(LANES), st.sampled_from("abcde")),
    busy=st.sets(st.sampled_from(LANES)),
)
def test_all_lanes_are_had_and_evenly(
    names: set[str], held: dict[str, str], busy: set[str]
) -> None:
    able = dict.fromkeys(sorted(names), LANES)
    alive = {lane: owner for lane, owner in held.items() if owner in names}

    settled = _settle(able, alive, busy)

    loads = [list(settled.values()).count(name) for name in names]
    assert set(settled) == set(LANES)
    assert max(loads) - min(loads) <= 1
