"""How many requests a platform lets us make, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.ports.budget import Bucket
    from connector.web.dashboard.language import Language

_SOON = timedelta(minutes=1)
"""Until then seconds are counted, and from then on the clock tells."""
_A_MOMENT = timedelta(seconds=1)


def room(
    language: Language,
    now: datetime,
    *,
    left: Mapping[str, int | None],
    opens: Mapping[str, datetime],
    shares: Mapping[str, int],
    buckets: Sequence[Bucket],
) -> str:
    """Return how much may be asked of a platform now by the limit that binds first, or from when.

    `left` is what each limit lets through at once, `opens` when those that let nothing through will
    again, `shares` how much of each is ours. Nothing is told where there is no limit.
    """
    say = language.text
    known = {limit: count for limit, count in left.items() if count is not None}
    if opens:
        last = max(opens.values())
        if last - now < _SOON:
            return say("None for {span}", span=language.span(max(last - now, _A_MOMENT)))
        return say("None until {time}", time=language.moment(last, now))
    if not known:
        return say("Not known yet") if left else NOTHING
    tightest = min(known, key=lambda each: known[each] / (shares.get(each) or 1))
    count, share = known[tightest], shares.get(tightest, 0)
    bucket = next((each for each in buckets if each.name == tightest), None)
    # What a platform says of its limit counts, also where it is more than what it documents.
    if bucket is None or count > share:
        return f"{language.number(count)} ({tightest})"
    numbers = {"left": language.number(count), "share": language.number(share)}
    if bucket.is_daily:
        return say("{left} of {share} today", **numbers)
    return say("{left} of {share} within {span}", **numbers, span=language.span(bucket.window))
