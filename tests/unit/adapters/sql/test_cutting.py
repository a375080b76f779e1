"""However many rows have one key, and however long a page is: none is lost, wherever it ends."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from adapters.sql.cutting import Row, Slice, cut

KEYS = ("at", "id")
_ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), max_size=30)
_SIZES = st.integers(1, 8)


def rows_of(keys: Sequence[tuple[int, int]]) -> list[Row]:
    rows = [{"at": at, "id": number, "row": row} for row, (at, number) in enumerate(keys)]
    return sorted(rows, key=lambda row: (row["at"], row["id"]))


def behind(rows: Sequence[Row], key: tuple[object, ...] | None) -> list[Row]:
    """Return the rows that a database would return behind a key."""
    return [row for row in rows if key is None or (row["at"], row["id"]) > key]


@given(keys=_ROWS, size=_SIZES)
def test_a_walk_without_a_break_brings_each_row_once(
    keys: list[tuple[int, int]], size: int
) -> None:
    rows = rows_of(keys)

    slices = list(cut(rows, KEYS, size))

    assert [row for each in slices for row in each.rows] == rows
    assert [each.is_end for each in slices] == [False] * (len(slices) - 1) + [True]
    assert all(len(each.rows) <= size for each in slices)


@given(keys=_ROWS, size=_SIZES)
def test_a_walk_that_is_taken_up_behind_any_page_loses_no_row(
    keys: list[tuple[int, int]], size: int
) -> None:
    rows = rows_of(keys)
    slices = list(cut(rows, KEYS, size))

    for number, each in enumerate(slices):
        before = [row for one in slices[: number + 1] for row in one.rows]
        rest = [row for one in cut(behind(rows, each.behind), KEYS, size) for row in one.rows]
        assert [row for row in rows if row not in before and row not in rest] == []


@given(keys=st.sets(st.tuples(st.integers(0, 3), st.integers(0, 30)), max_size=30), size=_SIZES)
def test_where_ids_differ_it_comes_once_as_well(keys: set[tuple[int, int]], size: int) -> None:
    rows = rows_of(sorted(keys))
    slices = list(cut(rows, KEYS, size))

    for number, each in enumerate(slices):
        before = [row for one in slices[: number + 1] for row in one.rows]
        rest = [row for one in cut(behind(rows, each.behind), KEYS, size) for row in one.rows]
        assert before + rest == rows


def test_without_anything_to_order_by_there_is_no_place_to_go_on_from() -> None:
    slices: list[Slice] = list(cut([{"x": 1}, {"x": 2}, {"x": 3}], (), 2))

    assert [each.behind for each in slices] == [None, ()]
