"""What Brevo's answers say beside what was asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.sentences import known_code, known_words
from adapters.http import Answer, Call, Quota, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.errors import PlatformError
    from connector.ports.budget import Bucket

_LIMIT = "x-sib-ratelimit-limit"
_REMAINING = "x-sib-ratelimit-remaining"
_RESET = "x-sib-ratelimit-reset"
_COARSE = timedelta(seconds=1)
_TOO_MANY = 429
_MOST = 10
"""The plans differ by less: a limit this many times ours is one of another span of time."""


class BrevoDialect:
    """Limits are in headers of Brevo's own, errors in `{code, message}`."""

    def __init__(self, buckets: Iterable[Bucket]) -> None:
        self._buckets: Mapping[str, Bucket] = {each.name: each for each in buckets}

    def quotas(self, call: Call, answer: Answer) -> Iterable[Quota]:
        """Return what is left of the limit that the call counted in.

        The headers do not say over which span they count. A limit that ends later than ours, or is
        far higher, is another one, of which only what is left of it counts. Of a limit that begins
        anew every second the seconds left are too coarse: waiting for them would take twice as
        long as it has to.
        """
        remaining, resets_after = _whole(answer, _REMAINING), seconds_of(answer.headers.get(_RESET))
        if remaining is None or resets_after is None or len(call.buckets) != 1:
            return ()
        name, limit = call.buckets[0], _whole(answer, _LIMIT)
        if limit is not None and not self._is_ours(name, limit, resets_after):
            limit = None
        if resets_after <= _COARSE and answer.status != _TOO_MANY:
            return (Quota(bucket=name, limit=limit),)
        return (Quota(bucket=name, limit=limit, remaining=remaining, resets_after=resets_after),)

    def wait(self, answer: Answer) -> timedelta | None:
        """Return the seconds left until the limit begins anew; Brevo sends no `Retry-After`."""
        return seconds_of(answer.headers.get(_RESET) or answer.headers.get("retry-after"))

    def message(self, answer: Answer) -> str | None:
        """Return Brevo's code, and those of its words that are nobody's."""
        body = answer.body if isinstance(answer.body, dict) else {}
        code, words = body.get("code"), body.get("message")
        told = [
            known_code(code) if isinstance(code, str) else None,
            known_words(words) if isinstance(words, str) else None,
        ]
        return ": ".join(each for each in told if each) or None

    def error(self, answer: Answer) -> type[PlatformError] | None:  # noqa: ARG002 - contract
        """Return nothing: statuses mean what they say."""
        return None

    def _is_ours(self, name: str, limit: int, resets_after: timedelta) -> bool:
        ours = self._buckets[name]
        return resets_after <= ours.window and 0 < limit <= ours.limit * _MOST


def stated_limit(answer: Answer) -> int | None:
    """Return how many requests of its kind an answer says that the account may make."""
    return _whole(answer, _LIMIT)


def _whole(answer: Answer, name: str) -> int | None:
    text = answer.headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None
