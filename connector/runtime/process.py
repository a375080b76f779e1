"""How this process treats its memory."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 100_000, 10, 100


def spare_the_collector() -> None:
    """Let the cycle collector look less often; call it once, when everything is imported.

    A page of contacts is tens of thousands of small values without a cycle among them. With
    Python's own thresholds they are walked again and again: a third of a first sync's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
