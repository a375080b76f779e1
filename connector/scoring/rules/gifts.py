"""What single events give by a rule, and why some of them give nothing: names and types."""

from __future__ import annotations

import polars as pl

from connector.domain.frames import AT, CONTACT, EVENT_ID, INSTANT

ASKED = "asked"
"""What the rule says, before any limit."""
GIVEN = "given"
"""What it gave: after `once_per`, `unless` and the cap."""
LEFT = "left"
"""What is left of that now that it has cooled."""
SINCE = "since"
"""From when on it counts; NULL for never."""
REASON = "reason"
"""Why it gave other points than asked for; NULL where nothing stood against it."""

ONCE_PER = "once_per"
"""Another event of the same value came first."""
UNLESS = "unless"
"""Another event took it back."""
WAITS = "waits"
"""It counts later, if nothing takes it back until then."""
CAP = "cap"
"""The most that the rule gives in its span is reached."""

GIFT_SCHEMA = pl.Schema(
    {
        CONTACT: pl.Int64(),
        AT: INSTANT,
        "platform": pl.String(),
        EVENT_ID: pl.String(),
        ASKED: pl.Float64(),
        GIVEN: pl.Float64(),
        LEFT: pl.Float64(),
        SINCE: INSTANT,
        REASON: pl.String(),
    }
)
