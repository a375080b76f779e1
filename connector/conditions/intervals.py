"""Arithmetic and logic on everything that a value may come to, for many rows at once.

A number lies between two doubles, may be NULL and may be NaN; a truth is a set of true, false and
NULL. The bounds are computed by the very operations that the compiled condition does: rounding to a
double keeps order, so nothing a condition comes to lies outside. Where an infinite bound could make
a NaN, or a divisor may be zero, a number may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Doubles: TypeAlias = NDArray[np.float64]
    Bits: TypeAlias = NDArray[np.uint8]
    Bools: TypeAlias = NDArray[np.bool_]
    Bounds: TypeAlias = tuple[Doubles, Doubles, Bools]
    Each = TypeVar("Each", np.float64, np.uint8)

# A number has a value, is NaN or NULL; a truth is true, false or NULL.
VALUE, NAN, NULL = np.uint8(1), np.uint8(2), np.uint8(4)
TRUE, FALSE = np.uint8(1), np.uint8(2)
_NOTHING = np.uint8(0)
_ANY = np.uint8(7)
_EXACT_INTEGERS = 2.0**53


@dataclass(frozen=True, slots=True)
class Number:
    """What a number may be. Without VALUE among `may` the bounds mean nothing."""

    low: Doubles
    high: Doubles
    may: Bits

    def take(self, rows: Bools) -> Number:
        """Return the numbers of some rows; what is one for all rows stays so."""
        return Number(_some(self.low, rows), _some(self.high, rows), _some(self.may, rows))

    @property
    def is_open(self) -> Bools:
        """Whether no finite bound is known on some side."""
        return np.isinf(self.low) | np.isinf(self.high)

    @property
    def has_zero(self) -> Bools:
        """Whether it may be zero."""
        return np.less_equal(self.low, 0.0) & np.greater_equal(self.high, 0.0)

    @property
    def is_point(self) -> Bools:
        """Whether both bounds are one."""
        return np.equal(self.low, self.high)

    @property
    def is_finite(self) -> Bools:
        """Whether it surely is a finite value."""
        return np.equal(self.may, VALUE) & ~self.is_open

    @property
    def is_never_finite(self) -> Bools:
        """Whether it surely is no finite value."""
        return ~_has(self.may, VALUE) | (self.is_point & self.is_open)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a boolean may be: bits of TRUE, FALSE and NULL."""

    may: Bits

    def take(self, rows: Bools) -> Truth:
        """Return the truths of some rows; what is one for all rows stays so."""
        return Truth(_some(self.may, rows))

    @property
    def is_true(self) -> Bools:
        """Whether it surely is true."""
        return np.equal(self.may, TRUE)

    @property
    def is_not_true(self) -> Bools:
        """Whether it surely is false or NULL."""
        return ~_has(self.may, TRUE)


def exactly(values: Doubles, is_null: Bools) -> Number:
    """Return numbers that are known; a NaN is one of its kind."""
    is_nan = np.isnan(values) & ~is_null
    known = np.where(is_null | is_nan, 0.0, values)
    may = _flag(is_null, NULL) | _flag(is_nan, NAN) | _flag(~is_null & ~is_nan, VALUE)
    return Number(known, known, may)


def between(low: Doubles, high: Doubles) -> Number:
    """Return numbers of which two bounds are known and that are neither NULL nor NaN."""
    return Number(low, high, np.asarray(VALUE))


def truth(is_true: Bools, is_null: Bools) -> Truth:
    """Return truths that are known."""
    return Truth(
        _flag(is_null, NULL) | _flag(~is_null & is_true, TRUE) | _flag(~is_null & ~is_true, FALSE)
    )


def add(left: Number, right: Number) -> Number:
    """Return the sum."""
    is_risky = left.is_open & right.is_open
    return _number(left, right, (left.low + right.low, left.high + right.high, is_risky))


def subtract(left: Number, right: Number) -> Number:
    """Return the difference."""
    is_risky = left.is_open & right.is_open
    return _number(left, right, (left.low - right.high, left.high - right.low, is_risky))


def multiply(left: Number, right: Number) -> Number:
    """Return the product."""
    is_risky = (left.is_open & right.has_zero) | (right.is_open & left.has_zero)
    return _number(left, right, (*_corners(np.multiply, left, right), is_risky))


def divide(left: Number, right: Number) -> Number:
    """Return the quotient; a divisor of zero has no sign."""
    is_zero = right.is_point & (right.low == 0.0)
    is_risky = np.where(is_zero, left.has_zero, right.has_zero | (left.is_open & right.is_open))
    low, high = _corners(np.divide, left, right)
    infinite = np.where(left.low > 0.0, np.inf, -np.inf)
    low, high = np.where(is_zero, infinite, low), np.where(is_zero, infinite, high)
    return _number(left, right, (low, high, is_risky))


def remainder(left: Number, right: Number) -> Number:
    """Return what is left of `left` after whole divisors, with its sign."""
    divisor = np.maximum(np.abs(right.low), np.abs(right.high))
    low, high = np.fmod(left.low, divisor), np.fmod(left.high, divisor)
    is_one_turn = (
        right.is_point
        & (np.trunc(left.low / divisor) == np.trunc(left.high / divisor))
        & (low <= high)
        & (left.high - left.low < divisor / 2)
    )
    low = np.where(is_one_turn, low, np.where(left.low < 0.0, -divisor, 0.0))
    high = np.where(is_one_turn, high, np.where(left.high > 0.0, divisor, 0.0))
    return _number(left, right, (low, high, right.has_zero | left.is_open))


def negative(number: Number) -> Number:
    """Return the number with its sign turned."""
    return Number(-number.high, -number.low, number.may)


def absolute(number: Number) -> Number:
    """Return the size of the number."""
    low, high = np.abs(number.low), np.abs(number.high)
    return Number(
        np.where(number.has_zero, 0.0, np.minimum(low, high)), np.maximum(low, high), number.may
    )


def rising(function: Callable[[Doubles], Doubles], number: Number) -> Number:
    """Return what a function that never falls makes of the number."""
    return Number(function(number.low), function(number.high), number.may)


def rounded(number: Number, digits: int) -> Number:
    """Return the number rounded as ROUND does."""

    def nearest(bound: Doubles) -> Doubles:
        is_whole = np.abs(bound) >= _EXACT_INTEGERS
        return np.where(is_whole, bound, np.round(np.where(is_whole, 0.0, bound), digits))

    return rising(nearest, number)


def whole(number: Number) -> Number:
    """Return the number without its fraction; NULL where it is not finite."""
    cut = rising(np.trunc, number)
    is_lost = (number.is_open & _has(number.may, VALUE)) | _has(number.may, NAN)
    is_kept = _has(number.may, VALUE) & ~(number.is_open & number.is_point)
    may = _flag(is_lost, NULL) | _flag(is_kept, VALUE) | (number.may & NULL)
    return Number(cut.low, cut.high, may)


def is_less(left: Number, right: Number) -> Truth:
    """Return whether one is less than the other; NULL where either is NULL or NaN."""
    return _compared(left, right, left.low < right.high, left.high >= right.low)


def is_equal(left: Number, right: Number) -> Truth:
    """Return whether both are the same; NULL where either is NULL or NaN."""
    may_meet = (left.low <= right.high) & (right.low <= left.high)
    may_differ = ~(left.is_point & right.is_point & (left.low == right.low))
    return _compared(left, right, may_meet, may_differ)


def is_null(value: Number | Truth) -> Truth:
    """Return whether a value is NULL; NaN is not."""
    return Truth(_flag(_has(value.may, NULL), TRUE) | _flag(_has(value.may, VALUE | NAN), FALSE))


def as_number(value: Truth) -> Number:
    """Return 1 for true and 0 for false."""
    low = np.where(_has(value.may, FALSE), 0.0, 1.0)
    high = np.where(_has(value.may, TRUE), 1.0, 0.0)
    may = _flag(_has(value.may, TRUE | FALSE), VALUE) | (value.may & NULL)
    return Number(low, high, may)


def one_of(branches: Iterable[tuple[Bools, Number]]) -> Number:
    """Return what any of the numbers may be that are possible where their flag is set."""
    low = high = may = None
    for is_possible, number in branches:
        counts = is_possible & _has(number.may, VALUE)
        own_low = np.where(counts, number.low, np.inf)
        own_high = np.where(counts, number.high, -np.inf)
        own_may = _flag(is_possible, number.may)
        low = own_low if low is None else np.minimum(low, own_low)
        high = own_high if high is None else np.maximum(high, own_high)
        may = own_may if may is None else may | own_may
    if low is None or high is None or may is None:
        raise ValueError("there is nothing to choose from")
    has_value = _has(may, VALUE)
    return Number(np.where(has_value, low, 0.0), np.where(has_value, high, 0.0), may)


def one_truth_of(branches: Iterable[tuple[Bools, Truth]]) -> Truth:
    """Return what any of the truths may be that are possible where their flag is set."""
    may = np.asarray(_NOTHING)
    for is_possible, value in branches:
        may = may | _flag(is_possible, value.may)
    return Truth(may)


def extreme(choose: Callable[[Doubles, Doubles], Doubles], one: Number, other: Number) -> Number:
    """Return the lesser or greater of two; NULL and NaN are skipped."""
    one, other = _nan_as_null(one), _nan_as_null(other)
    both = Number(choose(one.low, other.low), choose(one.high, other.high), np.asarray(VALUE))
    one_has, other_has = _has(one.may, VALUE), _has(other.may, VALUE)
    one_lacks, other_lacks = _has(one.may, NULL), _has(other.may, NULL)
    neither = Number(np.asarray(0.0), np.asarray(0.0), np.asarray(NULL))
    return one_of(
        [
            (one_has & other_has, both),
            (one_has & other_lacks, Number(one.low, one.high, np.asarray(VALUE))),
            (one_lacks & other_has, Number(other.low, other.high, np.asarray(VALUE))),
            (one_lacks & other_lacks, neither),
        ]
    )


def negated(value: Truth) -> Truth:
    """Return NOT."""
    return Truth(_NOT[value.may])


def conjunction(left: Truth, right: Truth) -> Truth:
    """Return AND."""
    return Truth(_AND[left.may, right.may])


def disjunction(left: Truth, right: Truth) -> Truth:
    """Return OR."""
    return negated(conjunction(negated(left), negated(right)))


def _number(left: Number, right: Number, bounds: Bounds) -> Number:
    """Return the number between `bounds`, anything where they are risky."""
    low, high, is_risky = bounds
    may = (left.may & right.may & VALUE) | ((left.may | right.may) & (NAN | NULL))
    is_risky = is_risky & _has(may, VALUE)
    if not np.any(is_risky):
        return Number(low, high, may)
    return Number(
        np.where(is_risky, -np.inf, low),
        np.where(is_risky, np.inf, high),
        may | _flag(is_risky, NAN),
    )


def _corners(
    operation: Callable[[Doubles, Doubles], Doubles], left: Number, right: Number
) -> tuple[Doubles, Doubles]:
    """Return the least and the greatest that a pair of bounds makes."""
    made = [operation(one, other) for one in _ends(left) for other in _ends(right)]
    low, high = made[0], made[0]
    for each in made[1:]:
        low, high = np.minimum(low, each), np.maximum(high, each)
    return low, high


def _ends(number: Number) -> tuple[Doubles, ...]:
    return (number.low,) if number.low is number.high else (number.low, number.high)


def _compared(left: Number, right: Number, may_hold: Bools, may_fail: Bools) -> Truth:
    has_values = _has(left.may & right.may, VALUE)
    is_lost = _has(left.may | right.may, NAN | NULL)
    return Truth(
        _flag(has_values & may_hold, TRUE)
        | _flag(has_values & may_fail, FALSE)
        | _flag(is_lost, NULL)
    )


def _nan_as_null(number: Number) -> Number:
    may = (number.may & (VALUE | NULL)) | _flag(_has(number.may, NAN), NULL)
    return Number(number.low, number.high, may)


def _some(array: NDArray[Each], rows: Bools) -> NDArray[Each]:
    return array[rows] if array.ndim else array


def _has(may: Bits, which: np.uint8) -> Bools:
    """Return where any bit of `which` is set."""
    found: Bools = (may & which) != _NOTHING
    return found


def _flag(is_set: Bools, bits: Bits | np.uint8) -> Bits:
    """Return `bits` where `is_set`, else none."""
    return np.multiply(is_set, bits, dtype=np.uint8)


def _table(rule: Callable[[int, int], int]) -> Bits:
    """Return the bits that `rule` makes of every pair of possibilities, for all pairs of sets."""
    sets = range(int(_ANY) + 1)
    single = (int(TRUE), int(FALSE), int(NULL))
    cells = [
        [sum({rule(x, y) for x in single if a & x for y in single if b & y}) for b in sets]
        for a in sets
    ]
    return np.array(cells, dtype=np.uint8)


def _both(one: int, other: int) -> int:
    if int(FALSE) in {one, other}:
        return int(FALSE)
    return int(NULL) if int(NULL) in {one, other} else int(TRUE)


def _turned(one: int, _other: int) -> int:
    return {int(TRUE): int(FALSE), int(FALSE): int(TRUE)}.get(one, int(NULL))


_AND = _table(_both)
_NOT = _table(_turned)[:, int(TRUE)]
