"""What the answers of an API say beside what was asked for, as its entry describes them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.clocks import date_of
from adapters.http import seconds_of
from adapters.mapped.expressions import Inapplicable, found
from connector.errors import EndpointGone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.clocks import PlatformClock
    from adapters.http import Answer, Call, Quota
    from adapters.rest.config import AnswersConfig
    from connector.errors import PlatformError

_GUESSES = "message || error.message || errors[0].message || errors[0].detail || detail || error"


class RestDialect:
    """Headers and bodies of errors, as the entry says where to look."""

    def __init__(self, answers: AnswersConfig, clock: PlatformClock) -> None:
        self._wait = answers.wait
        self._message = answers.message or _GUESSES
        self._retired = frozenset(answers.retired)
        self._clock = clock

    def quotas(self, call: Call, answer: Answer) -> Iterable[Quota]:  # noqa: ARG002 - contract
        """Return nothing: refusals say when to come back."""
        return ()

    def wait(self, answer: Answer) -> timedelta | None:
        """Return how long to stay away: seconds, or until a date."""
        text = answer.headers.get(self._wait)
        until = date_of(text or "")
        if until is None:
            return seconds_of(text)
        return max(until - self._clock.now(), timedelta())

    def message(self, answer: Answer) -> str | None:
        """Return what an error says, where the entry tells to look or most APIs say it."""
        try:
            words = found(self._message, answer.body)
        except Inapplicable:
            return None
        return words if isinstance(words, str) else None

    def error(self, answer: Answer) -> type[PlatformError] | None:
        """Return EndpointGone where the entry says so; other statuses mean what they say."""
        return EndpointGone if answer.status in self._retired else None
