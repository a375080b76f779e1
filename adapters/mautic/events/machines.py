"""Whether a machine opened or followed a link, as far as a row tells.

Mail servers look at what they pass on: at once, and by names of their own.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

AT_ONCE = timedelta(seconds=2)
"""Nobody opens a message sooner after it was sent."""

_MACHINE = re.compile(
    r"bot\b|bots?/|crawl|spider|slurp|preview|headless|phantomjs|monitor|scanner|"
    r"barracuda|mimecast|proofpoint|safelinks|symantec|trendmicro|forcepoint|"
    r"curl/|wget/|python-|aiohttp|go-http-client|java/|okhttp|libwww|httpclient",
    re.IGNORECASE,
)
_PREFETCH = "Mozilla/5.0"
"""All that Apple says when it opens each message for those who want to stay unseen."""


def is_machine(agent: str | None, sent_at: datetime | None, at: datetime) -> bool | None:
    """Return whether a machine did it at `at`; None where nothing tells so."""
    is_named = agent is not None and (agent.strip() == _PREFETCH or bool(_MACHINE.search(agent)))
    is_early = sent_at is not None and timedelta() <= at - sent_at < AT_ONCE
    return True if is_named or is_early else None
