"""What the answers of an API say beside what was asked for, as its entry describes them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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

_SENT_ON = range(300, 400)
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
        """Return what an error says, where the entry tells to look or most APIs say it.

        Of an answer that sends us on, it is where to.
        """
        try:
            words = found(self._message, answer.body)
        except Inapplicable:
            return None
        return words if isinstance(words, str) else _elsewhere(answer)

    def error(self, answer: Answer) -> type[PlatformError] | None:
        """Return EndpointGone where the entry says so; other statuses mean what they say."""
        return EndpointGone if answer.status in self._retired else None


def _elsewhere(answer: Answer) -> str | None:
    """Return where an answer sends us on to, without parameters: they may hold a secret."""
    location = answer.headers.get("location")
    if location is None or answer.status not in _SENT_ON:
        return None
    try:
        place = urlsplit(location)
    except ValueError:
        return None
    host = f"{place.scheme}://{place.netloc.rpartition('@')[2]}" if place.netloc else ""
    return f"sends us on to {host}{place.path}; `url` and `path` have to say where it is"
