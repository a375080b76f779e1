"""Within which bounds a number may move and still be seen as the same.

All bounds are drawn in a little, by more than the arithmetic here is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connector.domain.rounding import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.conditions.intervals import Doubles
    from connector.scoring.change.strands import Bounds

_HALF_BILLIONTH = 0.5e-9
_MARGIN = 2.0**-50


def cell(rounded: Doubles, digits: int) -> Bounds:
    """Return the open bounds of what is rounded to these values at `digits` decimals."""
    unit = 10.0**digits
    size = np.rint(np.abs(rounded) * unit)
    # Halves go up on nine decimals: what rounds to them there is below.
    early = _HALF_BILLIONTH if digits < MAX_DIGITS else 0.0
    near, far = (size - 0.5) / unit - early, (size + 0.5) / unit - early
    is_zero = size == 0.0
    low = np.where(is_zero, -far, np.where(rounded < 0.0, -far, near))
    high = np.where(is_zero, far, np.where(rounded < 0.0, -near, far))
    return low + np.abs(low) * _MARGIN, high - np.abs(high) * _MARGIN


def band(value: Doubles, thresholds: Sequence[float]) -> Bounds:
    """Return the open bounds between the thresholds around values rounded to nine decimals."""
    rising = np.array(sorted(thresholds), dtype=np.float64)
    is_plain = np.round(rising, MAX_DIGITS) == rising
    enters = rising + np.where(is_plain, -_HALF_BILLIONTH, _HALF_BILLIONTH)
    leaves = rising - _HALF_BILLIONTH
    place = np.searchsorted(rising, value, side="right")
    low = np.concatenate([[-np.inf], enters + np.abs(enters) * _MARGIN])[place]
    high = np.concatenate([leaves - np.abs(leaves) * _MARGIN, [np.inf]])[place]
    return low, high
